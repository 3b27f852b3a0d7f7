const STYLE = `body{margin:0;font:17px/1.5 system-ui,sans-serif;color:#1c2321;background:#f3f5f4}
main{max-width:26rem;margin:12vh auto 2rem;padding:2rem 1.5rem;background:#fff;border-radius:12px}
h1{margin:0 0 .5rem;font-size:1.35rem;line-height:1.3}p{margin:0 0 1.25rem}a{color:#0d766c}
label{display:block;margin:0 0 1rem;font-weight:600}label.tick{display:flex;gap:.75rem;align-items:flex-start;font-weight:400;font-size:.9rem}
input:not([type=checkbox]){display:block;box-sizing:border-box;width:100%;margin-top:.25rem;padding:.7rem;border:1px solid #77827e;border-radius:8px;background:transparent;color:inherit;font:inherit}
input[type=checkbox]{flex:none;width:1.25rem;height:1.25rem;margin:.1rem 0 0}
.problem{padding:.7rem .9rem;border-radius:8px;background:#fdecea;color:#8c1d18}.small{margin:1rem 0 0;font-size:.85rem}
button{width:100%;padding:.85rem;border:0;border-radius:8px;background:#0d766c;color:#fff;font:inherit;font-weight:600}
button:focus-visible,input:focus-visible{outline:3px solid #1c2321;outline-offset:2px}
@media(prefers-color-scheme:dark){body{color:#e6ebe9;background:#121716}main{background:#1b2220}a{color:#5cc8bb}.problem{background:#4a1f1c;color:#ffd9d4}
button:focus-visible,input:focus-visible{outline-color:#fff}}`;

/** A page for everybody: plain HTML, no script, nothing from elsewhere. `title` and `content` are HTML: whatever is not ours in them is escaped. */
export const plainPage = (page: {
  readonly title: string;
  readonly content: string;
  readonly language: 'en' | 'es';
}): string => `<!doctype html>
<html lang="${page.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>${page.title}</title><style>${STYLE}</style></head>
<body><main><h1>${page.title}</h1>${page.content}</main></body></html>`;
