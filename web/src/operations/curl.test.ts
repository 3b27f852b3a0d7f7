import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { curlCommand, LOCAL_ENDPOINT } from './curl.ts';

const SHELL = '/bin/sh';

/** What curl would be called with, and given, if a shell ran the command: a function of that name takes its place. */
function ran(commands: readonly string[], shell: string): readonly (readonly string[])[] {
  const script = [
    `curl() { for given do printf '%s\\0' "$given"; done; cat; printf '\\0\\001\\0'; }`,
    ...commands.map((command) => `${command}\n`),
  ].join('\n');
  const out = execFileSync(shell, ['-s'], { input: script, maxBuffer: 64 * 1024 * 1024 }).toString('utf8');
  return out
    .split('\0\u0001\0')
    .slice(0, -1)
    .map((call) => call.split('\0'));
}

it('posts the stored bytes with the headers that came', () => {
  const command = curlCommand({
    payload: '{"text":"it’s \\"here\\""}',
    headers: { 'content-type': 'application/json', 'openphone-signature': 'hmac;1;17;abc=' },
  });
  expect(command).toBe(
    [
      `printf %s '{"text":"it’s \\"here\\""}' |`,
      `curl --request POST '${LOCAL_ENDPOINT}' \\`,
      `  --header 'content-type: application/json' \\`,
      `  --header 'openphone-signature: hmac;1;17;abc=' \\`,
      '  --data-binary @-',
    ].join('\n'),
  );
});

it.each<[string, Record<string, string>, string]>([
  ['no header at all is no form', {}, `--header 'content-type:'`],
  ['an empty header is sent empty', { 'webhook-id': '' }, `--header 'webhook-id;'`],
  ['a quote in a header stays in it', { 'user-agent': `a'; rm -rf ~'` }, `'user-agent: a'\\''; rm -rf ~'\\'''`],
])('%s', (_case, headers, part) => expect(curlCommand({ payload: '', headers })).toContain(part));

it('holds no character that a terminal would take for a key', () =>
  expect(
    curlCommand({ payload: 'a\u0003\u001b[201~\u009b\u202eb\nc', headers: { 'webhook-id': 'x\u001by' } }),
  ).not.toMatch(/[^\P{C}\n]/u));

/** No text with NUL is stored: PostgreSQL has none. */
const stored = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom(
          "'",
          '"',
          '\\',
          '\\0',
          '\\c',
          '$(id)',
          '`id`',
          '!!',
          '\n',
          '\r',
          '@/etc/passwd',
          '%s',
          '%',
          '\u001b',
          '-',
          '\u0007',
        ),
        { maxLength: 20 },
      )
      .map((parts) => parts.join('')),
  )
  .filter((text) => !text.includes('\0') && text.isWellFormed());

describe.skipIf(!existsSync(SHELL))('in a shell', () => {
  it.each([SHELL, '/bin/bash'].filter((shell) => existsSync(shell)))('%s hands curl the very bytes', (shell) => {
    const texts = fc.sample(stored, { numRuns: 120, seed: 4 });
    const calls = ran(
      texts.map((text) =>
        curlCommand({ payload: text, headers: { 'user-agent': `q'${text.replace(/\p{C}/gu, '')}` } }),
      ),
      shell,
    );
    expect(calls.map((call) => call.at(-1))).toEqual(texts);
    expect(calls.map((call) => call[4])).toEqual(texts.map((text) => `user-agent: q'${text.replace(/\p{C}/gu, '')}`));
  });

  it('takes an event that is longer than an argument may be', () => {
    const payload = `{"text":"${'é'.repeat(200_000)}"}`;
    expect(ran([curlCommand({ payload, headers: {} })], SHELL)[0]?.at(-1)).toBe(payload);
  });
});
