import type { CallPart, ListedCall, RecordedEvent } from '../gateways/gateway.ts';
import type { Finding, LaneAt } from './decide-texts.ts';
import type { Diff, PartToRead } from './run.ts';

export interface OurCall {
  readonly isOver: boolean;
  /** With whom it was. */
  readonly hasPhone: boolean;
  readonly hasRecording: boolean;
  readonly hasSummary: boolean;
  readonly hasTranscript: boolean;
  readonly hasVoicemail: boolean;
}

export interface CallsFacts {
  /** By the gateway's id. */
  readonly ours: ReadonlyMap<string, OurCall>;
  readonly lanes: readonly LaneAt[];
  readonly ownPhones: ReadonlySet<string>;
  /** What the gateway makes of calls. */
  readonly callParts: readonly CallPart[];
}

export interface ComparedCalls {
  readonly findings: readonly Finding[];
  /** What was made of them that we lack: a request each. */
  readonly parts: readonly PartToRead[];
}

/** Compares one page of the gateway's calls with ours. Calls that are under way are left to the next run. */
export function compareCalls(listed: readonly ListedCall[], facts: CallsFacts): ComparedCalls {
  const over = listed.flatMap((call) => {
    const lane = laneOf(call, facts);
    return call.ended === undefined || lane === undefined ? [] : [{ call, lane, ended: call.ended }];
  });
  return {
    findings: over.flatMap(({ call, lane, ended }) => endOf(call, { lane, ended, facts })),
    parts: over.flatMap(({ call, lane }) => partsOf(call, { lane, facts })),
  };
}

const laneOf = (call: ListedCall, { lanes }: CallsFacts): LaneAt | undefined =>
  lanes.find((lane) => lane.gatewayRef === call.laneRef) ??
  lanes.find((lane) => call.participants.includes(lane.phone));

/** Whom a call was forwarded to is not who called: the record of a call leaves that number out, too (calls/decide-call.ts). */
const otherSide = (call: ListedCall, { ownPhones }: CallsFacts): string | null =>
  call.participants.find((phone) => !ownPhones.has(phone) && phone !== forwardedTo(call)) ?? null;

const forwardedTo = ({ ended }: ListedCall): string | undefined =>
  ended?.event.type === 'call_progress' ? ended.event.call.forwardedTo : undefined;

/** Whoever hides the number is nobody who could be shown. */
const NUMBER = /^\+[1-9]\d{6,14}$/;

/** Its end, or the whole of it. One without participants, as some deliveries are, stands in nobody's conversation until they are known. */
function endOf(
  call: ListedCall,
  { lane, ended, facts }: { readonly lane: LaneAt; readonly ended: RecordedEvent; readonly facts: CallsFacts },
): readonly Finding[] {
  const ours = facts.ours.get(call.gatewayCallId);
  const phone = otherSide(call, facts);
  const lacksPhone = ours?.hasPhone === false && phone !== null && NUMBER.test(phone);
  if (ours?.isOver === true && !lacksPhone) return [];
  const diff: Diff = {
    kind: ours === undefined ? 'missing_here' : 'stale_here',
    what: ours?.isOver === true ? 'caller' : 'call',
    gatewayId: call.gatewayCallId,
    phone,
    laneId: lane.id,
    at: call.startedAt,
    here: ours === undefined ? null : ours.isOver ? 'with nobody' : 'under way',
    there: call.answered ? 'answered' : 'not answered',
  };
  return [{ diff, tells: [ended] }];
}

function partsOf(
  call: ListedCall,
  { lane, facts }: { readonly lane: LaneAt; readonly facts: CallsFacts },
): readonly PartToRead[] {
  const ours = facts.ours.get(call.gatewayCallId);
  const wanted: readonly (readonly [CallPart, boolean])[] = [
    ['recording', call.answered && ours?.hasRecording !== true],
    ['summary', call.answered && ours?.hasSummary !== true],
    ['transcript', call.answered && ours?.hasTranscript !== true],
    ['voicemail', !call.answered && call.direction !== 'outbound' && ours?.hasVoicemail !== true],
  ];
  return wanted.flatMap(([part, isWanted]) =>
    isWanted && facts.callParts.includes(part)
      ? [
          {
            gatewayCallId: call.gatewayCallId,
            part,
            phone: otherSide(call, facts),
            laneId: lane.id,
            startedAtMs: call.startedAt.epochMilliseconds,
          },
        ]
      : [],
  );
}
