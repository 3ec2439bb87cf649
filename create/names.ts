/** Names that npm and Cloudflare take. */

import validate from "validate-npm-package-name";

/** A label of a host's name: the Worker's address begins with it. */
const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/;
const LONGEST = 63;

/** Why `name` cannot be that of a project, as the end of a sentence that begins with it. */
export function wrongName(name: string): string | undefined {
  if (name === "") return "is empty";
  if (name.length > LONGEST) return `has ${name.length} characters: Cloudflare takes ${LONGEST} at most`;
  if (!LABEL.test(name))
    return "cannot be a Worker's name at Cloudflare: only a to z, 0 to 9 and dashes, and no dash at either end";
  const { validForNewPackages, errors = [], warnings = [] } = validate(name);
  return validForNewPackages ? undefined : `cannot be a package's name for npm: ${[...errors, ...warnings].join(", ")}`;
}
