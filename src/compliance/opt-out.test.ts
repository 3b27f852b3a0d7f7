import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FALSE_OPT_INS_MAX,
  HELD_ORDINARY_PERCENT_MAX,
  measureAccuracy,
  RECALL_PERCENT_MIN,
  REPLIES,
  SUPPRESSED_ORDINARY_PERCENT_MAX,
} from '../../test/labelled-replies.ts';
import { keywordsAt } from './keywords.ts';
import { NEVER_KEYWORDS, SLIPS } from './keywords-misspelled.ts';
import { classifierVersionAt, classifyInbound, type InboundContext } from './opt-out.ts';

const outcomeOf = (text: string, context?: InboundContext) => classifyInbound(text, context).outcome;

// The unseen have taught neither rules nor weights: they alone say something of those to come.
describe.each([
  ['published', 6],
  ['written', 6],
  ['unseen', HELD_ORDINARY_PERCENT_MAX],
] as const)('labelled replies, %s', (origin, heldPercentMax) => {
  const replies = REPLIES.filter((reply) => reply.origin === origin);
  const accuracy = measureAccuracy(replies);

  it('are many', () => expect(replies.length).toBeGreaterThan(100));

  it('are not missed when they are opt-outs, but for one in a hundred', () => {
    expect((100 * accuracy.caught) / accuracy.optOuts, JSON.stringify(accuracy.missed)).toBeGreaterThanOrEqual(
      RECALL_PERCENT_MIN,
    );
  });

  it('do not end the texts when they are ordinary, but for one in a hundred', () => {
    const percent = (100 * accuracy.suppressedOrdinary) / accuracy.ordinary;
    expect(percent, JSON.stringify(accuracy.suppressedWrongly)).toBeLessThanOrEqual(SUPPRESSED_ORDINARY_PERCENT_MAX);
  });

  it('are taken for a wish for texts only when they are one', () => {
    expect(accuracy.falseOptIns.length, JSON.stringify(accuracy.falseOptIns)).toBeLessThanOrEqual(FALSE_OPT_INS_MAX);
  });

  it('seldom need a person when they are ordinary', () => {
    expect((100 * accuracy.heldOrdinary) / accuracy.ordinary).toBeLessThan(heldPercentMax);
  });
});

it('the replies that rules were made with stay understood', () => {
  const { missed, suppressedWrongly } = measureAccuracy(REPLIES.filter(({ origin }) => origin !== 'unseen'));
  expect({ missed, suppressedWrongly }).toEqual({ missed: [], suppressedWrongly: [] });
});

const KEYWORDS = [...keywordsAt(undefined).optOut]
  .filter(([, keyword]) => !keyword.needsCanadianNumber)
  .map(([form]) => form);

