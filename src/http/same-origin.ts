/**
 * Whether a request that changes something may have been made by one of our own pages. Browsers send `Sec-Fetch-Site` (or, older
 * ones, `Origin`) with every such request; a program that sends neither is not driven by a foreign page.
 */
export function isSameOrigin(headers: Headers, ownOrigins: readonly string[]): boolean {
  const site = headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin' || site === 'none';
  const origin = headers.get('origin');
  return origin === null || ownOrigins.includes(origin);
}
