import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { classifierVersionAt } from '../compliance/opt-out.ts';
import { countParts } from '../messages/encoding.ts';
import { instant } from '../platform/time.ts';
import { jsonLines, runCli, startCli } from './cli.fixture.ts';

const stdinOf = (...values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('explain opt-out', () => {
  it('answers each line in order with what was understood, what follows and why', async () => {
    const texts = [
      'STOP',
      'Please stop texting me',
      'What does it cost?',
      'No thanks',
      'START',
      'start texting me again',
      'HELP',
    ];
    const run = await runCli(['explain', 'opt-out', '--stdin'], {
      stdin: stdinOf(...texts.map((text) => ({ text, expected: 'ignored' }))),
    });
    const answers = jsonLines(run);
    expect(answers[0]).toEqual({
      text: 'STOP',
      outcome: 'opt_out',
      tier: 1,
      action: 'suppress',
      matched: 'stop',
      family: null,
      language: 'en',
      why: 'the whole message is the keyword "stop"',
      normalised: 'stop',
      classifierVersion: classifierVersionAt(),
    });
    expect(answers.slice(1)).toMatchObject([
      { tier: 2, action: 'suppress', family: 'cease', why: expect.stringContaining('"stop texting" asks that') },
      { outcome: 'none', tier: null, action: 'none', matched: null, why: 'no rule finds a request in it' },
      { outcome: 'review', tier: 3, action: 'ask_a_person', family: 'bare_refusal' },
      { outcome: 'opt_in', action: 'opt_in' },
      { outcome: 'opt_in', action: 'show_to_staff', matched: 'start texting me' },
      { outcome: 'help', action: 'send_help' },
    ]);
    expect(run).toMatchObject({ code: 0, err: '' });
  });

  it('knows the circumstances that a line names', async () => {
    const sent = 'Acme: our spring special on sealing driveways ends this Friday, text STOP to end';
    const cases = [
      { text: 'td', context: { canadian: true } },
      { text: 'yes', context: { awaitingOptIn: true } },
      { text: sent, context: { recentOutbound: [sent] } },
      { text: 'td', context: {} },
      { text: 'stop', context: { at: '2026-11-17T09:00:00-06:00' } },
    ];
    const answers = jsonLines(await runCli(['explain', 'opt-out', '--stdin'], { stdin: stdinOf(...cases) }));
    expect(answers).toMatchObject([
      { outcome: 'opt_out', tier: 1 },
      { outcome: 'opt_in' },
      { outcome: 'none', why: expect.stringContaining('nothing is left') },
      { outcome: 'none' },
      { outcome: 'opt_out', classifierVersion: classifierVersionAt(instant('2026-11-17T15:00:00Z')) },
    ]);
  });

  it('answers a line that it cannot read in its place, goes on, and ends with 1', async () => {
    const bad = [
      { message: 'stop' },
      { text: 'stop', context: 'canadian' },
      { text: 'stop', context: { recentOutbound: 'Acme' } },
      { text: 'stop', context: { canadian: 'yes' } },
      { text: 'stop', context: { country: 'CA' } },
      { text: 'stop', context: { at: 'yesterday' } },
    ];
    const stdin = `no json\n${stdinOf(...bad, { text: 'stop' })}`;
    const run = await runCli(['explain', 'opt-out', '--stdin'], { stdin });
    const answers = jsonLines(run);
    expect(answers.slice(0, 7)).toMatchObject([1, 2, 3, 4, 5, 6, 7].map((line) => ({ error: { line } })));
    expect(answers[5]).toMatchObject({ error: { message: expect.stringContaining('"country"') } });
    expect(answers[7]).toMatchObject({ outcome: 'opt_out' });
    expect(run).toMatchObject({ code: 1, err: 'textwright: 7 lines of 8 could not be read\n' });
  });

  it('answers one text in words', async () => {
    expect(await runCli(['explain', 'opt-out', 'Stop'])).toEqual({
      code: 0,
      out: 'opt_out, tier 1: the whole message is the keyword "stop"\n',
      err: '',
    });
  });
});

describe('explain quiet-hours', () => {
  it('answers each line with whether, where, by which rule and from when on, and goes on after a bad one', async () => {
    const at = '2026-11-18T01:30:00Z';
    const lines = [
      { phone: '+16175550123', at },
      { phone: '(617) 555-0123', at, preset: 'federal_state' },
      { phone: '+16175550123', state: 'FL', zone: 'America/Los_Angeles', at: '2026-11-17T15:30:00-05:00' },
      { phone: '+14165550123', at },
      { phone: '12', at },
      { phone: '+16175550123' },
      { phone: '+16175550123', at, preset: 'any' },
      { phone: '+16175550123', at, zone: 'Mars/Olympus' },
      { phone: '+16175550123', at, state: 'Ontario' },
      'none',
      { phone: '+16175550123', at: '2026-11-17T15:30:00-05:00', state: null },
    ];
    const run = await runCli(['explain', 'quiet-hours', '--stdin'], { stdin: stdinOf(...lines) });
    const boston = { zones: ['America/New_York'], states: ['MA'] };
    const answers = jsonLines(run);
    expect(answers.slice(0, 4)).toEqual([
      { allowed: false, ...boston, rule: expect.stringContaining('20:00'), nextAllowedAt: '2026-11-18T14:00:00Z' },
      { allowed: false, ...boston, rule: expect.stringContaining('MA'), nextAllowedAt: '2026-11-18T13:00:00Z' },
      {
        allowed: true,
        zones: ['America/Chicago', 'America/Los_Angeles', 'America/New_York'],
        states: ['FL', 'MA'],
        rule: expect.any(String),
        nextAllowedAt: null,
      },
      { allowed: false, zones: [], states: [], rule: expect.stringContaining('outside_us'), nextAllowedAt: null },
    ]);
    expect(answers.slice(4, 10)).toMatchObject(
      ['"phone"', '"at"', '"preset"', 'zone', 'state', 'JSON object'].map((word, index) => ({
        error: { message: expect.stringContaining(word), line: index + 5 },
      })),
    );
    expect(answers[10]).toMatchObject({ allowed: true, ...boston });
    expect(run).toMatchObject({ code: 1, err: 'textwright: 6 lines of 11 could not be read\n' });
  });

  it.each([
    ['1990-06-01T15:00:00Z', true],
    // The last minute of 2024 where the person is, which is 2025 in UTC.
    ['2025-01-01T05:59:00Z', true],
    ['2025-01-01T06:00:00Z', false],
    ['2026-11-17T15:00:00Z', false],
  ])('of %s says that it is a guess before the first day of the rules: %s', async (at, isGuess) => {
    const words = /; a guess: the state rules begin on 2025-01-01, and what held before is not known here/;
    const asked = ['explain', 'quiet-hours', '--state', 'IL', '--at', at];
    expect(words.test((await runCli(asked)).out)).toBe(isGuess);
    expect(jsonLines(await runCli([...asked, '--json']))).toMatchObject([
      { rulesBeginOn: isGuess ? '2025-01-01' : null },
    ]);
    const line = { phone: '+13125550123', at };
    const [answer] = jsonLines(await runCli(['explain', 'quiet-hours', '--stdin'], { stdin: stdinOf(line) }));
    expect(words.test(String((answer as { rule: string }).rule))).toBe(isGuess);
  });

  it('takes no other input beside the lines', async () =>
    expect(await runCli(['explain', 'quiet-hours', '--stdin', '--state', 'FL'])).toMatchObject({ code: 2, out: '' }));
});

describe('explain parts', () => {
  it('keeps the order of 5,000 lines and counts each', async () => {
    const texts = Array.from(
      { length: 5_000 },
      (_, index) => `${'é🙂x\u2028'.slice(0, index % 6)}${'a'.repeat(index % 400)}`,
    );
    const run = await runCli(['explain', 'parts', '--stdin'], { stdin: stdinOf(...texts.map((text) => ({ text }))) });
    expect(jsonLines(run)).toEqual(
      texts.map((text) => {
        const { encoding, units, parts } = countParts(text);
        return { encoding, units, parts };
      }),
    );
    expect(run.code).toBe(0);
  });

  it('answers lines that it cannot read in their place, and ends with 1', async () => {
    const stdin = '{"text":"a"}\nnot json\n{"txt":"a"}\n{"text":5}\n[]\n{"text":"b"}';
    const run = await runCli(['explain', 'parts', '--stdin'], { stdin });
    const answers = jsonLines(run);
    expect(answers).toHaveLength(6);
    expect(answers[0]).toEqual({ encoding: 'GSM-7', units: 1, parts: 1 });
    expect(answers.slice(1, 5)).toMatchObject([2, 3, 4, 5].map((line) => ({ error: { line } })));
    expect(answers[1]).toEqual({ error: { message: expect.stringContaining('not JSON'), line: 2 } });
    expect(answers[5]).toMatchObject({ units: 1 });
    expect(run).toMatchObject({ code: 1, err: 'textwright: 4 lines of 6 could not be read\n' });
  });

  it('ends quietly when its reader leaves', async () => {
    const child = startCli(['explain', 'parts', '--stdin']);
    const lines = stdinOf(...Array.from({ length: 20_000 }, (_, index) => ({ text: `text ${index}` })));
    let err = '';
    child.stderr?.on('data', (chunk) => {
      err += chunk;
    });
    child.stdin?.on('error', () => undefined).end(lines);
    child.stdout?.once('data', () => child.stdout?.destroy());
    await once(child, 'close');
    expect({ code: child.exitCode, err }).toEqual({ code: 0, err: '' });
  });
});

describe('explain template', () => {
  it.each([
    ['a value', 'Hi {first_name}!', { firstName: 'Ann' }, { text: 'Hi Ann!', parts: 1 }],
    ['an attribute beside tags', '{roof}', { tags: ['a'], attributes: { roof: 'slate' } }, { text: 'slate', parts: 1 }],
    ['a fallback without a contact', 'Hi {first_name|there}!', undefined, { text: 'Hi there!', parts: 1 }],
    ['a field that is missing', 'Hi {first_name}!', {}, { error: { message: expect.any(String), position: 3 } }],
    ['a brace that is not closed', 'Hi {first_name', {}, { error: { message: expect.any(String), position: 3 } }],
    ['a contact that is none', 'Hi', 'Ann', { error: { message: expect.stringContaining('"contact"'), line: 1 } }],
  ])('%s', async (_case, template, contact, expected) => {
    const run = await runCli(['explain', 'template', '--stdin'], { stdin: stdinOf({ template, contact }) });
    expect(jsonLines(run)).toEqual([expected]);
  });

  it('prints the text that the contact would get', async () => {
    const run = await runCli(['explain', 'template', 'Hi {first_name}!', '--contact', '{"first_name":"Ann"}']);
    expect(run).toEqual({ code: 0, out: 'Hi Ann!\n', err: '' });
  });

  it('ends with 1 for a template that cannot be sent, and says where it is wrong', async () => {
    const run = await runCli(['explain', 'template', 'Hi {first_name']);
    expect(run).toMatchObject({ code: 1, out: '' });
    expect(run.err).toContain('position 3');
  });
});
