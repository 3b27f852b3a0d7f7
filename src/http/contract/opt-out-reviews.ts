import { z } from '@hono/zod-openapi';
import { idOf, isoInstant, jsonRoute, pageOf, pageQuery, phoneText } from './shared.ts';

/** Replies that may be opt-outs: their numbers are held until a person has decided. */
const tag = 'Opt-out reviews';
const decision = z.enum(['opt_out', 'not_opt_out', 'wrong_number']);

export const optOutReviewSchema = z
  .object({
    id: idOf('optOutReview'),
    phone: phoneText,
    contactId: idOf('contact').nullable(),
    name: z.string(),
    conversationId: idOf('conversation').nullable(),
    text: z.string(),
    highlight: z
      .object({ start: z.int(), end: z.int() })
      .nullable()
      .openapi({ description: 'Where in the text the words are that make it unclear, in UTF-16 units' }),
    why: z.string().openapi({ example: '"no" refuses something without saying what: the offer or the texts' }),
    saidAt: isoInstant,
    openedAt: isoInstant,
    dueAt: isoInstant.openapi({ description: 'Undecided at this instant, it counts as an opt-out' }),
    waiting: z.int().openapi({ description: 'Campaign texts to the number that wait for the decision' }),
    recent: z
      .array(z.object({ direction: z.enum(['inbound', 'outbound']), text: z.string(), at: isoInstant }))
      .openapi({ description: 'The newest texts from and to the number, oldest first' }),
    decision: decision.nullable(),
    decidedHow: z.enum(['person', 'deadline', 'suppressed', 'opted_in']).nullable(),
    decidedBy: z.string().nullable(),
    decidedAt: isoInstant.nullable(),
  })
  .openapi('OptOutReview');
export type OptOutReview = z.infer<typeof optOutReviewSchema>;

export const listOptOutReviews = jsonRoute({
  method: 'get',
  path: '/v1/opt-out-reviews',
  access: 'viewer',
  tag,
  summary:
    'Replies that may be opt-outs; `open` begins with the one that must be decided first, `decided` with the newest decision',
  query: pageQuery.extend({ view: z.enum(['open', 'decided']).default('open') }),
  response: pageOf(optOutReviewSchema),
});
export const countOptOutReviews = jsonRoute({
  method: 'get',
  path: '/v1/opt-out-reviews/counts',
  access: 'viewer',
  tag,
  summary: 'How many replies wait for a decision',
  response: z.object({ open: z.int() }),
});
export const decideOptOutReview = jsonRoute({
  method: 'post',
  path: '/v1/opt-out-reviews/{id}/decide',
  access: 'agent',
  tag,
  summary:
    'Decide what a reply meant. Whoever is opted out can only come back by texting START; otherwise the texts that waited go on',
  params: z.object({ id: idOf('optOutReview') }),
  body: z.strictObject({ decision }),
  response: optOutReviewSchema,
  idempotent: true,
});

const settings = z.strictObject({
  hours: z
    .int()
    .min(1)
    .openapi({ description: 'For so long a person may decide; after that the reply was an opt-out' }),
});
const settingsNow = settings.extend({
  hoursMax: z.int().openapi({ description: 'The longest time that the rules of today allow', example: 24 }),
});
export const getOptOutReviewSettings = jsonRoute({
  method: 'get',
  path: '/v1/opt-out-review-settings',
  access: 'viewer',
  tag,
  summary: 'How long an unclear reply may wait for a decision',
  response: settingsNow,
});
export const putOptOutReviewSettings = jsonRoute({
  method: 'put',
  path: '/v1/opt-out-review-settings',
  access: 'owner',
  tag,
  summary: 'Change that, for replies from now on',
  body: settings,
  response: settingsNow,
});
