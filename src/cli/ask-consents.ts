import { z } from 'zod';
import { getBusiness } from '../business/business-store.ts';
import { purposeSaid, SAID_PURPOSES } from '../compliance/consent.ts';
import { consentSentence, readConsentsAt } from '../compliance/read-consent.ts';
import { parsePhone } from '../contacts/phone.ts';
import type { Db } from '../platform/database.ts';
import { showId } from '../platform/ids.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { type Instant, instant } from '../platform/time.ts';
import { issueWords, type JsonObject } from './json-lines.ts';

const question = z.strictObject({
  phone: z.string({ error: 'expected a number like +16175550123' }),
  at: z.iso.datetime({ offset: true, error: 'expected an instant like 2026-11-17T15:00:00Z' }).optional(),
  purpose: z
    .enum(SAID_PURPOSES, { error: `expected ${SAID_PURPOSES.join(', ')}` })
    .transform(purposeSaid)
    .optional(),
});

/** What each of these numbers had permitted at its instant, in their order. */
export async function askConsents(db: Db, inputs: readonly JsonObject[], now: Instant) {
  const questions = inputs.map((input) => parse(input, now));
  const asked = questions.flatMap((each) => (each.ok ? [each.value] : []));
  const found = (await readConsentsAt(db, asked)).values();
  const { zone } = await getBusiness(db);
  return questions.map((each) => {
    if (!each.ok) return each;
    const consent = found.next().value;
    if (consent === undefined) throw new Error(`the consent of ${each.value.phone} was asked, and no answer came`);
    const { purpose, standing, grant } = consent;
    return ok({
      phone: each.value.phone,
      purpose,
      at: each.value.at.toString(),
      state: standing.state,
      kind: standing.inForce?.kind ?? null,
      since: standing.since?.toString() ?? null,
      validUntil: standing.inForce?.until?.toString() ?? null,
      eventId: grant === undefined ? null : showId('consent', grant.id),
      wording: grant?.wording ?? null,
      wordingVersion: grant?.wordingVersion ?? null,
      sentence: consentSentence(consent, zone),
    });
  });
}

function parse(input: JsonObject, now: Instant): Result<Parameters<typeof readConsentsAt>[1][number], string> {
  const asked = question.safeParse(input);
  if (!asked.success) return err(issueWords(asked.error));
  const { phone, at, purpose = 'marketing' } = asked.data;
  const parsed = parsePhone(phone);
  if (!parsed.ok) return err(`"phone": "${phone}" is no phone number: expected one like +16175550123`);
  return ok({ phone: parsed.value, at: at === undefined ? now : instant(at), purpose });
}
