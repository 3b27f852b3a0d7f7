import { z } from 'zod';
import type { E164 } from '../contacts/phone.ts';
import { err, ok, type Result } from '../platform/result.ts';
import { askJson, down, throttled } from './ask-json.ts';
import type { LineType, NumberFacts, NumberValidator, ValidatorFailure } from './number-validator.ts';

/** The API of NumVerify (apilayer): `GET {url}/validate?access_key=&number=`. It answers 200 to whatever it refuses, so that the body decides. */
export const numverify = (account: { readonly url: string; readonly key: string }): NumberValidator => ({
  name: 'numverify',
  async validate(phone, signal) {
    const answer = await askJson({ service: 'NumVerify', url: addressOf(account, phone), headers: {}, signal });
    if (!answer.ok) return answer;
    const { status, body, retryAfterMs } = answer.value;
    const refusal = refusalSchema.safeParse(body);
    if (refusal.success) return err(failureOf(refusal.data.error, retryAfterMs));
    return status === 200 ? readFacts(body) : err(failureOfStatus(status, retryAfterMs));
  },
});

function addressOf({ url, key }: { readonly url: string; readonly key: string }, phone: E164): URL {
  const address = new URL(`${url}/validate`);
  address.searchParams.set('access_key', key);
  address.searchParams.set('number', phone.slice(1));
  return address;
}

const refusalSchema = z.object({
  error: z.object({ code: z.union([z.number(), z.string()]).optional(), type: z.string().optional() }),
});

const factsSchema = z.object({
  valid: z.boolean(),
  country_code: z.string().nullish(),
  carrier: z.string().nullish(),
  line_type: z.string().nullish(),
});

const LINE_TYPE_BY_WORD: Readonly<Record<string, LineType>> = {
  mobile: 'mobile',
  landline: 'landline',
  voip: 'voip',
  toll_free: 'toll_free',
  premium_rate: 'premium_rate',
  special_services: 'special_services',
  satellite: 'satellite',
  paging: 'pager',
  pager: 'pager',
};

function readFacts(body: unknown): Result<NumberFacts, ValidatorFailure> {
  const read = factsSchema.safeParse(body);
  if (!read.success)
    return err({
      kind: 'unreadable',
      message: 'NumVerify: the answer says neither that the number is valid nor that it is not',
    });
  const { valid, country_code: country, carrier, line_type: word } = read.data;
  return ok({
    valid,
    lineType: LINE_TYPE_BY_WORD[word?.toLowerCase() ?? ''] ?? 'unknown',
    carrier: carrier || null,
    country: country || null,
    raw: body,
  });
}

/** Codes differ between the plans' documents, the words do not: the words are asked first. */
function failureOf(error: z.infer<typeof refusalSchema>['error'], retryAfterMs?: number): ValidatorFailure {
  const what = `NumVerify: ${error.type ?? 'refused'} (${error.code ?? 'no code'})`;
  switch (error.type ?? KNOWN_CODES[String(error.code)]) {
    case 'usage_limit_reached':
      return { kind: 'quota', message: `${what}: the month's requests are used up` };
    case 'rate_limit_reached':
      return throttled(what, retryAfterMs);
    case 'https_access_restricted':
      return {
        kind: 'refused',
        message: `${what}: this plan answers unencrypted requests only; change the plan, or set NUMVERIFY_URL to http://apilayer.net/api if key and numbers may be read on the way`,
      };
    case 'no_phone_number_provided':
    case 'non_numeric_phone_number_provided':
    case 'invalid_country_code':
      return { kind: 'unreadable', message: what };
    default:
      return { kind: 'refused', message: `${what}: look into the account and its key` };
  }
}

const KNOWN_CODES: Readonly<Record<string, string>> = {
  104: 'usage_limit_reached',
  106: 'rate_limit_reached',
  210: 'no_phone_number_provided',
  211: 'non_numeric_phone_number_provided',
  310: 'invalid_country_code',
};

function failureOfStatus(status: number, retryAfterMs: number | undefined): ValidatorFailure {
  const message = `NumVerify answered ${status}`;
  if (status === 429) return throttled(message, retryAfterMs);
  return status >= 500 ? down(message) : { kind: 'refused', message: `${message}: look into the account and its key` };
}
