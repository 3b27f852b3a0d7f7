import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';

export interface WireAnswer {
  readonly status: number;
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The address of a gateway that answers as this test wants; gone, with its connections, when the test is over. */
export async function localGateway(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

/** One at which every request gets the answer that is given for its path. */
export const answering = (answer: (path: string) => WireAnswer): Promise<string> =>
  localGateway((request, response) => {
    const { status, body, headers } = answer(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  });
