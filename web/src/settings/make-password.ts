/** Without letters and digits that look alike: it is read out over the phone. 31 of them. */
const CHARACTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** A first password such as `k7md-x2pq-r9fa-3hwt`, 79 bits of chance. */
export function makePassword(): string {
  const group = (): string => Array.from({ length: GROUP_LENGTH }, pick).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** Bytes past the last whole multiple are drawn again, so that every character is as likely as any other. */
function pick(): string {
  const limit = 256 - (256 % CHARACTERS.length);
  for (;;) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < limit) return CHARACTERS.charAt(byte % CHARACTERS.length);
  }
}

/** As the server has it. */
const PASSWORD_MIN = 10;

/** What to tell about a password that is about to be set, for a form. */
export const passwordProblem = (password: string): string | null =>
  password.length < PASSWORD_MIN ? `Use at least ${PASSWORD_MIN} characters; a short sentence is fine` : null;
