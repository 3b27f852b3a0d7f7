import { createHmac } from 'node:crypto';
import { type Agent, request } from 'node:http';
import { SECOND_MS } from '../../platform/time.ts';

/**
 * Posts one signed event. True for a 2xx in time; time-out, refusal and a broken connection are all the same to a provider: try
 * again later.
 */
export function postWebhook(options: {
  readonly url: string;
  /** With the signature. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly answerTimeoutMs: number;
  readonly agent: Agent;
}): Promise<boolean> {
  const { body, agent } = options;
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...options.headers,
  };
  return new Promise((resolve) => {
    const posting = request(options.url, { method: 'POST', headers, agent }, (response) => {
      const { statusCode = 0 } = response;
      response.on('error', () => resolve(false));
      response.on('end', () => resolve(statusCode >= 200 && statusCode < 300));
      response.resume();
    });
    posting.setTimeout(options.answerTimeoutMs, () => posting.destroy());
    posting.on('error', () => resolve(false));
    posting.on('close', () => resolve(false));
    posting.end(body);
  });
}

interface Signed {
  /** Base64, as given out at registration, with `whsec_` in front in the newest generation; its bytes sign. */
  readonly key: string;
  readonly body: string;
  readonly atMs: number;
}

export const legacyHeaders = ({ key, body, atMs }: Signed): Readonly<Record<string, string>> => ({
  'openphone-signature': `hmac;1;${atMs};${signatureOf({ key, signed: `${atMs}.${body}` })}`,
});

export function currentHeaders({
  key,
  body,
  atMs,
  deliveryId,
}: Signed & { readonly deliveryId: string }): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(atMs / SECOND_MS));
  return {
    'webhook-id': deliveryId,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${signatureOf({ key, signed: `${deliveryId}.${seconds}.${body}` })}`,
  };
}

const signatureOf = ({ key, signed }: { readonly key: string; readonly signed: string }): string =>
  createHmac('sha256', Buffer.from(key.replace(/^whsec_/, ''), 'base64'))
    .update(signed)
    .digest('base64');
