/**
 * The one text that a JSON value has by RFC 8785: members sorted by UTF-16 code units, no spaces, strings and numbers as ECMAScript
 * writes them. What is not JSON (`undefined`, functions) is refused.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'object' && value !== null) {
    if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
    const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
  }
  const text = JSON.stringify(value);
  if (text === undefined || (typeof value === 'number' && !Number.isFinite(value)))
    throw new Error(`canonical JSON: expected a JSON value, got ${typeof value} ${String(value)}`);
  return text;
}
