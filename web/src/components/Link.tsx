// A link inside the page: an ordinary one to the eye, the keyboard and the middle mouse button.
import type { AnchorHTMLAttributes, MouseEvent } from "react";
import { navigate } from "../router.ts";

interface Props extends AnchorHTMLAttributes<HTMLAnchorElement> {
  href: string;
  state?: unknown;
}

export function Link({ href, state = null, ...attributes }: Props) {
  function follow(event: MouseEvent) {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(href, { state });
  }
  return <a href={href} onClick={follow} {...attributes} />;
}
