import { createServer, type IncomingMessage } from 'node:http';

/** An endpoint on loopback that keeps what is posted to it. */
export interface WebhookReceiver {
  readonly url: string;
  readonly posts: readonly PostedWebhook[];
  /** What the next posts are answered with; 200 at first. */
  answerWith(status: number | 'silence'): void;
  close(): Promise<void>;
}

export interface PostedWebhook {
  readonly rawBody: Uint8Array;
  readonly header: (name: string) => string | undefined;
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const posts: PostedWebhook[] = [];
  let answer: number | 'silence' = 200;
  const server = createServer(async (request, response) => {
    posts.push(await postedWebhook(request));
    if (answer !== 'silence') response.writeHead(answer).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('webhook receiver: no port');
  return {
    url: `http://127.0.0.1:${address.port}/webhooks/quo`,
    posts,
    answerWith: (next) => {
      answer = next;
    },
    close: () => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

async function postedWebhook(request: IncomingMessage): Promise<PostedWebhook> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(',') : value;
  };
  return { rawBody: Buffer.concat(chunks), header };
}
