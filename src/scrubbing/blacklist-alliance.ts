import { z } from 'zod';
import { kindsOf } from '../compliance/scrub-codes.ts';
import { err, ok, type Result } from '../platform/result.ts';
import type { Instant } from '../platform/time.ts';
import type { ValidatorFailure } from '../validation/number-validator.ts';
import { askService, type ScrubAccount } from './ask-service.ts';
import { type ScrubAnswer, type ScrubService, SERVICE_WORDS } from './scrub-service.ts';

const SERVICE = SERVICE_WORDS.blacklist_alliance;

/** Its bulk lookup. The key goes in the address: that is how the service wants it. */
export const blacklistAlliance = (account: ScrubAccount): ScrubService => ({
  name: 'blacklist_alliance',
  numbersAtOnce: 5_000,
  async scrub(numbers, now, signal) {
    const query = new URLSearchParams({ key: account.key, ver: 'v5', resp: 'json' });
    const path = `/bulklookup?${query.toString()}`;
    const answer = await askService({
      service: SERVICE,
      account,
      path,
      headers: {},
      body: { phones: numbers },
      signal,
    });
    return answer.ok ? readAnswers(answer.value, now) : answer;
  },
});

/** `supression` is its own spelling. */
const bulk = z.object({
  status: z.string(),
  message: z.string().optional(),
  phones: z.array(z.coerce.string()).default([]),
  supression: z.array(z.coerce.string()).default([]),
  reasons: z.record(z.string(), z.coerce.string()).default({}),
});
const bulkAnswer = z.union([bulk, z.tuple([bulk])]);

function readAnswers(body: unknown, now: Instant): Result<ReadonlyMap<string, ScrubAnswer>, ValidatorFailure> {
  const read = bulkAnswer.safeParse(body);
  if (!read.success)
    return err({ kind: 'unreadable', message: `${SERVICE}: the answer says nothing about the numbers` });
  const said = Array.isArray(read.data) ? read.data[0] : read.data;
  if (said.status !== 'success')
    return err({
      kind: 'refused',
      message: `${SERVICE} says "${said.message ?? said.status}": look into the account and its key`,
    });
  const answers = new Map<string, ScrubAnswer>(
    said.phones.map((phone) => [phone.slice(-10), { kinds: [], codes: '' }]),
  );
  // A number in both is on a list.
  for (const phone of [...said.supression, ...Object.keys(said.reasons)]) {
    const reasons = said.reasons[phone] ?? 'listed';
    answers.set(phone.slice(-10), { kinds: kindsOf(reasons.split(','), now), codes: reasons });
  }
  return ok(answers);
}