/** Anything people wrap around a word; no question mark, which makes a question of it, and no `>`, which marks a quote. */
const wrapping = fc.stringMatching(/^[ .!,;:'"*()~_…”“-]{0,5}$/);
const emoji = fc.constantFrom('', '', '🛑', '🙏', '😡😡', '❗️', '👍🏽', '✋');
const signature = fc.constantFrom(
  '',
  '',
  '\n\nSent from my iPhone',
  '\nSent from my Galaxy',
  '\nsent using boost mobile',
  '\n\nGet Outlook for iOS',
  '\nEnviado desde mi iPhone',
  '\n--\nAna Ruiz\nRuiz Homes',
  ' Sent from my iPad',
);

describe('a keyword alone', () => {
  it('is an opt-out of tier 1 in any dress', () => {
    const dressed = fc.record({
      keyword: fc.constantFrom(...KEYWORDS),
      capitals: fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }),
      before: wrapping,
      after: wrapping,
      emoji,
      signature,
      repeats: fc.integer({ min: 1, max: 3 }),
      between: fc.constantFrom(' ', '\n', ', ', '. ', '! '),
      invisibleAt: fc.integer({ min: 0, max: 12 }),
    });
    fc.assert(
      fc.property(dressed, (dress) => {
        const cased = [...dress.keyword]
          .map((letter, index) => (dress.capitals[index % 12] === true ? letter.toUpperCase() : letter))
          .join('');
        const hidden = `${cased.slice(0, dress.invisibleAt)}\u200b${cased.slice(dress.invisibleAt)}`;
        const repeated = Array.from({ length: dress.repeats }, () => hidden).join(dress.between);
        const text = `${dress.before}${repeated}${dress.after}${dress.emoji}${dress.signature}`;
        expect({ text, ...classifyInbound(text) }).toMatchObject({ outcome: 'opt_out', tier: 1 });
      }),
      { numRuns: 1_500 },
    );
  });

  it.each([
    ['accents', 'NO MÁS'],
    ['full-width letters', 'ＳＴＯＰ'],
    ['mathematical letters', '𝐒𝐓𝐎𝐏'],
    ['letters spelled out', 'S T O P'],
    ['letters with dots', 's.t.o.p.'],
    ['letters spelled out twice', 'S T O P  S T O P'],
    ['a stretched letter', 'STOOOOP'],
    ['a zero', 'ST0P'],
    ['a stray space', 'un subscribe'],
    ['a pile of keywords', 'STOP QUIT CANCEL'],
    ['CR LF', '\r\nSTOP\r\n'],
    ['a quote of ours below', 'STOP\n\nOn Tue, Jun 2, Acme <a@acme.example> wrote:\n> Spring sale'],
    ['a quote of ours above', '> Acme: Spring sale. Reply STOP to opt out\nStop'],
  ])('survives %s', (_name, text) => expect(classifyInbound(text)).toMatchObject({ outcome: 'opt_out', tier: 1 }));

  it.each([...NEVER_KEYWORDS])('is not the dictionary word %s', (word) => {
    expect(outcomeOf(word)).toBe('none');
    expect(SLIPS.has(word)).toBe(false);
  });

  it.each([
    ...['endd', '5top', 'c4ncel', 'n0 more'],
    ...[
      'altoo',
      'aalto',
      'paar',
      'bastaa',
      'salirr',
      'borar',
      'canselar',
      'kancelar',
      'remober',
      'vasta',
      'b4ja',
      'terminnar',
    ],
  ])('survives a slip of the finger or of the ear: %s', (text) => {
    expect(classifyInbound(text)).toMatchObject({ outcome: 'opt_out' });
    expect(classifyInbound(text, { awaitingOptIn: true })).toMatchObject({ outcome: 'opt_out' });
  });

  it.each([...['cncel', 'rmover', 'quitr', 'revok', 'sto'], ...['dtop', 'syop', 'wuit', 'stiop', 'sdtop', 'cabcel']])(
    'with a letter lost or a neighbouring key hit, %s, is for a person',
    (text) => {
      expect(classifyInbound(text)).toMatchObject({ outcome: 'review', family: 'misspelled_keyword' });
    },
  );

  it('is never taken out of a word that ordinary replies use', () => {
    const { optOut } = keywordsAt(undefined);
    const slips = new Set([...optOut].flatMap(([form, { word }]) => (form === word ? [] : [form])));
    const used = new Set(
      REPLIES.filter(({ label }) => label === 'none').flatMap(
        ({ message }) => message.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [],
      ),
    );
    expect(used.size).toBeGreaterThan(3_000);
    expect([...slips].filter((slip) => used.has(slip))).toEqual([]);
  });

  it.each(['STOP?', '¿alto?', 'unsubscribe?!', 'End ?'])('asked as a question, %s, is for a person', (text) => {
    expect(classifyInbound(text)).toMatchObject({ outcome: 'review', tier: 3, family: 'question_about_keyword' });
  });

  it('knows the Canadian words on Canadian numbers only', () => {
    expect(outcomeOf('ARRÊT', { canadian: true })).toBe('opt_out');
    expect(outcomeOf('TD', { canadian: true })).toBe('opt_out');
    expect(outcomeOf('arret')).toBe('none');
    expect(outcomeOf('td')).toBe('none');
  });

  it.each([
    ['S T A R T', 'opt_in'],
    ['s.t.a.r.t.', 'opt_in'],
    ['U N S T O P', 'opt_in'],
    ['H E L P', 'help'],
    ['H E L P  H E L P', 'help'],
    ['A Y U D A', 'help'],
    ['i n f o r m a c i ó n', 'help'],
    ['A R R Ê T', 'none'],
    ['H E L L O', 'none'],
  ])('%s, spelled out, is %s', (text, outcome) => expect(outcomeOf(text)).toBe(outcome));

  it.each(['YES', 'Sí', 'join', 'alta', 'yes please'])('%s confirms an opt-in only when one was asked for', (text) => {
    expect(outcomeOf(text)).toBe('none');
    expect(outcomeOf(text, { awaitingOptIn: true })).toBe('opt_in');
  });

  it('stops even where an opt-in was asked for', () => {
    expect(outcomeOf('stop', { awaitingOptIn: true })).toBe('opt_out');
    expect(outcomeOf('no thanks', { awaitingOptIn: true })).toBe('review');
  });
});

