import type { z } from '@hono/zod-openapi';
import type { Campaign } from '../../campaigns/campaign.ts';
import type { CampaignChange } from '../../campaigns/manage-drafts.ts';
import { asksWhatBecomes, minuteOf, minuteText } from '../../campaigns/sending-options.ts';
import { instant } from '../../platform/time.ts';
import type { paceInput, pointlessInput, windowInput } from '../contract/sending-options.ts';
import { isoTextOrNull } from '../route-types.ts';

/** The sending options of a campaign between the API's shape and the product's. */
export interface SendingBody {
  readonly priority?: number | undefined;
  readonly window?: z.infer<typeof windowInput> | undefined;
  readonly pace?: z.infer<typeof paceInput> | undefined;
  readonly pointless?: z.infer<typeof pointlessInput> | undefined;
}

/** Fields that were left out stay as they are. */
export const sendingChange = ({ priority, window, pace, pointless }: SendingBody): CampaignChange => ({
  ...(priority === undefined ? {} : { priority }),
  ...(window === undefined ? {} : { windowStartMinute: minuteOf(window.start), windowEndMinute: minuteOf(window.end) }),
  ...(pace === undefined ? {} : { pace: paceChange(pace) }),
  ...(pointless === undefined ? {} : { pointless: pointless === null ? null : pointlessOf(pointless) }),
});

const paceChange = ({ maxPerHour, maxPerDay, finishBy }: z.infer<typeof paceInput>) => ({
  ...(maxPerHour === undefined ? {} : { maxPerHour }),
  ...(maxPerDay === undefined ? {} : { maxPerDay }),
  ...(finishBy === undefined ? {} : { finishBy: finishBy === null ? null : instant(finishBy) }),
});

const pointlessOf = ({ after, hoursAfterWindow, action }: NonNullable<z.infer<typeof pointlessInput>>) => ({
  after: after === undefined ? null : instant(after),
  hoursAfterWindow: hoursAfterWindow ?? null,
  action,
});

export const showWindow = ({ windowStartMinute, windowEndMinute }: Campaign) => ({
  start: minuteText(windowStartMinute),
  end: minuteText(windowEndMinute),
});

export const showSending = (campaign: Campaign) => ({
  priority: campaign.priority,
  window: showWindow(campaign),
  pace: { ...campaign.pace, finishBy: isoTextOrNull(campaign.pace.finishBy) },
  pointless: showPointless(campaign),
});

const showPointless = (campaign: Campaign) =>
  campaign.pointless === null
    ? null
    : {
        ...campaign.pointless,
        after: isoTextOrNull(campaign.pointless.after),
        asks: asksWhatBecomes(campaign),
      };
