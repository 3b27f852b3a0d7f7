import { describe, expect, it } from 'vitest';
import { maskEventText } from './mask-event.ts';

const PHONE = '+16175550123';

describe('numbers in what an event says are masked', () => {
  it.each<[string, string, string]>([
    ['in JSON', '{"from":"+16175550123","to":["+16175550001"]}', '{"from":"+•••0123","to":["+•••0001"]}'],
    ['of other countries', '{"from":"+442079460000"}', '{"from":"+•••0000"}'],
    ['in forms', 'From=%2B16175550123&To=%2b442079460000', 'From=%2B•••0123&To=%2b•••0000'],
    [
      'as people write them, in forms',
      'Body=I+am+at+617+555+0199%2C+%28617%29+555-0198+or+%2B44+20+7946+0000&NumMedia=0',
      'Body=I+am+at+•••0199%2C+(617)+•••0198+or+%2B•••0000&NumMedia=0',
    ],
    ['behind an encoded blank', 'Body=call%20617-555-0199', 'Body=call+•••0199'],
    ['with an escaped plus sign', '"\\u002b16175550124"', '"\\u002b•••0124"'],
    ['as people write them', 'call (617) 555-0199 or 617.555.0198', 'call (•••0199 or •••0198'],
    ['with blanks behind a plus sign', '+44 20 7946 0000 is mine', '+•••0000 is mine'],
    ['without a plus sign inside of an id', 'sms-16175550123-x', 'sms-•••0123-x'],
    ['its own one glued to letters', 'tel6175550123x', 'tel•••0123x'],
  ])('%s', (_case, text, expected) => expect(maskEventText(text, PHONE)).toBe(expected));

  it.each<[string, string]>([
    ['a time in milliseconds', '{"at":1763391600000}'],
    ['an id of the gateway', '{"id":"AC0193f6c2a1b47c3d8e5f6071"}'],
    ['an instant', '{"createdAt":"2026-11-17T15:00:00.000Z"}'],
    ['what a form says of times and places', 'Timestamp=Fri%2C+20+Nov+2026+15%3A04%3A05+%2B0000&FromZip=02108'],
    ['an amount with a plus sign', '{"text":"2+12345"}'],
  ])('and %s is left', (_case, text) => expect(maskEventText(text, PHONE)).toBe(text));

  it('of an event about nobody', () => {
    expect(maskEventText('+16175550123', null)).toBe('+•••0123');
    expect(maskEventText('123', '+1')).toBe('123');
  });
});