describe('what the person did not write', () => {
  const sent =
    'Acme Concrete: Our spring special on driveway sealing ends this Friday, text STOP any time to end these messages';

  it.each([
    ['a reaction', 'Liked “Acme: sale. Reply STOP to opt out”'],
    [
      'a reaction cut short',
      'Liked “Acme Concrete: Our spring special on driveway sealing ends this Friday, text STOP an…',
    ],
    ['a reaction over several lines', 'Loved "Thanks!\nReply STOP to opt out"'],
    ['a reaction with invisible characters', '\u200a\u200b👍\u200b\u200a to “ See you. Reply STOP to opt out ”'],
    ['a removed reaction', 'Removed an exclamation from “Reply STOP to end”'],
    ['a reaction to a picture', 'Laughed at an image'],
    ['a Spanish reaction', 'Le encantó «Gracias. Responda ALTO para cancelar»'],
    ['a Spanish emoji reaction', 'Reaccionó con 👎 a “Responda STOP para cancelar”'],
    ['a quoted message', '> Reply STOP to opt out'],
    ['a mail client quote', 'On Mon, Acme wrote: Reply STOP to opt out'],
    ['a Spanish mail client quote', 'El lun, 1 jun, Acme escribió: Responda ALTO para cancelar'],
    ['only a signature', 'Sent from my iPhone'],
  ])('%s has no effect', (_name, text) => expect(outcomeOf(text)).toBe('none'));

  it.each([
    ['the reply beside a reaction', 'Loved “Spring sale. Reply STOP to opt out” please stop texting me', 'opt_out'],
    ['the reply below a quote', '> Acme: Reply STOP to opt out\n\nYes please go ahead', 'none'],
    ['the stop below a quote', '> Acme: Spring sale\n\nstop', 'opt_out'],
    ['the reply before our footer', 'Sounds good! Reply STOP to opt out', 'none'],
    ['somebody who follows the footer', 'STOP to opt out', 'opt_out'],
    ['somebody who pastes the footer', 'Reply STOP to opt out', 'review'],
    ['somebody who tells of the footer', 'I text STOP to opt out and you still write me', 'opt_out'],
  ])('leaves %s', (_name, text, outcome) => expect(outcomeOf(text)).toBe(outcome));

  it('is recognised as ours without any marks of quoting', () => {
    const pasted = `Sounds good ${sent.slice(15)}`;
    expect(outcomeOf(pasted, { recentOutbound: [sent] })).toBe('none');
    expect(outcomeOf(`${sent} no more texts please`, { recentOutbound: [sent] })).toBe('opt_out');
  });

  it('is not assumed when the quoted words are none of ours', () => {
    const text = 'Loved "stop texting me"';
    expect(outcomeOf(text)).toBe('none');
    expect(outcomeOf(text, { recentOutbound: [sent] })).toBe('opt_out');
    expect(
      outcomeOf('Loved “Our spring special on driveway sealing ends this Friday”', { recentOutbound: [sent] }),
    ).toBe('none');
  });
});

