import { callObject } from './call-wire.ts';
import type { EventEntry } from './journal.ts';
import { conversationIdOf, iso, orgIdOf, userIdOf } from './wire.ts';
import type { Message, SandboxCall } from './world.ts';

/** Webhook payloads of generation 2026-03-30, field by field as the provider documents. */
export function currentEventJson(
  event: EventEntry,
  about: { readonly laneRef: string; readonly message?: Message; readonly call?: SandboxCall },
): unknown {
  const { laneRef, message, call } = about;
  const conversationId = conversationIdOf({ laneRef, phone: event.phone });
  return {
    id: event.id,
    apiVersion: '2026-03-30',
    createdAt: iso(event.atMs),
    type: event.type,
    data: {
      resource:
        call === undefined ? (message === undefined ? {} : messageResource(event, message)) : callResource(event, call),
      context: {
        orgId: orgIdOf(event.account),
        phoneNumberId: laneRef,
        conversationId,
        userId: userIdOf(event.account),
        contacts: { ids: [], lookupStatus: 'none' },
        ...(message === undefined ? {} : { senderIdentifier: message.from, recipientIdentifiers: [message.to] }),
        ...(call === undefined
          ? {}
          : { participants: { workspace: [call.to], external: [call.from], resolution: 'available' } }),
      },
      links: { quo: `https://my.quo.com/inbox/${laneRef}/c/${conversationId}` },
    },
  };
}

const NEVER_REACHED = '30006';

function messageResource(event: EventEntry, message: Message) {
  const status = event.type.slice('message.'.length);
  return {
    id: message.id,
    direction: message.kind === 'outbound' ? 'outgoing' : 'incoming',
    text: message.text,
    media: [],
    status,
    ...(status === 'undelivered' ? { errorCode: NEVER_REACHED } : {}),
    createdAt: iso(message.atMs),
  };
}

/** What both generations call the same keeps its name; the parties have moved into the context. */
function callResource(event: EventEntry, call: SandboxCall): object {
  const { status, ...known } = callObject(event, call);
  if ('callId' in known) {
    const { object: _, ...said } = known;
    return { ...said, processingStatus: status };
  }
  const { id, direction, createdAt, answeredAt, completedAt, updatedAt, duration, recordings } = known;
  if (event.type === 'call.ringing') return { id, direction, createdAt, updatedAt };
  const ended = {
    id,
    direction,
    status: answeredAt === null ? 'unanswered' : 'answered',
    createdAt,
    answeredAt,
    completedAt,
    updatedAt,
    duration,
  };
  return recordings === null ? { ...ended, hasVoicemail: call.voicemail !== undefined } : { ...ended, recordings };
}
