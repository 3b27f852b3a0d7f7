import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterAll } from 'vitest';

/** A mail server on loopback that keeps what it is given, can go away and come back at its port, and can refuse. */
export interface MailReceiver {
  readonly url: string;
  readonly mails: ReceivedMail[];
  /** The answer to the next mails' recipients: `undefined` takes them. */
  refuse: { readonly code: number; readonly text: string } | undefined;
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
}

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire, with soft line ends and folded headers undone. */
  readonly raw: string;
}

const USER = 'alerts';
export const MAIL_PASSWORD = 'correct-horse-mail';

export async function mailReceiver(): Promise<MailReceiver> {
  const mails: ReceivedMail[] = [];
  let server: SMTPServer | undefined;
  let port = 0;
  const open = async (): Promise<void> => {
    const next = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      onAuth: ({ username, password }, _session, done) =>
        username === USER && password === MAIL_PASSWORD
          ? done(null, { user: USER })
          : done(new Error(`wrong password ${password}`)),
      onRcptTo: (_address, _session, done) => {
        const refused = receiver.refuse;
        done(refused === undefined ? null : Object.assign(new Error(refused.text), { responseCode: refused.code }));
      },
      onData: (stream, session, done) => {
        text(stream).then((raw) => {
          mails.push({
            from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
            to: session.envelope.rcptTo.map(({ address }) => address),
            raw: raw.replaceAll('=\r\n', '').replaceAll(/\r\n[ \t]/g, ' '),
          });
          done();
        }, done);
      },
    });
    // A client that gives up in the middle is none of the server's business.
    next.on('error', () => undefined);
    await new Promise<void>((resolve) => next.listen(port, '127.0.0.1', resolve));
    port = (next.server.address() as AddressInfo).port;
    server = next;
  };
  const close = async (): Promise<void> => {
    const open = server;
    server = undefined;
    if (open !== undefined) await new Promise<void>((resolve) => open.close(() => resolve()));
  };
  const receiver: MailReceiver = {
    get url() {
      return `smtp://${USER}:${MAIL_PASSWORD}@127.0.0.1:${port}`;
    },
    mails,
    refuse: undefined,
    goAway: close,
    comeBack: open,
  };
  await open();
  afterAll(close);
  return receiver;
}

/** PagerDuty's intake of events on loopback. */
export interface PagerDutyReceiver {
  readonly url: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  readonly events: any[];
  answer: { readonly status: number; readonly body: string };
}

const TAKEN = { status: 202, body: '{"status":"success","message":"Event processed"}' };

export async function pagerDutyReceiver(): Promise<PagerDutyReceiver> {
  const receiver = { url: '', events: [] as unknown[], answer: TAKEN };
  const server: Server = createServer((request, response) => {
    text(request).then(
      (body) => {
        if (request.method === 'POST' && request.url === '/v2/enqueue') receiver.events.push(JSON.parse(body));
        response.writeHead(receiver.answer.status, { 'content-type': 'application/json' }).end(receiver.answer.body);
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return receiver;
}
