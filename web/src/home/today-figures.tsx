import type { Home } from '../api/operations.ts';
import { CapBar } from '../campaigns/cap-bar.tsx';
import { Figure, Figures } from '../patterns/figure.tsx';
import { formatDay } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';

/** Campaign texts of the business's day against what its numbers may send. */
export function TodayFigures({ today }: { readonly today: Home['today'] }) {
  const { day, sent, cap, delivered, failed, replied, optedOut } = today;
  return (
    <Section title="Today" note={`Campaign texts of ${formatDay(day)}`}>
      <Figures>
        <Figure
          label="Sent"
          tone="teal"
          count={sent}
          note={cap === 0 ? 'No number can send' : <CapBar used={sent} cap={cap} name="All numbers" />}
        />
        <Figure label="Delivered" tone="green" count={delivered} of={{ count: sent, word: 'sent' }} />
        <Figure label="Failed" tone="red" count={failed} of={{ count: sent, word: 'sent' }} />
        <Figure label="Replied" tone="violet" count={replied} of={{ count: delivered, word: 'delivered' }} />
        <Figure label="Opted out" tone="dark" count={optedOut} of={{ count: delivered, word: 'delivered' }} />
      </Figures>
    </Section>
  );
}
