import { z } from 'zod';
import { kindsOf } from '../compliance/scrub-codes.ts';
import { err, ok } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import { askService, type ScrubAccount } from './ask-service.ts';
import { type ScrubAnswer, type ScrubService, SERVICE_WORDS } from './scrub-service.ts';

const SERVICE = SERVICE_WORDS.dncscrub;

/** `rpc/scrub` of Contact Center Compliance. Without `ignoreInvalid` one bad number would refuse all others. */
export const dncScrub = (account: ScrubAccount): ScrubService => ({
  name: 'dncscrub',
  numbersAtOnce: 10_000,
  async scrub(numbers, now, signal) {
    const body = { phoneList: numbers.join(','), version: '5', output: 'json', ignoreInvalid: '1' };
    const headers = { loginId: account.key };
    const answer = await askService({ service: SERVICE, account, path: '/app/main/rpc/scrub', headers, body, signal });
    if (!answer.ok) return answer;
    const read = items.safeParse(answer.value);
    if (!read.success)
      return err({ kind: 'unreadable', message: `${SERVICE}: the answer says nothing about the numbers` });
    return ok(
      new Map(
        read.data.flatMap((item) => {
          const said = answerOf(item, now);
          return said === undefined ? [] : [[item.Phone.slice(-10), said] as const];
        }),
      ),
    );
  },
});

const items = z.array(z.object({ Phone: z.string(), ResultCode: z.string(), Reason: z.string().nullish() }));

/** C: clean. W: a mobile phone that is on no list. D: on a list, which the reason names. L: a state that forbids it. Others say nothing. */
function answerOf(
  { ResultCode: code, Reason: reason }: z.infer<typeof items>[number],
  now: Instant,
): ScrubAnswer | undefined {
  const codes = [code, reason ?? ''].filter((word) => word !== '').join(': ');
  switch (code) {
    case 'C':
    case 'W':
      return { kinds: [], codes: '' };
    case 'D': {
      const named = (reason ?? '').split(';').filter((word) => word.trim() !== '');
      return { kinds: kindsOf(named.length === 0 ? ['listed'] : named, now), codes };
    }
    case 'L':
      return { kinds: ['state'], codes };
    default:
      return undefined;
  }
}
