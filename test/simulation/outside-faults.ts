/** Shares of calls or events. */
export interface OutsideFaults {
  requestLost: number;
  answerLost: number;
  slow: number;
  serverError: number;
  throttled: number;
  refusedRecipient: number;
  senderRefused: number;
  readFails: number;
  eventLost: number;
  eventTwice: number;
  eventLateMs: number;
  /** Besides the event itself comes one that is cut short. */
  eventGarbled: number;
  /** Besides the event itself comes one that nobody has signed. */
  eventForged: number;
  /** Whose carrier says what became of them; the others do so only when asked. */
  reports: number;
  replies: number;
  stops: number;
}

export const NO_FAULTS: OutsideFaults = {
  requestLost: 0,
  answerLost: 0,
  slow: 0,
  serverError: 0,
  throttled: 0,
  refusedRecipient: 0,
  senderRefused: 0,
  readFails: 0,
  eventLost: 0,
  eventTwice: 0,
  eventLateMs: 0,
  eventGarbled: 0,
  eventForged: 0,
  reports: 1,
  replies: 0,
  stops: 0,
};
