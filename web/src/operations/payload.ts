/** Indented where it is JSON, one field to a line where it is a form, as it is otherwise. */
export function prettyPayload(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return /^[\w.%+-]+=[^\s&]*(?:&[\w.%+-]+=[^\s&]*)*$/.test(payload) ? formLines(payload) : payload;
  }
}

const formLines = (form: string): string =>
  [...new URLSearchParams(form)].map(([name, value]) => `${name}: ${value}`).join('\n');
