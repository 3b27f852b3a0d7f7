import { z } from '@hono/zod-openapi';
import { isoInstant } from './shared.ts';

/** How and when a campaign sends: the same fields in what it shows and in what changes it. */

/** An instant that comes in, refused when it is none. */
export const moment = z.iso
  .datetime({
    offset: true,
    error: ({ input }) =>
      `expected an instant like 2026-11-20T17:00:00Z or with an offset, got ${JSON.stringify(input)}`,
  })
  .openapi({ format: 'date-time', example: '2026-11-20T22:00:00Z' });

const TEXTS_MAX = 1_000_000;
const atMost = (period: string) => {
  const refused = ({ input }: { readonly input?: unknown }) =>
    `expected a whole number of texts ${period} from 1 to ${TEXTS_MAX}, or null for no limit, got ${JSON.stringify(input)}; to send nothing, pause the campaign`;
  return z
    .int({ error: refused })
    .min(1, { error: refused })
    .max(TEXTS_MAX, { error: refused })
    .nullable()
    .optional()
    .openapi({ description: `At most so many texts ${period}; null: as fast as the numbers allow` });
};

const clockTime = (pattern: RegExp, example: string) =>
  z
    .string()
    .regex(pattern, { error: ({ input }) => `expected a time like ${example}, got ${JSON.stringify(input)}` })
    .openapi({ example });

export const windowInput = z
  .strictObject({
    start: clockTime(/^([01]\d|2[0-3]):[0-5]\d$/, '09:00'),
    end: clockTime(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, '18:00'),
  })
  .refine(({ start, end }) => start < end, {
    error: ({ input }) => {
      const { start, end } = windowText.parse(input);
      return `the hours from ${start} to ${end} never open: the start must be before the end, on one day`;
    },
  })
  .openapi({ description: 'Hours of the day where the recipient is; the law and the settings can only narrow them' });
const windowText = z.object({ start: z.string(), end: z.string() });

export const paceInput = z
  .strictObject({
    maxPerHour: atMost('an hour'),
    maxPerDay: atMost('a day'),
    finishBy: moment.nullable().optional().openapi({ description: 'Spread evenly over the open hours until then' }),
  })
  .openapi({ description: 'Fields that are left out stay as they are' });

const pointlessAction = z.enum(['drop', 'ask', 'go_on']).openapi({
  description: 'What happens to whoever still waits then: left out, a person is asked, texted all the same',
});
export const pointlessInput = z
  .strictObject({
    after: moment.optional(),
    hoursAfterWindow: z.int().min(0).max(720).optional().openapi({
      description: 'Hours after the end of the window on the day of the launch, in the zone of the business',
    }),
    action: pointlessAction,
  })
  .refine(({ after, hoursAfterWindow }) => (after === undefined) !== (hoursAfterWindow === undefined), {
    error: 'say when the texts become pointless: give either after (an instant) or hoursAfterWindow',
  })
  .nullable();

const nine = ({ input }: { readonly input?: unknown }) =>
  `expected a priority from 1 (first) to 9 (last), got ${JSON.stringify(input)}`;
export const priorityInput = z.int({ error: nine }).min(1, { error: nine }).max(9, { error: nine });

/** For bodies that make or change a campaign. */
export const sendingInput = {
  priority: priorityInput.optional(),
  window: windowInput.optional(),
  pace: paceInput.optional(),
  pointless: pointlessInput.optional(),
};

/** As a campaign shows it. */
export const sendingShown = {
  priority: z.int(),
  window: z.object({ start: z.string().openapi({ example: '09:00' }), end: z.string() }),
  pace: z.object({ maxPerHour: z.int().nullable(), maxPerDay: z.int().nullable(), finishBy: isoInstant.nullable() }),
  pointless: z
    .object({
      after: isoInstant.nullable(),
      hoursAfterWindow: z.int().nullable(),
      action: pointlessAction,
      asks: z.boolean().openapi({
        description: 'The campaign is paused with the question whether to go on: resume or cancel it',
      }),
    })
    .nullable(),
};
