import { describe, expect, it } from 'vitest';
import { countParts } from '../messages/encoding.ts';
import {
  helpAnswer,
  OPT_IN_REQUEST_VERSION,
  type OptOutKind,
  optInConfirmation,
  optInRequest,
  optOutConfirmation,
  type SendingBusiness,
} from './confirmation-texts.ts';
import type { ReplyLanguage } from './keywords.ts';
import { classifyInbound } from './opt-out.ts';

const ACME: SendingBusiness = { name: 'Acme Concrete', phone: '555-010-0199', email: 'help@acme.example' };
const KINDS: readonly OptOutKind[] = ['keyword', 'intent', 'wrong_number', 'bereavement'];
const LANGUAGES: readonly ReplyLanguage[] = ['en', 'es'];

describe('the confirmation of an opt-out', () => {
  it.each([
    [
      'keyword',
      'en',
      'Acme Concrete: You are unsubscribed and will get no more texts from us. Questions? Call 555-010-0199.',
      101,
    ],
    [
      'intent',
      'en',
      'Acme Concrete: We understood your message as a request to stop texts, so you are unsubscribed. No more texts will be sent.',
      122,
    ],
    [
      'wrong_number',
      'en',
      'Acme Concrete: Sorry about that. This number has been removed and will get no more texts from us.',
      97,
    ],
    ['bereavement', 'en', 'Acme Concrete: This number has been removed and will get no more texts from us.', 79],
    ['keyword', 'es', 'Acme Concrete: Listo, no le enviaremos otros mensajes. Preguntas: 555-010-0199.', 79],
    [
      'intent',
      'es',
      'Acme Concrete: Entendimos que no desea mensajes de texto. Su baja fue registrada y no le escribiremos otra vez.',
      111,
    ],
    [
      'wrong_number',
      'es',
      'Acme Concrete: Disculpe la molestia. Quitamos su contacto de la lista y no le escribiremos otra vez.',
      100,
    ],
    ['bereavement', 'es', 'Acme Concrete: Quitamos este contacto de la lista y no le escribiremos otra vez.', 80],
  ] as const)('after %s in %s reads so', (kind, language, expected, units) => {
    const text = optOutConfirmation(ACME, { kind, language });
    expect(text).toBe(expected);
    expect(countParts(text)).toMatchObject({ encoding: 'GSM-7', units, parts: 1 });
  });

  it('names what contact there is', () => {
    const text = (business: SendingBusiness) => optOutConfirmation(business, { kind: 'keyword', language: 'en' });
    expect(text({ name: 'Acme', email: 'a@acme.example' })).toMatch(/Questions\? Write to a@acme\.example\.$/);
    expect(text({ name: 'Acme' })).toMatch(/from us\.$/);
  });

  it('leaves out the contact before it costs a second part', () => {
    const long = {
      ...ACME,
      name: 'Greater Middlesex County Foundation and Basement Waterproofing Services of Massachusetts',
    };
    const text = optOutConfirmation(long, { kind: 'keyword', language: 'en' });
    expect(countParts(text).parts).toBe(1);
    expect(text).not.toContain('Questions');
  });

  it('holds no offer, link, emoji or STOP instruction', () => {
    for (const kind of KINDS) {
      for (const language of LANGUAGES) {
        expect(optOutConfirmation(ACME, { kind, language })).not.toMatch(
          /https?:|%|[Oo]ffer|[Ss]ale|START|STOP|\p{Extended_Pictographic}/u,
        );
      }
    }
  });
});

