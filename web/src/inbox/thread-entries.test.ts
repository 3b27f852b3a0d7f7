import { describe, expect, it } from 'vitest';
import type { Message, ThreadCall, ThreadItem } from '../api/inbox.ts';
import { firstUnread, threadEntries } from './thread-entries.ts';

const message = (id: string, at: string, change: Partial<Message> = {}): Message => ({
  kind: 'text',
  id,
  direction: 'outbound',
  purpose: 'campaign',
  text: 'Hi',
  state: 'delivered',
  why: null,
  at,
  sentAt: null,
  deliveredAt: null,
  campaign: null,
  createdBy: null,
  understoodAs: null,
  groupOthers: [],
  held: null,
  ...change,
});
const inbound = (id: string, at: string, understoodAs: Message['understoodAs'] = 'none'): Message =>
  message(id, at, { direction: 'inbound', purpose: 'inbound', state: 'received', understoodAs });
const call = (id: string, at: string, state: ThreadCall['state']): ThreadCall => ({
  kind: 'call',
  id,
  title: 'Missed call',
  direction: 'inbound',
  state,
  phone: '+16175550123',
  contactId: null,
  name: null,
  laneId: null,
  laneName: null,
  conversationId: null,
  at,
  answeredAt: null,
  endedAt: null,
  talkedSeconds: null,
  forwardedTo: null,
  voicemail: null,
  recordings: [],
  summary: null,
  transcript: null,
});
const reading = { zone: 'America/New_York', nowMs: Date.parse('2026-11-18T15:00:00Z'), firstUnreadId: undefined };

const drawn = (messages: readonly ThreadItem[], change: { readonly firstUnreadId?: string } = {}) =>
  threadEntries(messages, { ...reading, ...change }).map((entry) => {
    switch (entry.kind) {
      case 'day':
        return `-- ${entry.label}`;
      case 'new':
        return '-- new';
      case 'call':
        return `(call ${entry.call.id})`;
      case 'message':
        return `${entry.message.id}${entry.answersFirst ? ' answers' : ''}`;
      default:
        return `(${entry.note})`;
    }
  });

describe('a thread', () => {
  it('has a rule at every day of the business, whatever day it is in UTC', () => {
    expect(
      drawn([
        message('a', '2025-12-31T15:00:00Z'),
        message('b', '2026-11-16T15:00:00Z'),
        message('c', '2026-11-18T03:00:00Z'),
        message('d', '2026-11-18T04:59:00Z'),
        message('e', '2026-11-18T05:00:00Z'),
      ]),
    ).toEqual(['-- Wed 31 Dec 2025', 'a', '-- Mon 16 Nov', 'b', '-- Yesterday', 'c', 'd', '-- Today', 'e']);
  });

  it('says after a text how it was understood, unless it was an ordinary one', () => {
    expect(
      drawn([
        inbound('a', '2026-11-18T14:00:00Z'),
        inbound('b', '2026-11-18T14:01:00Z', 'review'),
        inbound('c', '2026-11-18T14:02:00Z', 'opt_out'),
        message('d', '2026-11-18T14:03:00Z', { purpose: 'opt_out_confirmation' }),
      ]),
    ).toEqual(['-- Today', 'a', 'b', '(review)', 'c', '(opt_out)', 'd']);
  });

  it('names the campaign at the first answer to it only', () => {
    const answer = (id: string, campaign: string) => ({
      ...inbound(id, '2026-11-18T14:00:00Z'),
      campaign: { id: campaign, name: campaign },
    });
    expect(
      drawn([answer('a', 'fall'), message('b', '2026-11-18T14:00:00Z'), answer('c', 'fall'), answer('d', 'winter')]),
    ).toEqual(['-- Today', 'a answers', 'b', 'c', 'd answers']);
  });

  it('marks where the unread begin', () => {
    const messages = [
      inbound('a', '2026-11-18T14:00:00Z'),
      inbound('b', '2026-11-18T14:01:00Z'),
      message('c', '2026-11-18T14:02:00Z'),
      inbound('d', '2026-11-18T14:03:00Z'),
    ];
    const found = firstUnread(messages, 2);
    expect(found).toBe('b');
    expect(drawn(messages, { firstUnreadId: 'b' })).toEqual(['-- Today', 'a', '-- new', 'b', 'c', 'd']);
    expect(firstUnread(messages, 0)).toBeUndefined();
    expect(firstUnread(messages, 9)).toBeUndefined();
  });

  it('has calls among the texts; those that were missed are read as texts are', () => {
    const items = [
      call('a', '2026-11-17T14:00:00Z', 'missed'),
      inbound('b', '2026-11-18T14:01:00Z'),
      call('c', '2026-11-18T14:02:00Z', 'completed'),
    ];
    expect(firstUnread(items, 2)).toBe('a');
    expect(firstUnread(items, 1)).toBe('b');
    expect(drawn(items, { firstUnreadId: 'b' })).toEqual([
      '-- Yesterday',
      '(call a)',
      '-- Today',
      '-- new',
      'b',
      '(call c)',
    ]);
  });

  it('does not count as unread what needed no person', () => {
    const messages = [
      inbound('a', '2026-11-18T14:00:00Z'),
      inbound('b', '2026-11-18T14:01:00Z'),
      inbound('c', '2026-11-18T14:02:00Z', 'opt_out'),
    ];
    expect(firstUnread(messages, 1)).toBe('b');
  });
});
