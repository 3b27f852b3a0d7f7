import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUO_EVENT_TYPES, type QuoEventType } from '../gateways/quo/quo-payload-facts.ts';
import { quoPayload } from '../gateways/quo/quo-payloads.ts';
import { seededRandom } from '../platform/random.ts';
import { instant } from '../platform/time.ts';
import { maskEventText } from './mask-event.ts';

const PHONE = '+16175550123';

describe('numbers in what an event says are masked', () => {
  it.each<[string, string, string]>([
    ['in JSON', '{"from":"+16175550123","to":["+16175550001"]}', '{"from":"+•••0123","to":["+•••0001"]}'],
    ['of other countries', '{"from":"+442079460000"}', '{"from":"+•••0000"}'],
    ['in forms', 'From=%2B16175550123&To=%2b442079460000', 'From=%2B•••0123&To=%2B•••0000'],
    [
      'as people write them, in forms',
      'Body=I+am+at+617+555+0199%2C+%28617%29+555-0198+or+%2B44+20+7946+0000&NumMedia=0',
      'Body=I+am+at+•••0199%2C+(•••0198+or+%2B•••0000&NumMedia=0',
    ],
    ['behind an encoded blank', 'Body=call%20617-555-0199', 'Body=call+•••0199'],
    ['with an escaped plus sign', '"\\u002b16175550124"', '"\\u002b•••0124"'],
    ['as people write them', 'call (617) 555-0199 or 617.555.0198', 'call (•••0199 or •••0198'],
    ['with blanks behind a plus sign', '+44 20 7946 0000 is mine', '+•••0000 is mine'],
    ['without a plus sign inside of an id', 'sms-16175550123-x', 'sms-•••0123-x'],
    ['its own one glued to letters', 'tel6175550123x', 'tel•••0123x'],
    ['with slashes', 'call 617/555/0123', 'call •••0123'],
    ['with dashes of a typesetter', '617–555–0123 or 617−555—0199', '•••0123 or •••0199'],
    ['with blanks that do not break', '+1\u00a0617 555 0123', '+•••0123'],
    ['with such blanks escaped', '{"text":"+1\\u00a0617\\u202f555 0199"}', '{"text":"+•••0199"}'],
    ['with underscores', '617_555_0123', '•••0123'],
    ['digit by digit', 'it is 6 1 7 5 5 5 0 1 2 3', 'it is •••0123'],
    ['in full-width digits', '６１７５５５０１９９', '•••０１９９'],
    ['of another country without a plus sign', 'or 447700900123 ok', 'or •••0123 ok'],
    ['with the zeros of an international call', '0044 7700 900123', '•••0123'],
    ['with the zero of a country', '07700 900123 and 06.12.34.56.78', '•••0123 and •••5678'],
    ['one behind the other', '6175550199 6175550198', '•••0198'],
    ['behind an answer of a gateway', 'HTTP 400 6175550199 is no number', 'HTTP 400 •••0199 is no number'],
    ['in the name of a field', '%2B442079460000=1', '%2B•••0000=1'],
    ['in an address', 'https://x.example/?to=%2B44%2020%207946%200000', 'https://x.example/?to=%2B•••0000'],
  ])('%s', (_case, text, expected) => expect(maskEventText(text, PHONE)).toBe(expected));

  it.each<[string, string]>([
    ['a time in milliseconds', '{"at":1763391600000}'],
    ['an id of the gateway', '{"id":"AC0193f6c2a1b47c3d8e5f6071"}'],
    ['an instant', '{"createdAt":"2026-11-17T15:00:00.000Z"}'],
    ['what a form says of times and places', 'Timestamp=Fri%2C+20+Nov+2026+15%3A04%3A05+%2B0000&FromZip=02108'],
    ['an amount with a plus sign', '{"text":"2+12345"}'],
    ['a day with its time', 'on 2026-11-17 15:04:05.123456'],
    ['an id of digits', '{"id":"01936c2a-1234-7123-8123-123456789012","other":"12345678901234567890"}'],
    ['an id in parts', '{"id":"a1-123456789-b2"}'],
    ['an answer of a gateway with its code', 'HTTP 403 0202403 Not Phone Number User (0202403)'],
    ['a fraction of a second', '{"start":5.123456789012,"at":1763391600}'],
  ])('and %s is left', (_case, text) => expect(maskEventText(text, PHONE)).toBe(text));

  it('its own one, whatever stands between the digits', () => {
    const between = fc.constantFrom(
      '',
      '',
      ' ',
      '-',
      ' - ',
      '.',
      '/',
      '_',
      ') ',
      '\u00a0',
      '\u2009',
      '–',
      '\u200b',
      '%20',
      '\\u00a0',
    );
    const own = fc.constantFrom(
      ['+16175550123', '6175550123'],
      ['+447700900123', '07700900123'],
      ['+447700900123', '00447700900123'],
    );
    fc.assert(
      fc.property(own, fc.array(between, { minLength: 14, maxLength: 14 }), ([phone = '', spelled = ''], gaps) => {
        const text = [...spelled].map((digit, index) => digit + (gaps[index] ?? '')).join('');
        const shown = maskEventText(`me: ${text}!`, phone).replaceAll('%20', '').replaceAll('\\u00a0', '');
        expect(shown.replace(/\D/g, '')).toBe('0123');
      }),
    );
  });

  it('and nothing else of the events of all types and generations', () => {
    for (const type of Object.keys(QUO_EVENT_TYPES) as QuoEventType[])
      for (const generation of QUO_EVENT_TYPES[type]) {
        const at = instant('2026-11-17T15:00:00Z');
        const made = { type, generation, at, random: seededRandom(5), from: PHONE, to: ['+16175550001'] };
        const { body } = quoPayload(made);
        const numbers = body.match(/\+1\d{10}/g) ?? [];
        const expected = numbers.reduce((text, number) => text.replace(number, `+•••${number.slice(-4)}`), body);
        expect(maskEventText(body, PHONE)).toBe(expected);
      }
  });

  it('as many as a webhook can hold, while others wait for their answer', () => {
    const body = JSON.stringify({ text: '+1 617 555-0123, '.repeat(58_000) });
    expect(maskEventText(body, PHONE).replaceAll('+•••0123, ', '')).toBe('{"text":""}');
  });

  it('of an event about nobody', () => {
    expect(maskEventText('+16175550123', null)).toBe('+•••0123');
    expect(maskEventText('123', '+1')).toBe('123');
  });
});
