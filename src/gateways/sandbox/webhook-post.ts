import { createHmac } from 'node:crypto';
import { type Agent, request } from 'node:http';

/**
 * Posts one signed event. True for a 2xx in time; time-out, refusal and a broken connection are all the same to a provider: try
 * again later.
 */
export function postWebhook(options: {
  readonly url: string;
  /** Base64, as given out at registration; its bytes sign. */
  readonly key: string;
  readonly body: string;
  readonly atMs: number;
  readonly answerTimeoutMs: number;
  readonly agent: Agent;
}): Promise<boolean> {
  const { body, atMs, key, agent } = options;
  const headers = {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'openphone-signature': `hmac;1;${atMs};${signatureOf({ key, signed: `${atMs}.${body}` })}`,
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

const signatureOf = ({ key, signed }: { readonly key: string; readonly signed: string }): string =>
  createHmac('sha256', Buffer.from(key, 'base64')).update(signed).digest('base64');
