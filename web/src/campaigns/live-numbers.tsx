import { Anchor, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { CampaignLive } from '../api/campaigns.ts';
import { Section } from '../patterns/page.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { CapBar } from './cap-bar.tsx';
import classes from './live-overview.module.css';

const WAY_BACK = { off: 'Switch it on', paused: 'Resume it', draining: 'Let it take new people again' } as const;

/** The numbers that the campaign sends from: whether they can, and what they may still send today. */
export function LiveNumbers({ lanes }: { readonly lanes: CampaignLive['lanes'] }) {
  return (
    <Section title="Numbers">
      <ul className={classes.list}>
        {lanes.map((lane) => (
          <li key={lane.id} className={classes.lane}>
            <span className={classes.laneName}>
              <Text span fw={550}>
                {lane.name}
              </Text>
              <Text span size="sm" c="dimmed">
                <PhoneNumber phone={lane.phone} />
              </Text>
              {lane.state === 'active' ? null : <StateBadge state={lane.state} />}
            </span>
            <CapBar used={lane.usedToday} cap={lane.dailyCap} name={lane.name} />
            {lane.state === 'active' ? null : (
              <span className={classes.laneNote}>
                {[lane.stateReason, lane.stateRemedy].map((said) => (said === null ? '' : `${said}. `))}
                <Anchor inherit underline="always" renderRoot={(props) => <Link {...props} to="/settings/numbers" />}>
                  {WAY_BACK[lane.state]}
                </Anchor>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