describe('a wish for texts', () => {
  it.each([
    'You can send the invoice now',
    'you can send the crew again tomorrow',
    'Agréguenme el sellador a la cotización',
    'Apúntenos para el viernes a las 9',
    'Me puede mandar la factura otra vez',
    'why did you add me back',
    'Who opted me in',
    'you opted me in without asking',
    'Why did you start texting me',
    'Start texting my sister at 617-555-0111',
    'we want to opt in to the sealing plan',
    'unblock me on facebook',
  ])('is no order and no complaint: %s', (text) => {
    expect(['none', 'review']).toContain(outcomeOf(text));
    expect(['none', 'review']).toContain(outcomeOf(text, { awaitingOptIn: true }));
  });

  it.each(['put me back on your text list please', 'Unstop please, I do want the reminders', 'suscríbanme'])(
    'is none of the keywords that lift an opt-out: %s',
    (text) => {
      expect(outcomeOf(text)).toBe('opt_in_wish');
      expect(outcomeOf(text, { awaitingOptIn: true })).toBe('opt_in_wish');
    },
  );
});

describe('a judgement', () => {
  it.each([
    ['Please stop texting me', 'cease', 'en'],
    ['take me off your list', 'removal', 'en'],
    ["don't text me again", 'negative_imperative', 'en'],
    ['no more texts', 'refusal', 'en'],
    ['You have the wrong number, stop texting', 'wrong_person', 'en'],
    ["I'm not Maria", 'wrong_person', 'en'],
    ['lose my number', 'number_removal', 'en'],
    ["I'm reporting you to the FCC", 'legal', 'en'],
    ['go away', 'hostile', 'en'],
    ['I revoke my consent', 'revocation', 'en'],
    ['My father passed away, please remove his number', 'bereavement', 'en'],
    ['quítenme de la lista', 'removal', 'es'],
    ['numero equivocado', 'wrong_person', 'es'],
    ['STOP por favor, ya no me escriban', 'cease', 'es'],
  ])('of %j names its family and language', (text, family, language) => {
    expect(classifyInbound(text)).toMatchObject({ outcome: 'opt_out', tier: 2, family, language });
  });

  it.each([
    ['taken back at once', 'Remove me from the list... just kidding, see you Monday'],
    ['that was never made', 'I never texted stop, is Thursday still on?'],
    ['about what the word does', 'Do I reply STOP to stop the texts or the visit?'],
    ['of the same house', "This isn't Karen, it's her husband, the gate is open"],
    ['of the same house, in Spanish', 'No soy Ana, soy su esposo, aquí los espero'],
    ['for texts and no calls', 'No me llamen, mejor escríbanme'],
    ['of a wall that is high', 'Alto, la barda mide dos metros'],
    ['to change the number', 'Borre el número anterior, este es mi número nuevo'],
    ['but names whom to ask', 'Wrong person, you need my wife for the schedule'],
    ['of another number, in Spanish', 'número equivocado de calle, es la 22'],
    ['to another business', 'we unsubscribed from Yelp, that is why we call direct'],
    ['of who owns it still', 'She does not live here but she owns it, go ahead'],
    ['of a phone that is silent', 'my husband is on do not disturb, knock please'],
    ['of a question', 'Harassment? my neighbor was joking'],
    ['of how one is addressed', 'no me hable de usted'],
    ['of a pipe', 'Alto! hay una tubería ahí'],
  ])('suppresses nobody for a request %s: %s', (_, text) => {
    expect(['review', 'none']).toContain(outcomeOf(text));
  });

  it.each([
    ['spelled by ear', 'deme de vaja por fabor'],
    ['without a space, of the number', 'wrongnumber'],
    ['with another vowel', 'remuve me'],
    ['to be left in peace', 'just let us be please'],
    ['of somebody who was put on the list', 'who signed me up for this?'],
    ['in scorn', 'start texting me again and see what happens'],
    ['of a child', 'im only 12'],
    ['of a child, in Spanish', 'tengo 11 años'],
    ['of a death', 'this was my late wife’s cell'],
    ['of a death, in Spanish', 'el señor Ruiz q.e.p.d.'],
    ['of a death, told of the owner', 'the lady you are trying to reach has moved'],
    ['of a stranger, in Spanish', 'no sé quién es Rosa'],
    ['as it is spoken', 'no toy interesado'],
    ['in one word', 'deactivate'],
    ['in one word, in Spanish', 'desactivar'],
    ['in one sharp word', 'dont'],
    ['of who is tired of it, in Spanish', 'ya me cansaron'],
    ['said too often, in Spanish', 'cuántas veces les digo que no'],
    ['for privacy', 'respeten mi privacidad'],
    ['with your for you are', 'ur spamming me'],
  ])('misses no request %s: %s', (_, text) => {
    expect(['opt_out', 'review']).toContain(outcomeOf(text));
  });

  it('says what it saw, in which form, and who judged', () => {
    expect(classifyInbound('  “Stop!!” 🛑')).toEqual({
      outcome: 'opt_out',
      tier: 1,
      matched: 'stop',
      language: 'en',
      normalised: 'stop',
      classifierVersion: classifierVersionAt(),
    });
    expect(classifyInbound('Sí, el lunes')).toEqual({
      outcome: 'none',
      tier: null,
      matched: null,
      normalised: 'si el lunes',
      classifierVersion: classifierVersionAt(),
    });
  });

  it.each(['%s. Remove me from your list.', 'Remove me from your list. %s.'])(
    'lets an opt-out win over everything else that %s says',
    (frame) => {
      const ordinary = REPLIES.filter((reply) => reply.label === 'none' && /^[\w ',]+$/.test(reply.message));
      const texts = ordinary.map((reply) => frame.replace('%s', reply.message));
      expect(texts.length).toBeGreaterThan(500);
      expect(texts.filter((text) => outcomeOf(text) !== 'opt_out')).toEqual([]);
    },
  );

  it('is given for any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const judged = classifyInbound(text);
        expect(judged.outcome === 'opt_out').toBe(judged.tier === 1 || judged.tier === 2);
        expect(judged.outcome === 'review').toBe(judged.tier === 3);
        expect(judged.matched === null).toBe(judged.outcome === 'none');
      }),
    );
  });
});

describe('hostile length', () => {
  it.each([
    'stop ',
    'do not ',
    'please ',
    ' ',
    'a',
    's t o p ',
    '"',
    '\n',
    '> \n',
    'On x wrote',
    'Liked "',
    'no quiero que me ',
    'not want to ',
    'Reply STOP to opt out ',
    'wrong number of ',
    "I'm not Ana ",
    'no thanks but ',
    'stop all the of your ',
    'do not send any more ',
    'any more any more of ',
    'do not want to hear any more no more of ',
    'not all set all of it thank you though ',
    'I am good no thank you ',
    'quiteme por favor de una vez ',
    '🖕',
    '❤️ ',
    'STOP x ',
    'a.',
    '- ',
  ])('%j, again and again, is judged', (piece) => {
    const text = piece.repeat(Math.ceil(10_000 / piece.length));
    expect(['opt_out', 'review', 'none']).toContain(outcomeOf(text));
  });

  it('finds the request at the end of a long text', () => {
    expect(outcomeOf(`${'The wall looks great and so does the path. '.repeat(200)}Please stop texting me.`)).toBe(
      'opt_out',
    );
  });
});
