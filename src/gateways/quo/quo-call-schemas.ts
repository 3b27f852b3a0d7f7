import { z } from 'zod';
import { directionField, idField, partyField, wordField } from './quo-webhook-event.ts';

/** Calls and what is made of them, as v2 to v4 and 2026-03-30 say it; what a generation does not have is absent. */

/** Some eleven days: more is no call, and would not fit into every column. */
const SECONDS_MAX = 1_000_000;
const preciseSeconds = z.number().min(0).max(SECONDS_MAX);
const secondsField = preciseSeconds.transform(Math.round);

/** Sources disagree: numbers, or objects with one. */
const participantField = z.union([
  partyField,
  z.object({ phoneNumber: partyField }).transform(({ phoneNumber }) => phoneNumber),
]);
const participantsField = z.array(participantField).nullish();

const fileFields = {
  url: z.string().min(1).nullish(),
  type: z.string().nullish(),
  duration: secondsField.nullish(),
};
const recordingSchema = z.object({ ...fileFields, id: z.string().nullish(), startTime: z.string().nullish() });
export type WireRecording = z.output<typeof recordingSchema>;

/** Of summaries, transcripts and voicemails, `callId` names the call; elsewhere the call is the subject, with an id of its own. */
const callIds = { id: idField.nullish(), callId: idField.nullish() };

export const callSchema = z.object({
  ...callIds,
  direction: directionField.nullish(),
  status: wordField.nullish(),
  duration: secondsField.nullish(),
  createdAt: z.string().nullish(),
  answeredAt: z.string().nullish(),
  completedAt: z.string().nullish(),
  forwardedTo: partyField.nullish(),
  phoneNumberId: z.string().nullish(),
  // v2 and v3
  from: partyField.nullish(),
  to: partyField.nullish(),
  media: z.array(recordingSchema).nullish(),
  voicemail: z.object(fileFields).nullish(),
  // v4
  participants: participantsField,
  recordings: z.array(recordingSchema).nullish(),
});
export type WireCall = z.output<typeof callSchema>;

export const callContextSchema = z.object({
  phoneNumberId: z.string().nullish(),
  participants: z.object({ workspace: participantsField, external: participantsField }).nullish(),
});
export type CallContext = z.output<typeof callContextSchema>;

/** `status` up to v4, `processingStatus` since. */
const processed = { ...callIds, status: wordField.nullish(), processingStatus: wordField.nullish() };
const sentencesField = z.union([z.array(z.string()), z.string().transform((sentence) => [sentence])]).nullish();

export const summarySchema = z.object({
  ...processed,
  summary: sentencesField,
  nextSteps: sentencesField,
  fromPhoneNumber: partyField.nullish(),
});

export const transcriptSchema = z.object({
  ...processed,
  duration: secondsField.nullish(),
  dialogue: z
    .array(
      z.object({
        content: z.string(),
        start: preciseSeconds.nullish(),
        end: preciseSeconds.nullish(),
        identifier: z.string().nullish(),
        userId: z.string().nullish(),
      }),
    )
    .nullish(),
});

export const voicemailSchema = z.object({
  ...callIds,
  direction: directionField.nullish(),
  duration: secondsField.nullish(),
  from: partyField.nullish(),
  to: partyField.nullish(),
  transcript: z.string().nullish(),
  recordingUrl: z.string().nullish(),
});
