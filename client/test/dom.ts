// A DOM for React to render into. Import it before React.
import { Window } from "happy-dom";

const window = new Window({ url: "http://127.0.0.1/" });

// `WebSocket` and `fetch` stay Node's own.
Object.assign(globalThis, {
  window,
  self: globalThis,
  document: window.document,
  HTMLElement: window.HTMLElement,
  HTMLIFrameElement: window.HTMLIFrameElement,
  Node: window.Node,
  Element: window.Element,
  MutationObserver: window.MutationObserver,
});
