import { z } from 'zod';
import { err, ok, type Result } from '../platform/result.ts';
import { askJson, down, throttled } from './ask-json.ts';
import type { LineType, NumberFacts, NumberValidator, ValidatorFailure } from './number-validator.ts';

/** `key` is `SID:secret`, of the account or of one of its API keys. */
export const twilioLookup = (account: { readonly url: string; readonly key: string }): NumberValidator => ({
  name: 'twilio',
  async validate(phone, signal) {
    const answer = await askJson({
      service: 'Twilio Lookup',
      url: new URL(`${account.url}/v2/PhoneNumbers/${encodeURIComponent(phone)}?Fields=line_type_intelligence`),
      headers: { authorization: `Basic ${Buffer.from(account.key).toString('base64')}` },
      signal,
    });
    if (!answer.ok) return answer;
    const { status, body, retryAfterMs } = answer.value;
    return status === 200 ? readFacts(body) : err(failureOf(status, body, retryAfterMs));
  },
});

const factsSchema = z.object({
  valid: z.boolean(),
  country_code: z.string().nullish(),
  line_type_intelligence: z
    .object({
      type: z.string().nullish(),
      carrier_name: z.string().nullish(),
      error_code: z.number().nullish(),
    })
    .nullish(),
});

const LINE_TYPE_BY_WORD: Readonly<Record<string, LineType>> = {
  mobile: 'mobile',
  landline: 'landline',
  fixedVoip: 'voip',
  nonFixedVoip: 'voip',
  tollFree: 'toll_free',
  premium: 'premium_rate',
  sharedCost: 'special_services',
  uan: 'special_services',
  voicemail: 'special_services',
  pager: 'pager',
};

function readFacts(body: unknown): Result<NumberFacts, ValidatorFailure> {
  const read = factsSchema.safeParse(body);
  if (!read.success)
    return err({
      kind: 'unreadable',
      message: 'Twilio Lookup: the answer says neither that the number is valid nor that it is not',
    });
  const { valid, country_code: country, line_type_intelligence: line } = read.data;
  return ok({
    valid,
    lineType: LINE_TYPE_BY_WORD[line?.type ?? ''] ?? 'unknown',
    carrier: line?.carrier_name || null,
    country: country || null,
    raw: body,
  });
}

const problemSchema = z.object({ code: z.number().optional() });

function failureOf(status: number, body: unknown, retryAfterMs: number | undefined): ValidatorFailure {
  const problem = problemSchema.safeParse(body);
  const message = `Twilio Lookup answered ${status}${problem.success && problem.data.code !== undefined ? ` (${problem.data.code})` : ''}`;
  if (status === 429) return throttled(message, retryAfterMs);
  if (status >= 500) return down(message);
  if (status === 400 || status === 404) return { kind: 'unreadable', message };
  return { kind: 'refused', message: `${message}: look into the account and its key` };
}
