import type { NoFinishReason, WaitReason } from './forecast.ts';

const NO_FINISH: Readonly<Record<NoFinishReason, string>> = {
  campaign_paused: 'The campaign is paused',
  sending_paused: 'Sending is paused everywhere',
  no_lane: 'No number can send: choose one, or switch one on under Settings, Numbers',
  lane_paused:
    'A number is paused that people know or that all would be texted from: resume it under Settings, Numbers',
  account_paused: 'The account of its numbers is paused: see Settings, Numbers',
  never_opens: 'For some people the send window never opens: their possible time zones do not overlap in it',
  stops_before: 'It stops before everybody is texted: its texts are pointless after that',
  over_a_year: 'It would take more than a year: use more numbers, or raise their daily caps',
};

/** Why the end of a campaign cannot be said, and the remedy. */
export const noFinishSentence = (reason: NoFinishReason): string => NO_FINISH[reason];

const WAITS: Readonly<Record<WaitReason, string>> = {
  turn: 'Next in turn today',
  quiet_hours: 'Quiet hours where they are',
  cap: 'The texts or the message parts a day of the numbers are used up before',
  pace: 'The pace of the campaign',
  put_off: 'Had their texts of 24 hours, wait for a newer do-not-call list, or the gateway asked for time',
  lane_paused: 'The number that they know, or every number, is paused',
  never_opens: 'The send window never opens where they may be',
  stopped: 'The campaign has stopped: its texts are pointless by now',
};

/** What people wait for; until when stands beside it. */
export const waitSentence = (reason: WaitReason): string => WAITS[reason];
