/** Requests that can be made up. The provider names no types: these are ours, each a kind of request and the status in it. */
export const TWILIO_EVENT_TYPES = {
  'message.received': ['text', 'received'],
  'message.accepted': ['receipt', 'accepted'],
  'message.scheduled': ['receipt', 'scheduled'],
  'message.queued': ['receipt', 'queued'],
  'message.sending': ['receipt', 'sending'],
  'message.sent': ['receipt', 'sent'],
  'message.delivered': ['receipt', 'delivered'],
  'message.partially_delivered': ['receipt', 'partially_delivered'],
  'message.read': ['receipt', 'read'],
  'message.undelivered': ['receipt', 'undelivered'],
  'message.failed': ['receipt', 'failed'],
  'message.canceled': ['receipt', 'canceled'],
  'call.queued': ['call', 'queued'],
  'call.initiated': ['call', 'initiated'],
  'call.ringing': ['call', 'ringing'],
  'call.in-progress': ['call', 'in-progress'],
  'call.completed': ['call', 'completed'],
  'call.busy': ['call', 'busy'],
  'call.no-answer': ['call', 'no-answer'],
  'call.canceled': ['call', 'canceled'],
  'call.failed': ['call', 'failed'],
  'call.recording.in-progress': ['recording', 'in-progress'],
  'call.recording.completed': ['recording', 'completed'],
  'call.recording.absent': ['recording', 'absent'],
  'account.error': ['debugger', 'ERROR'],
} as const satisfies Readonly<Record<string, readonly [kind: TwilioRequestKind, status: string]>>;

export type TwilioRequestKind = 'text' | 'receipt' | 'call' | 'recording' | 'debugger';
export type TwilioEventType = keyof typeof TWILIO_EVENT_TYPES;

export const isTwilioEventType = (text: string): text is TwilioEventType => Object.hasOwn(TWILIO_EVENT_TYPES, text);