describe('the answers to HELP and to an opt-in', () => {
  it.each([
    [
      'en',
      'Acme Concrete estimate and service texts. Msg frequency varies. Help: 555-010-0199 or help@acme.example. Msg & data rates may apply. Reply STOP to opt out.',
    ],
    [
      'es',
      'Acme Concrete: citas y ofertas. Frecuencia variable. Ayuda: 555-010-0199. Pueden aplicar tarifas de mensajes y datos. Responda ALTO o STOP para cancelar.',
    ],
  ] as const)('HELP in %s', (language, expected) => {
    expect(helpAnswer(ACME, { language })).toBe(expected);
    expect(countParts(expected).parts).toBe(1);
  });

  it.each([
    [
      'en',
      'Acme Concrete: You are signed up for offers and reminders. Msg frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out.',
    ],
    [
      'es',
      'Acme Concrete: Bienvenido. Frecuencia variable. Pueden aplicar tarifas de mensajes y datos. Responda AYUDA para ayuda, ALTO o STOP para cancelar.',
    ],
  ] as const)('opt-in in %s', (language, expected) => {
    expect(optInConfirmation(ACME, { language, agreedTo: 'marketing' })).toBe(expected);
    expect(countParts(expected).parts).toBe(1);
  });

  it.each(['en', 'es'] as const)('opt-in promises no campaign to whom none may text, in %s', (language) => {
    const text = optInConfirmation(ACME, { language, agreedTo: null });
    expect(text).toMatch(language === 'en' ? /Offers come only if you sign up/ : /Ofertas, solo si se inscribe/);
    expect(text).not.toMatch(/signed up|Bienvenido|4/);
    expect(countParts(text).parts).toBe(1);
  });

  it('HELP does without a contact', () => {
    expect(helpAnswer({ name: 'Acme' }, { language: 'en', topic: 'repair texts' })).toBe(
      'Acme repair texts. Msg frequency varies. Msg & data rates may apply. Reply STOP to opt out.',
    );
  });
});

describe('names', () => {
  it.each([
    ['Peña & Sons', 'Peña & Sons'],
    ['Joe\u2019s Roofing', "Joe's Roofing"],
    ['Construcción García', 'Construccion Garcia'],
    ['Smith \u2013 Jones', 'Smith - Jones'],
  ])('%s stays in GSM-7 as %s', (name, shown) => {
    for (const language of LANGUAGES) {
      for (const kind of KINDS) {
        const text = optOutConfirmation({ ...ACME, name }, { kind, language });
        expect(text.startsWith(`${shown}: `)).toBe(true);
        expect(countParts(text)).toMatchObject({ encoding: 'GSM-7', parts: 1 });
      }
    }
  });

  it('outside GSM-7 are kept as they are', () => {
    expect(optOutConfirmation({ name: '山田 🏗' }, { kind: 'keyword', language: 'en' })).toMatch(/^山田 🏗: /);
  });
});

describe('our own texts', () => {
  it('are not taken for an opt-out when a phone quotes them back', () => {
    for (const language of LANGUAGES) {
      const sent = helpAnswer(ACME, { language });
      expect(classifyInbound(`Liked “${sent}”`).outcome).toBe('none');
      expect(classifyInbound(`> ${sent}\nthanks`).outcome).toBe('none');
    }
  });
});

describe('the question whether an opt-in was theirs', () => {
  it.each([
    [
      'marketing',
      'en',
      'Acme Concrete: Reply YES to confirm you want offers and reminders by text. Msg frequency varies. Msg & data rates may apply. Reply STOP to cancel.',
    ],
    [
      'informational',
      'en',
      'Acme Concrete: Reply YES to confirm you want appointment and service news by text. Msg frequency varies. Msg & data rates may apply. Reply STOP to cancel.',
    ],
    [
      'marketing',
      'es',
      'Acme Concrete: Responda SI para confirmar que desea ofertas y avisos por texto. Frecuencia variable. Pueden aplicar tarifas de mensajes y datos. Responda ALTO o STOP para cancelar.',
    ],
  ] as const)('of %s texts in %s reads so in version 1', (purpose, language, expected) => {
    expect([OPT_IN_REQUEST_VERSION, optInRequest(ACME, { purpose, language })]).toEqual(['2', expected]);
  });

  it('is GSM-7, and the answer that it asks for confirms', () => {
    for (const purpose of ['marketing', 'informational'] as const)
      for (const language of LANGUAGES) {
        const text = optInRequest(ACME, { purpose, language });
        expect(countParts(text).encoding).toBe('GSM-7');
        const word = /(?:Reply|Responda) (YES|SI) /.exec(text)?.[1] ?? '';
        expect(classifyInbound(word, { awaitingOptIn: true }).outcome).toBe('opt_in');
      }
  });
});
