import { describe, expect, it } from 'vitest';
import type { ListedCall } from '../gateways/gateway.ts';
import { quoWebhookEdge } from '../gateways/quo/quo-webhook.ts';
import { instant } from '../platform/time.ts';
import { compareCalls, type OurCall } from './decide-calls.ts';

const AT = instant('2026-11-17T15:00:00Z');
const [OURS, CALLER, OFFICE] = ['+16175550001', '+16175550123', '+16175550777'];

function listed(call: { readonly participants: readonly string[]; readonly forwardedTo?: string }): ListedCall {
  const object = { id: 'AC1', object: 'call', direction: 'incoming', phoneNumberId: 'PN1', ...call };
  const payload = JSON.stringify({
    ...{ id: 'listed:AC1:ended', object: 'event', apiVersion: 'v4', createdAt: AT.toString(), type: 'call.completed' },
    data: { object: { ...object, createdAt: AT.toString(), completedAt: AT.toString(), status: 'forwarded' } },
  });
  const event = quoWebhookEdge.parse(Buffer.from(payload), AT);
  if (!event.ok) throw new Error(event.error.message);
  return {
    gatewayCallId: 'AC1',
    laneRef: 'PN1',
    direction: 'inbound',
    participants: call.participants,
    startedAt: AT,
    answered: false,
    ended: { payload, event: event.value },
  };
}

const KNOWN: OurCall = {
  isOver: true,
  hasPhone: false,
  hasRecording: false,
  hasSummary: false,
  hasTranscript: false,
  hasVoicemail: false,
};
const found = (call: ListedCall) =>
  compareCalls([call], {
    ours: new Map([['AC1', KNOWN]]),
    lanes: [{ id: 'lane', gatewayRef: 'PN1', phone: OURS }],
    ownPhones: new Set([OURS]),
    callParts: [],
  }).findings.map(({ diff }) => `${diff.what} ${diff.phone}`);

describe('a call that is over here, with nobody', () => {
  it.each<[string, Parameters<typeof listed>[0], readonly string[]]>([
    ['is told anew when the gateway names who called', { participants: [OURS, CALLER] }, [`caller ${CALLER}`]],
    ['is as it was while the gateway names nobody either', { participants: [OURS] }, []],
    [
      'is as it was when the gateway names only whom it was forwarded to',
      { participants: [OURS, OFFICE], forwardedTo: OFFICE },
      [],
    ],
    [
      'is told anew when it names who called beside whom it was forwarded to',
      { participants: [OURS, OFFICE, CALLER], forwardedTo: OFFICE },
      [`caller ${CALLER}`],
    ],
  ])('%s', (_what, call, expected) => {
    expect(found(listed(call))).toEqual(expected);
  });
});
