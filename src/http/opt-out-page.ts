/** The page behind the link in a text: plain HTML, no script, nothing from elsewhere. It names no number. */
export type OptOutPage = 'ask' | 'done' | 'unknown' | 'too_often';

const STATUS: Readonly<Record<OptOutPage, number>> = { ask: 200, done: 200, unknown: 404, too_often: 429 };

const STYLE = `body{margin:0;font:17px/1.5 system-ui,sans-serif;color:#1c2321;background:#f3f5f4}
main{max-width:26rem;margin:12vh auto 0;padding:2rem 1.5rem;background:#fff;border-radius:12px}
h1{margin:0 0 .5rem;font-size:1.35rem;line-height:1.3}p{margin:0 0 1.25rem}
button{width:100%;padding:.85rem;border:0;border-radius:8px;background:#0d766c;color:#fff;font:inherit;font-weight:600}
button:focus-visible{outline:3px solid #1c2321;outline-offset:2px}
@media(prefers-color-scheme:dark){body{color:#e6ebe9;background:#121716}main{background:#1b2220}button:focus-visible{outline-color:#fff}}`;

export function optOutPage(page: OptOutPage, business: string): Response {
  const name = escaped(business);
  const [title, content] = wordsOf(page, name);
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>${content}</main></body></html>`;
  return new Response(html, {
    status: STATUS[page],
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' },
  });
}

function wordsOf(page: OptOutPage, name: string): readonly [title: string, content: string] {
  switch (page) {
    case 'ask':
      return [
        `Stop texts from ${name}?`,
        `<p>No more texts to the number that got this link.</p>
<form method="post"><button type="submit">Stop all texts</button></form>`,
      ];
    case 'done':
      return [
        `No more texts from ${name}`,
        '<p>It is done, and nothing else is needed. If it was a mistake, text START to the number that wrote to you.</p>',
      ];
    case 'too_often':
      return [
        'Just a moment',
        '<p>This link was used many times in a short while. Try it again in a few minutes, or answer the text with STOP.</p>',
      ];
    default:
      return [
        'This link is not whole',
        '<p>Part of it may be missing. Answer the text with STOP instead: that works at once.</p>',
      ];
  }
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
