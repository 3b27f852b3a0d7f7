import { Text } from '@mantine/core';
import type { CampaignLive } from '../api/campaigns.ts';
import { useProductClock } from '../api/product-clock.ts';
import { formatMoney, formatWhen } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import { ForecastDays } from './forecast-days.tsx';
import { WaitLines } from './forecast-waits.tsx';
import { linkedLines } from './linked-waits.tsx';

/** What is still to come: when it is done, on which days, who waits for what, and what it costs. */
export function LiveForecast({ live: { forecast, cost, lanes } }: { readonly live: CampaignLive }) {
  const moment = useProductClock(60_000);
  if (forecast === null)
    return (
      <Section title="Cost">
        <Text size="sm" data-tabular>
          About {formatMoney(cost.soFarCents)}
        </Text>
      </Section>
    );
  return (
    <Section
      title="Forecast"
      note={
        forecast.finishAt === null
          ? `When it is done cannot be said. ${forecast.noFinish?.sentence ?? ''}`
          : `Done about ${formatWhen(forecast.finishAt, moment)}`
      }
    >
      <ForecastDays forecast={forecast} lanes={lanes} />
      <WaitLines lines={linkedLines(forecast.waits, moment)} />
      <Text size="sm" mt="xs" data-tabular>
        About <b>{formatMoney(cost.soFarCents)}</b> so far, <b>{formatMoney(cost.toComeCents)}</b> to come
      </Text>
    </Section>
  );
}
