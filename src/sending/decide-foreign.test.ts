import { describe, expect, it } from 'vitest';
import type { GatewayMessage } from '../gateways/gateway.ts';
import type { Template } from '../messages/template.ts';
import { parseTemplate } from '../messages/template-parser.ts';
import { instant } from '../platform/time.ts';
import { foreignTexts, isOfTemplate } from './decide-foreign.ts';

const template = (source: string): Template => {
  const parsed = parseTemplate(source);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.value;
};
const nobody = () => [];
const text = (words: string, to = '+16175550100'): GatewayMessage => ({
  gatewayMessageId: words,
  direction: 'outbound',
  from: '+16175550001',
  to: [to],
  text: words,
  status: 'sent',
  createdAt: instant('2026-11-17T15:00:00Z'),
});

describe('the words of a template', () => {
  const estimate = template(
    'Hi {first_name|there}, your estimate is ready.{if company} For {company}.{endif} Reply STOP',
  );
  it.each([
    ['the text of another person', 'Hi Sam, your estimate is ready. Reply STOP', true],
    ['with the part that not everybody gets', 'Hi Ann, your estimate is ready. For Acme. Reply STOP', true],
    ['as a provider rewrites it', 'Hi O’Neil, your estimate is ready.  Reply STOP ', true],
    ['cut', 'Hi Sam, your estimate is ready.', false],
    ['the words in another order', 'Reply STOP. Hi Sam, your estimate is ready.', false],
    ['what somebody typed by hand', 'Hi Sam, running ten minutes late', false],
  ])('%s', (_what, words, has) => expect(isOfTemplate(estimate, text(words), nobody)).toBe(has));

  it.each([
    ['to the person for whom they are', 'Sam, 9am ok?', '+16175550100', true],
    ['to somebody else', 'Sam, 9am ok?', '+16175550199', false],
    ['beside others', 'Sam, 9am ok? Or ten?', '+16175550100', false],
  ])('too few of them count as a whole text, %s', (_what, words, to, is) => {
    const said = (_: Template, phone: string) => (phone === '+16175550100' ? ['Sam, 9am ok?'] : []);
    expect(isOfTemplate(template('{first_name}, 9am ok?'), text(words, to), said)).toBe(is);
  });
});

describe('texts that somebody else handed over', () => {
  const templates = [template('Your estimate is ready, {first_name|there}.')];
  const ours = 'Your estimate is ready, Sam.';

  it('are those in our words that nothing of ours explains', () => {
    const listed = [text(ours), text('Running late')];
    expect(foreignTexts(listed, { templates, unsettled: [], waiting: [], said: nobody })).toEqual([listed[0]]);
  });
  it('one attempt of ours explains one text, and one only', () => {
    const unsettled = [{ phone: '+16175550100', body: ours }];
    expect(foreignTexts([text(ours)], { templates, unsettled, waiting: [], said: nobody })).toEqual([]);
    expect(foreignTexts([text(ours), text(ours)], { templates, unsettled, waiting: [], said: nobody })).toHaveLength(1);
    expect(
      foreignTexts([text(ours, '+16175550199')], { templates, unsettled, waiting: [], said: nobody }),
    ).toHaveLength(1);
  });
  it('a reply that still waits here has gone out already', () => {
    const waiting = [{ phone: '+16175550100', body: 'See you at 8' }];
    expect(foreignTexts([text('See you at 8')], { templates, unsettled: [], waiting, said: nobody })).toHaveLength(1);
    expect(
      foreignTexts([text('See you at 8', '+16175550199')], { templates, unsettled: [], waiting, said: nobody }),
    ).toEqual([]);
  });
});
