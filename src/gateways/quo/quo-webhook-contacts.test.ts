import { describe, expect, it } from 'vitest';
import { instant } from '../../platform/time.ts';
import { quoWebhookEdge } from './quo-webhook.ts';

const RECEIVED_AT = instant('2026-01-02T03:04:06Z');
const parse = (event: unknown) => quoWebhookEdge.parse(Buffer.from(JSON.stringify(event)), RECEIVED_AT);
const ENVELOPE = { id: 'EVtest0001', createdAt: '2026-01-02T03:04:05.000Z' };
const legacy = (type: string, object: object) => ({ ...ENVELOPE, apiVersion: 'v3', type, data: { object } });
const current = (type: string, resource: object) => ({
  ...ENVELOPE,
  apiVersion: '2026-03-30',
  type,
  data: { resource },
});

const v3 = {
  id: '5f0000000000000000000001',
  object: 'contact',
  firstName: 'Sam',
  lastName: 'Rivera',
  company: null,
  role: 'Homeowner',
  notes: [],
  sharedWith: ['US1'],
  // Older than any event that is still tried.
  createdAt: '2019-05-06T00:00:00.000Z',
};
const updated = {
  type: 'contact_updated',
  eventId: 'EVtest0001',
  at: instant('2026-01-02T03:04:05Z'),
  gatewayContactId: '5f0000000000000000000001',
  firstName: 'Sam',
  lastName: 'Rivera',
  company: undefined,
  phones: [],
  emails: [],
};

describe('a person in the address book of the gateway', () => {
  it.each<[string, object, object]>([
    [
      'in v3, with fields by name',
      legacy('contact.updated', { ...v3, fields: { Phone: '+15550001111', Email: 'sam@example.test', Roof: 'slate' } }),
      { ...updated, phones: ['+15550001111'], emails: ['sam@example.test'] },
    ],
    [
      'in v3, with several values in one field and numbers twice',
      legacy('contact.updated', {
        ...v3,
        fields: { 'Phone Number': ['+15550001111', ' +15550003333 '], Mobile: '+15550001111', Age: 40 },
      }),
      { ...updated, phones: ['+15550001111', '+15550003333'] },
    ],
    [
      'in v3, with fields as in older docs',
      legacy('contact.updated', {
        ...v3,
        fields: [
          { name: 'Home', type: 'phone-number', value: '+15550001111' },
          { name: 'Work', type: 'email', value: 'sam@example.test' },
          { name: 'Phone tree', type: 'string', value: 'oak' },
        ],
      }),
      { ...updated, phones: ['+15550001111'], emails: ['sam@example.test'] },
    ],
    [
      'in 2026-03-30',
      current('contact.updated', {
        id: 'CTtest01',
        firstName: ' Sam ',
        lastName: '',
        company: 'Rivera & Sons',
        role: null,
        emails: [{ value: 'sam@example.test', type: 'email' }],
        phoneNumbers: [{ value: '+15550001111', type: 'phone-number' }],
        customFields: [],
      }),
      {
        ...updated,
        gatewayContactId: 'CTtest01',
        lastName: undefined,
        company: 'Rivera & Sons',
        phones: ['+15550001111'],
        emails: ['sam@example.test'],
      },
    ],
    [
      'without anything',
      current('contact.updated', { id: v3.id }),
      { ...updated, firstName: undefined, lastName: undefined },
    ],
    [
      'deleted, in v3',
      legacy('contact.deleted', { ...v3, fields: 5 }),
      { type: 'contact_deleted', eventId: 'EVtest0001', at: updated.at, gatewayContactId: v3.id },
    ],
  ])('%s', (_what, event, expected) => {
    expect(parse(event)).toEqual({ ok: true, value: expected });
  });

  it.each<[string, object]>([
    ['fields that are a text', { fields: 'none' }],
    ['a name that is a list', { firstName: ['Sam'] }],
    ['one entry among several', { phoneNumbers: [{ value: 5 }, { value: '+15550001111' }, null] }],
  ])('%s: left out, said, and nothing else is lost', (_what, garbage) => {
    const phones = 'phoneNumbers' in garbage ? ['+15550001111'] : [];
    const firstName = 'firstName' in garbage ? undefined : 'Sam';
    const repairs = expect.arrayContaining([expect.stringContaining('left out')]);
    expect(parse(legacy('contact.updated', { ...v3, ...garbage }))).toEqual({
      ok: true,
      value: { ...updated, firstName, phones, repairs },
    });
  });

  it('without an id has no effect', () => {
    for (const type of ['contact.updated', 'contact.deleted'])
      expect(parse(legacy(type, { firstName: 'Sam' }))).toMatchObject({
        ok: true,
        value: { type: 'other', name: type },
      });
  });
});
