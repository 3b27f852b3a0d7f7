import { expect, it } from 'vitest';
import type { DeliveryStatus, ListedMessage, RecordedEvent } from '../gateways/gateway.ts';
import { addMs, HOUR_MS, instant } from '../platform/time.ts';
import { compareTexts } from './decide-texts.ts';
import { sayFinding } from './finding-words.ts';

const AT = instant('2026-11-17T15:00:00Z');
const OURS = '+16175550001';
const ANN = '+16175550101';

function ended(status: DeliveryStatus): RecordedEvent {
  const event = {
    type: 'message_status',
    eventId: `reconciled ${status}`,
    gatewayMessageId: 'AC1',
    status,
    errorCode: undefined,
    to: ANN,
    at: AT,
  } as const;
  return { event, payload: '{}' };
}

const listed = (status: DeliveryStatus): ListedMessage => ({
  gatewayMessageId: 'AC1',
  from: OURS,
  to: [ANN],
  text: 'Hi',
  status,
  createdAt: AT,
  laneRef: 'PN1',
  direction: 'outbound',
  updatedAt: AT,
  began: ended('sent'),
  ended: ended(status),
});

it.each<[there: DeliveryStatus, here: string, kind: string, told: number, words: string]>([
  ['delivered', 'sent', 'stale_here', 1, 'No receipt had come: delivered, now known'],
  ['undelivered', 'sent', 'stale_here', 1, 'No receipt had come: not delivered, now known'],
  ['delivered', 'failed', 'stale_here', 1, 'Here it had failed, at the gateway it was delivered: now delivered'],
  ['failed', 'delivered', 'differs', 0, 'Here it is delivered, at the gateway failed. Nothing was changed'],
])('what is %s there and %s here is %s', (there, here, kind, told, words) => {
  const findings = compareTexts([listed(there)], {
    ours: new Map([['AC1', { state: here, hasMedia: false }]]),
    lanes: [{ id: '01', gatewayRef: 'PN1', phone: OURS }],
    ownPhones: new Set([OURS]),
    inOurWords: new Set(),
    unsettled: new Set(),
    until: addMs(AT, HOUR_MS),
  });
  expect(findings.map(({ diff, tells }) => [diff.kind, tells.length, sayFinding(diff)])).toEqual([[kind, told, words]]);
});
