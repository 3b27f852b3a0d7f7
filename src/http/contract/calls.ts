import { z } from '@hono/zod-openapi';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

const processingStatus = z.enum(['absent', 'in_progress', 'completed', 'failed']);
const signedUrl = z.string().nullable().openapi({ description: 'Signed by the gateway, and good for a while only' });

export const callSchema = z
  .object({
    id: idOf('call'),
    title: z.string().openapi({ example: 'Missed call' }),
    direction: z.enum(['inbound', 'outbound']).nullable(),
    state: z.enum(['ringing', 'answered', 'forwarded', 'missed', 'unanswered', 'completed']).openapi({
      description: 'missed: a call to us that nobody took; unanswered: one of ours that the other side did not take',
    }),
    phone: phoneText.nullable().openapi({ description: 'Of the other side; null when withheld or not known' }),
    contactId: idOf('contact').nullable(),
    name: z.string().nullable(),
    laneId: idOf('lane').nullable(),
    laneName: z.string().nullable(),
    conversationId: idOf('conversation').nullable(),
    at: isoInstant,
    answeredAt: isoInstant.nullable(),
    endedAt: isoInstant.nullable(),
    talkedSeconds: z.int().nullable(),
    forwardedTo: z.string().nullable(),
    voicemail: z
      .object({ url: signedUrl, durationSeconds: z.int().nullable(), transcript: z.string().nullable() })
      .nullable(),
    recordings: z.array(
      z.object({ url: signedUrl, mediaType: z.string().nullable(), durationSeconds: z.int().nullable() }),
    ),
    summary: z
      .object({ status: processingStatus, summary: z.array(z.string()), nextSteps: z.array(z.string()) })
      .nullable(),
    transcript: z
      .object({ status: processingStatus, lineCount: z.int() })
      .nullable()
      .openapi({ description: 'Its lines come with the single call' }),
  })
  .openapi('Call');
export type Call = z.infer<typeof callSchema>;

export const callWithLinesSchema = callSchema
  .extend({
    lines: z.array(
      z.object({
        speaker: z.string(),
        text: z.string(),
        startSeconds: z.number().openapi({ description: 'From the start of the call' }),
        endSeconds: z.number(),
      }),
    ),
  })
  .openapi('CallWithTranscript');
export type CallWithLines = z.infer<typeof callWithLinesSchema>;

export const listCalls = jsonRoute({
  method: 'get',
  path: '/v1/calls',
  access: 'viewer',
  tag: 'Calls',
  summary: 'Calls with recordings, voicemail and summary, newest first',
  query: pageQuery.extend({
    missed: z.enum(['yes', 'no']).optional(),
    laneId: idOf('lane').optional(),
    contactId: idOf('contact').optional(),
    phone: z.string().trim().min(1).max(60).optional().openapi({ description: 'Of the other side, in any spelling' }),
    from: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Began at or after' }),
    until: z.iso.datetime({ offset: true }).optional().openapi({ description: 'Began before' }),
  }),
  response: pageOf(callSchema),
});
export const getCall = jsonRoute({
  method: 'get',
  path: '/v1/calls/{id}',
  access: 'viewer',
  tag: 'Calls',
  summary: 'One call with its transcript',
  params: z.object({ id: idOf('call') }),
  response: callWithLinesSchema,
});
