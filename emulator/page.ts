/** The frame and the look of every page the emulator shows. */

import { escapeHtml } from "./markup.ts";

const STYLE = `
:root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 16%,transparent);--soft:color-mix(in srgb,currentColor 62%,transparent);--ink:#3346c8}
@media(prefers-color-scheme:dark){:root{--ink:#9aa8ff}}
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:62rem;padding:2rem 1.25rem}
h1{font-size:1.5rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.05rem;margin:2.25rem 0 .5rem}
a{color:var(--ink)}p{margin:.5rem 0;color:var(--soft)}code{font:.875em ui-monospace,monospace;overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.4rem .75rem .4rem 0;border-top:1px solid var(--line)}
th{font-weight:500;white-space:nowrap}td img{width:3rem;height:3rem;object-fit:cover;border-radius:.35rem;margin:0 .25rem .25rem 0}
.card{max-width:24rem;margin:12vh auto 0;border:1px solid var(--line);border-radius:.75rem;padding:1.75rem}
label{display:block;margin:1.25rem 0 .25rem;font-weight:500}
input,button{font:inherit;box-sizing:border-box;width:100%;padding:.6rem .75rem;border-radius:.5rem;border:1px solid var(--line)}
button{margin-top:.75rem;background:#3346c8;color:#fff;border-color:transparent;cursor:pointer}
button.quiet{background:none;color:inherit;border-color:var(--line)}`;

/** In the page itself: without one, a browser asks for /favicon.ico and complains that there is none. */
const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Crect width='32' height='32' rx='9' fill='%233346c8'/%3E%3Ccircle cx='16' cy='16' r='6' fill='%23fff'/%3E%3C/svg%3E";

/** `body` is HTML already; `title` is text. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)} · emulator</title><link rel="icon" href="${ICON}"><style>${STYLE}</style></head>
<body>
${body}
</body>
</html>
`;
}
