import type { WebhookEventDetail } from '../api/webhook-events.ts';

/** The program of the guide to local webhooks; whoever listens elsewhere changes it in the command. */
export const LOCAL_ENDPOINT = 'http://127.0.0.1:3000/hook';

/**
 * A command for any POSIX shell that posts a stored event once more, byte for byte, with the headers that it came with. The body goes
 * through a pipe: an argument may not be as long as an event, and curl takes one that begins with `@` for the name of a file.
 */
export function curlCommand({ payload, headers }: Pick<WebhookEventDetail, 'payload' | 'headers'>): string {
  const names = Object.keys(headers);
  return [
    `${printed(payload)} |`,
    [
      `curl --request POST ${quoted(LOCAL_ENDPOINT)}`,
      ...names.map((name) => header(name, headers[name] ?? '')),
      // What curl would say by itself of a form.
      ...(names.some((name) => name.toLowerCase() === 'content-type') ? [] : [`--header 'content-type:'`]),
      '--data-binary @-',
    ].join(' \\\n  '),
  ].join('\n');
}

/** curl drops a header whose value is empty, unless a semicolon ends its name. */
const header = (name: string, value: string): string =>
  `--header ${quoted(value === '' ? `${name};` : `${name}: ${value.replace(UNSEEN, '')}`)}`;

/** Within these quotes a shell takes everything as it is, but for the quote itself. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** Control characters, and those that only tell how others look: pasted into a terminal they are keys that somebody pressed. */
const UNSEEN = /\p{C}/gu;

/** The text on the standard output of the shell; what is not seen is written in octal digits, byte by byte. */
function printed(text: string): string {
  if (text.search(UNSEEN) === -1) return `printf %s ${quoted(text)}`;
  return `printf %b ${quoted(text.replaceAll('\\', '\\\\').replace(UNSEEN, octal))}`;
}

const octal = (character: string): string =>
  [...new TextEncoder().encode(character)].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
