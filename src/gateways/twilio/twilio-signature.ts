import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { err, ok, type Result } from '../../platform/result.ts';
import type { WebhookEdge, WebhookRefusal } from '../gateway.ts';

type VerifyInput = Parameters<WebhookEdge['verify']>[0];

/**
 * `X-Twilio-Signature`: HMAC-SHA1 under the Auth Token over the address as it was called, and the fields of a form behind it. A body
 * that is not a form is bound by its SHA-256 in the query. No time is signed, so that an old request can be posted again by whoever
 * recorded it: it is told by its event id and has no effect.
 */
export function verifyTwilioSignature(input: VerifyInput): Result<{ readonly secretIndex: number }, WebhookRefusal> {
  const signature = input.header('x-twilio-signature');
  if (signature === undefined) return refuse('signature_missing', 'no x-twilio-signature header');
  const fields = signedFields(input);
  if (fields === undefined)
    return refuse('signature_wrong', 'the body is not the one whose bodySHA256 is in the address');
  const texts = addressesOf(input.url).map((url) => url + fields);
  const secretIndex = input.secrets.findIndex((secret) => texts.some((text) => matches({ text, secret, signature })));
  return secretIndex < 0
    ? refuse('signature_wrong', 'the signature matches the address and the body under none of our secrets')
    : ok({ secretIndex });
}

/** The signature of a form that is posted to `url`, as the provider makes it. */
export const signTwilioForm = (input: {
  readonly url: string;
  readonly rawBody: Uint8Array;
  readonly secret: string;
}): string => signatureOf(input.url + formFields(input.rawBody), input.secret);

const refuse = (reason: WebhookRefusal['reason'], message: string) => err<WebhookRefusal>({ reason, message });

const BODY_HASH = 'bodySHA256';

/** What is signed behind the address; undefined when the body is another one than was signed. */
function signedFields({ url, rawBody }: Pick<VerifyInput, 'url' | 'rawBody'>): string | undefined {
  const bodyHash = new URL(url).searchParams.get(BODY_HASH);
  if (bodyHash === null) return formFields(rawBody);
  return sameText(bodyHash.toLowerCase(), createHash('sha256').update(rawBody).digest('hex')) ? '' : undefined;
}

/** Names in the order of their code units, the different values of each likewise, without anything between. */
function formFields(rawBody: Uint8Array): string {
  const form = new URLSearchParams(Buffer.from(rawBody).toString('utf8'));
  const names = [...new Set(form.keys())].sort();
  return names
    .map((name) =>
      [...new Set(form.getAll(name))]
        .sort()
        .map((value) => name + value)
        .join(''),
    )
    .join('');
}

/** The provider is of two minds whether the standard port belongs to the address. */
function addressesOf(url: string): readonly string[] {
  const { protocol, host, port } = new URL(url);
  const rest = url.replace(/^https?:\/\/[^/?#]*/i, '');
  const standard = port === '' ? [`${host}:${protocol === 'https:' ? 443 : 80}`] : [];
  return [host, ...standard].map((server) => `${protocol}//${server}${rest}`);
}

function matches(input: { readonly text: string; readonly secret: string; readonly signature: string }): boolean {
  // An empty key would let anyone sign.
  if (input.secret === '') return false;
  return sameText(signatureOf(input.text, input.secret), input.signature);
}

const signatureOf = (text: string, secret: string): string => createHmac('sha1', secret).update(text).digest('base64');

function sameText(a: string, b: string): boolean {
  const bytes = [Buffer.from(a), Buffer.from(b)] as const;
  return bytes[0].length === bytes[1].length && timingSafeEqual(bytes[0], bytes[1]);
}
