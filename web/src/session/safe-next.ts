/** Where to go after signing in: an address of this site, or Home. Anything that another site could have put there is refused. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/') || next.startsWith('//') || next.includes('\\')) return '/';
  return /^\/(sign-in|first-run)(?![^?#/])/.test(next) ? '/' : next;
}
