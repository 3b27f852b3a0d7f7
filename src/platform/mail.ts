import { createTransport } from 'nodemailer';
import { err, ok, type Result } from './result.ts';

/** One mail, in two looks of the same words. */
export interface Mail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** The same for a mail that is sent again because nobody knows whether it went out: many programs then show one. */
  readonly messageId: string;
}

export interface MailFailure {
  /** The server said no for good: the same mail would be refused again. */
  readonly final: boolean;
  /** Names the server and its answer, never its password. */
  readonly message: string;
}

/** What the server took; `refused` names the addresses that it did not want among them. */
export interface MailTaken {
  readonly refused: readonly string[];
}

export interface Mailer {
  send(mail: Mail): Promise<Result<MailTaken, MailFailure>>;
}

/** Real milliseconds: a server that is silent longer is away. */
const CONNECT_WITHIN_MS = 10_000;
const ANSWER_WITHIN_MS = 20_000;

/** Mail through the server of an SMTP URL; one connection for each mail, encrypted when the server offers it. */
export function smtpMailer(options: { readonly url: string; readonly from: string }): Mailer {
  const server = new URL(options.url);
  const transport = createTransport({
    url: options.url,
    connectionTimeout: CONNECT_WITHIN_MS,
    greetingTimeout: CONNECT_WITHIN_MS,
    socketTimeout: ANSWER_WITHIN_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, ...mail }) {
      try {
        const sent = await transport.sendMail({ ...mail, to: [...to], from: options.from });
        return ok({ refused: sent.rejected });
      } catch (error) {
        return err(failureOf(error, server));
      }
    },
  };
}

/** Only an answer about this sender, these recipients or this text is final; a wrong password is mended by a person. */
const ABOUT_THE_MAIL: ReadonlySet<string> = new Set(['EENVELOPE', 'EMESSAGE']);

function failureOf(error: unknown, server: URL): MailFailure {
  const { code, permanent } = detailOf(error);
  const words = error instanceof Error ? error.message : String(error);
  const password = decodeURIComponent(server.password);
  const hidden = password === '' ? words : words.replaceAll(password, '(hidden)');
  return {
    final: permanent && ABOUT_THE_MAIL.has(code),
    message: `the mail server ${server.host}: ${hidden.replaceAll(/\s+/g, ' ').slice(0, 500)}`,
  };
}

function detailOf(error: unknown): { readonly code: string; readonly permanent: boolean } {
  if (typeof error !== 'object' || error === null) return { code: '', permanent: false };
  return {
    code: 'code' in error && typeof error.code === 'string' ? error.code : '',
    permanent: 'permanent' in error && error.permanent === true,
  };
}
