import { describe, expect, it } from 'vitest';
import { seededRandom } from '../platform/random.ts';
import { decideSubmission, siteOf } from './decide-submission.ts';
import { formPage, formSnippet, noticePage } from './form-html.ts';
import { formTickets, TICKET_AGE_MAX_MS, TICKET_AGE_MIN_MS, type Ticket } from './form-ticket.ts';

const TOKEN = 'abcdefghijklmnop';
const tickets = formTickets({ derive: (purpose) => `key of ${purpose}` }, seededRandom(1));
const TICKET: Ticket = { token: TOKEN, version: 3, language: 'es', issuedAtMs: 1_000 };

describe('a ticket', () => {
  it('says when it comes back what was shown and when; two are never alike', () => {
    const text = tickets.issue(TICKET);
    expect(tickets.read(text)).toEqual(TICKET);
    expect(tickets.issue(TICKET)).not.toBe(text);
  });

  it('that was changed, made elsewhere, or is none, is none', () => {
    const text = tickets.issue(TICKET);
    const [content = '', signature = ''] = text.split('.');
    const later = Buffer.from(Buffer.from(content, 'base64url').toString().replace('1000', '9000')).toString(
      'base64url',
    );
    const elsewhere = formTickets({ derive: () => 'another key' }, seededRandom(1)).issue(TICKET);
    for (const bad of ['', '.', 'x', `${later}.${signature}`, `${content}.`, `${text}.x`, elsewhere, 'x'.repeat(1e6)])
      expect(tickets.read(bad)).toBeUndefined();
  });
});

describe('what is sent in', () => {
  const typed = { phone: '(617) 555-0123', firstName: 'Ann', lastName: '' };
  const sent = { typed, agreed: true, trap: '', ticket: TICKET };
  const soon = TICKET.issuedAtMs + TICKET_AGE_MIN_MS;
  it.each([
    ['is accepted', {}, soon, 'accept'],
    ['is accepted until the ticket is too old', {}, TICKET.issuedAtMs + TICKET_AGE_MAX_MS, 'accept'],
    ['without a ticket is confirmed on our own page', { ticket: undefined }, soon, 'confirm_here'],
    ['with an old ticket too', {}, TICKET.issuedAtMs + TICKET_AGE_MAX_MS + 1, 'confirm_here'],
    ['with the ticket of another form too', { ticket: { ...TICKET, token: 'x' } }, soon, 'confirm_here'],
    ['faster than a person is shown again', {}, soon - 1, 'too_fast'],
    ['with a number that is none is shown again', { typed: { ...typed, phone: '12' } }, soon, 'phone'],
    ['without a tick is shown again', { agreed: false }, soon, 'not_agreed'],
    ['with something in the field that nobody sees is a program’s', { trap: 'https://spam.example' }, soon, 'trapped'],
  ])('%s', (_case, change, now, expected) => {
    const decision = decideSubmission({ token: TOKEN }, { ...sent, ...change }, now);
    expect(decision.kind === 'show' ? decision.problem : decision.kind).toBe(expected);
  });

  const OWN = 'https://texts.acme.example';
  it.each([
    [OWN, null, 'own'],
    ['https://acme.example', null, 'allowed'],
    ['https://acme.example.evil.example', null, 'foreign'],
    ['http://acme.example', null, 'foreign'],
    ['null', 'https://acme.example/join', 'foreign'],
    [null, 'https://acme.example/join?x=1', 'allowed'],
    [null, 'https://evil.example/https://acme.example', 'foreign'],
    [null, 'javascript:alert(1)', 'unnamed'],
    [null, null, 'unnamed'],
  ])('by a page whose origin is %s and address %s comes from one that is %s', (origin, referer, expected) => {
    expect(siteOf({ allowedOrigins: ['https://acme.example'] }, { origin, referer }, OWN)).toBe(expected);
  });
});

describe('the form', () => {
  const EVIL = `"><script>alert('x')</script>&`;
  const wording = { language: 'en', heading: EVIL, wording: EVIL, button: EVIL } as const;
  const shown = { address: 'https://texts.acme.example/f/abc', version: 3, wording };

  it('lets nothing through that anybody wrote, and its box is empty', () => {
    const typed = { phone: EVIL, firstName: EVIL, lastName: EVIL };
    const about = { language: 'es', business: EVIL, lanePhone: EVIL, address: EVIL, next: null } as const;
    const html = [
      formPage(shown, { ticket: 't', typed, problem: 'phone' }),
      ...(['asked', 'signed_up', 'closed', 'foreign'] as const).map((notice) => noticePage(notice, about)),
    ].join('');
    expect(html).not.toMatch(/<script|alert\('/);
    expect(html).toContain('&#34;&#62;&#60;script');
    expect(html).not.toMatch(/checked/);
  });

  it('in a page of one’s own has the same fields, no ticket, and one script, which is ours', () => {
    const names = (html: string) => [...html.matchAll(/ name="(\w+)"/g)].map(([, name]) => name);
    const snippet = formSnippet({ ...shown, wording: { ...wording, wording: 'I agree.' } });
    expect(names(snippet)).toEqual(
      names(formPage(shown, { ticket: 't' })).filter((name) => name !== 'viewport' && name !== 'robots'),
    );
    expect(snippet.match(/<script[^>]*>/g)).toEqual(['<script async src="https://texts.acme.example/f/abc/form.js">']);
    expect(snippet).toContain('name="ticket">');
  });
});
