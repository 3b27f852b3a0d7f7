/**
 * The reference page: the API description as one plain HTML page, made on the server. It needs no script and nothing from another
 * host, so it works behind a firewall and under the strict content security policy.
 */
interface Operation {
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema?: unknown;
  }[];
  readonly requestBody?: { readonly content?: Content };
  readonly responses?: Readonly<Record<string, { readonly content?: Content }>>;
}
type Content = Readonly<Record<string, { readonly schema?: unknown }>>;

export interface ApiDescription {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, unknown>> };
}

export function docsPage(description: ApiDescription): string {
  const operations = Object.entries(description.paths ?? {}).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'Other'))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => (operation.tags?.[0] ?? 'Other') === tag);
    return `<section id="${anchor(tag)}"><h2>${escaped(tag)}</h2>${own.map(operationHtml).join('')}</section>`;
  });
  const schemas = Object.entries(description.components?.schemas ?? {}).map(
    ([name, schema]) =>
      `<details id="schema-${escaped(name)}"><summary>${escaped(name)}</summary>${json(schema)}</details>`,
  );
  const { title, version, description: text } = description.info;
  return page(`${title} API`, [
    `<h1>${escaped(title)} API <small>${escaped(version)}</small></h1>`,
    `<p>${escaped(text ?? '')} The same as a file: <a href="/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>`,
    '<p>Scripts send <code>Authorization: Bearer tw_…</code>; make the key under Settings, API keys.</p>',
    `<nav aria-label="Sections"><ul>${tags.map((tag) => `<li><a href="#${anchor(tag)}">${escaped(tag)}</a></li>`).join('')}<li><a href="#schemas">Schemas</a></li></ul></nav>`,
    `<main>${sections.join('')}<section id="schemas"><h2>Schemas</h2>${schemas.join('')}</section></main>`,
  ]);
}

function operationHtml({
  path,
  method,
  operation,
}: {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}): string {
  const parameters = (operation.parameters ?? []).map(
    (parameter) =>
      `<tr><td><code>${escaped(parameter.name)}</code></td><td>${escaped(parameter.in)}${parameter.required === true ? ', required' : ''}</td><td>${json(parameter.schema)}</td></tr>`,
  );
  const answers = Object.entries(operation.responses ?? {}).map(
    ([status, { content }]) => `<h4>Answer ${escaped(status)}</h4>${contentHtml(content)}`,
  );
  return [
    `<details><summary><b>${escaped(method.toUpperCase())}</b> <code>${escaped(path)}</code> ${escaped(operation.summary ?? '')}</summary>`,
    `<p>${escaped(operation.description ?? '')}</p>`,
    parameters.length === 0 ? '' : `<table><caption>Parameters</caption>${parameters.join('')}</table>`,
    operation.requestBody === undefined ? '' : `<h4>Body</h4>${contentHtml(operation.requestBody.content)}`,
    ...answers,
    '</details>',
  ].join('');
}

const contentHtml = (content: Content = {}): string =>
  Object.entries(content)
    .map(([type, { schema }]) => `<p><code>${escaped(type)}</code></p>${json(schema)}`)
    .join('');

const REFERENCE = /&quot;#\/components\/schemas\/([\w.-]+)&quot;/g;

const json = (value: unknown): string =>
  `<pre>${escaped(JSON.stringify(value, null, 2) ?? '').replaceAll(REFERENCE, '<a href="#schema-$1">$1</a>')}</pre>`;

const anchor = (text: string): string => escaped(text.toLowerCase().replaceAll(/\W+/g, '-'));

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:60rem;margin:2rem auto;padding:0 1rem}
nav ul{display:flex;flex-wrap:wrap;gap:.5rem 1rem;padding:0;list-style:none}details{border-top:1px solid #8886;padding:.5rem 0}
summary{cursor:pointer}summary b{display:inline-block;min-width:4.5rem}pre{overflow:auto;padding:.75rem;border-radius:.5rem;background:#8882}
td{vertical-align:top;padding-right:1rem}td pre{margin:0}caption{text-align:left;font-weight:600}`;

const page = (title: string, body: readonly string[]): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/favicon.svg"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>${body.join('\n')}</body></html>`;
