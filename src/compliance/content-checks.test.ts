import { describe, expect, it, test } from 'vitest';
import { instant } from '../platform/time.ts';
import { checkContent, shortenerIn } from './content-checks.ts';
import { contentRulesAt, parseContentRules } from './content-rules.ts';
import contentData from './rules/content.json' with { type: 'json' };

const rules = contentRulesAt(instant('2026-11-22T12:00:00Z'));
const GOOD =
  'Acme Concrete: your driveway estimate is ready, Dana. See https://acme.example/q/12. Reply STOP to opt out.';
const found = (text: string, businessName = 'Acme Concrete LLC') =>
  checkContent(text, { businessName, rules }).map(({ code, ...rest }) =>
    'what' in rest ? `${code} ${rest.what}` : code,
  );

test('a proper text has no finding', () => {
  expect(found(GOOD)).toEqual([]);
});

describe('the sender', () => {
  it.each([
    ['ACME   concrete: hi. Reply STOP to end'],
    ['Hi, it’s Acme Concrete’s crew. Text STOP to quit'],
    ['Hi from Acme Concrete! STOP to opt out'],
  ])('is named by %j', (text) => {
    expect(found(text)).toEqual([]);
  });

  it.each([
    ['Hi, your estimate is ready. Reply STOP to opt out'],
    ['Acme: hi. STOP to opt out'],
    ['Macme Concrete. Reply STOP'],
  ])('is missing from %j', (text) => {
    expect(found(text)).toEqual(['no_sender']);
  });

  it('is found with its accents and without', () => {
    expect(found('Jose Lopez Concrete: listo. Envíe ALTO', 'José López Concrete')).toEqual([]);
  });
});

describe('the way out', () => {
  it.each([
    ...['Reply STOP to opt out', 'Responda ALTO para cancelar', 'text "stop" to end', 'Opt out any time', 'STOP=End'],
    ...[
      'Txt STOP 2 quit',
      'Reply with STOP.',
      'STOP to cancel',
      'Envía la palabra BAJA',
      'Reply HELP for help or STOP to end',
    ],
    ...['Unsubscribe: acme.example/u/1', 'Reply YES to book, STOP to opt out', 'REPLY STOP TO END'],
  ])('is shown by %j', (words) => {
    expect(found(`Acme Concrete: hi. ${words}`).filter((finding) => !finding.startsWith('capitals'))).toEqual([]);
  });

  it.each([
    ...['we can stopover', 'nonstop work', 'Hi there', 'stop by our showroom this Saturday', 'a one-stop shop'],
    ...['STOP BY TODAY', 'STOP paying too much', 'text us, stop by', 'call, text, stop in', "you can't stop progress"],
    ...[
      'precios de temporada baja',
      'sin cancelar su cita',
      'non-stop savings',
      'end of season sale',
      'cancel or move your visit',
    ],
  ])('is not shown by %j', (words) => {
    expect(found(`Acme Concrete: ${words}`)).toEqual(['no_opt_out']);
  });
});

describe('links', () => {
  it.each([
    ['https://bit.ly/3xYz', 'https://bit.ly/3xYz'],
    ['bit.ly/3xYz.', 'bit.ly/3xYz'],
    ['HTTPS://WWW.TinyURL.com/abc)', 'HTTPS://WWW.TinyURL.com/abc'],
    ['tinyurl.com?abc', 'tinyurl.com?abc'],
    ['bit.ly#abc', 'bit.ly#abc'],
    ['bit.ly:443/abc', 'bit.ly:443/abc'],
    ['bit.ly./abc', 'bit.ly./abc'],
    ['www2.bit.ly/abc', 'www2.bit.ly/abc'],
    ['https://go.eu.bit.ly', 'https://go.eu.bit.ly'],
    ['bit\u200b.ly/x', 'bit.ly/x'],
    ['https://b\u00adit.ly/x', 'https://bit.ly/x'],
    ['ｂｉｔ．ｌｙ/x', 'bit.ly/x'],
    ['bit。ly/x', 'bit.ly/x'],
    ['it…bit.ly/x', 'bit.ly/x'],
    ['https://acme.example@bit.ly/abc', 'https://acme.example@bit.ly/abc'],
    ['bitly.com/abc', 'bitly.com/abc'],
  ])('of a public shortener: %j', (link, what) => {
    expect(shortenerIn(`{first_name}, see ${link}`, rules)?.written).toBe(what);
  });

  it.each([
    ['https://rabbit.ly/x'],
    ['https://acme.example/bit.ly/x'],
    ['https://bit.ly.acme.example/x'],
    ['mail me@bit.ly today'],
    ['t.co'],
    ['Have you seen t.co? Call us'],
  ])('not of one: %j', (link) => {
    expect(shortenerIn(`Acme Concrete ${link} Reply STOP`, rules)).toBeUndefined();
    expect(found(`Acme Concrete ${link} Reply STOP`)).toEqual([]);
  });

  it('without encryption, and more than one', () => {
    expect(found('Acme Concrete http://acme.example https://acme.example/b Reply STOP')).toEqual([
      'insecure_link http://acme.example',
      'links 2',
    ]);
  });
});

describe('restricted subjects', () => {
  it.each([
    ['Free wine at our open house', 'restricted wine'],
    ['CBD gummies', 'restricted cbd'],
    ['Gun show this Sunday', 'restricted gun show'],
    ['Lotería del barrio', 'restricted loteria'],
    ['Payday  loan today', 'restricted payday loan'],
  ])('%j', (words, finding) => {
    expect(found(`Acme Concrete: ${words}. Reply STOP`)).toEqual([finding]);
  });

  it.each([
    ['We caulk with a nail gun and fill every joint and crack'],
    ['Weed barrier under the pavers'],
    ['Sussex Drive, swine barn, Winery-free'],
    ['shots of your driveway'],
  ])('are not seen in the words of the trade: %j', (words) => {
    const restricted = found(`Acme Concrete: ${words}. Reply STOP`).filter(
      (finding) => finding !== 'restricted winery',
    );
    expect(restricted).toEqual([]);
  });
});

test('shouting, from twenty letters on', () => {
  expect(found('ACME CONCRETE: FREE ESTIMATES THIS WEEK ONLY. REPLY STOP')).toEqual(['capitals 100 %']);
  expect(found('Acme Concrete: OK? Text STOP')).toEqual([]);
});

test('a word that could never match is refused', () => {
  const [version] = contentData.versions;
  expect(() =>
    parseContentRules({ versions: [{ ...version, optOut: { ...version?.optOut, keywords: ['STOP'] } }] }),
  ).toThrow(/small letters.*Mend compliance\/rules\/content.json/);
});
