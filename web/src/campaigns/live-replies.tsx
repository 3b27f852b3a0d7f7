import { Button, Text } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { Campaign, CampaignLive } from '../api/campaigns.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { steadyRows } from '../inbox/steady-rows.ts';
import { plural } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './live-replies.module.css';
import { ReplyRow } from './reply-row.tsx';

type Reply = CampaignLive['replies'][number];
const SHOWN_FIRST = 8;

interface LiveRepliesProps {
  readonly campaign: Campaign;
  readonly replies: readonly Reply[];
}

/** What people answer, newest first, each to be answered on the spot. While somebody reads, new ones wait behind a button. */
export function LiveReplies({ campaign, replies }: LiveRepliesProps) {
  const { data: me } = useSuspenseQuery(meQuery);
  const list = useRef<HTMLDivElement>(null);
  const reading = useReading(list);
  const [all, setAll] = useState(false);
  const now = replies.map((reply) => ({ id: `${reply.conversationId} ${reply.at}`, reply }));
  const before = useRef<typeof now>([]);
  const { rows, fresh } = steadyRows({ before: before.current, now, hold: reading.hold, keepId: undefined });
  before.current = [...rows];
  const shown = all ? rows : rows.slice(0, SHOWN_FIRST);
  const more = rows.length - shown.length;
  return (
    <Section
      title="Replies"
      note={
        campaign.totals.replied > replies.length
          ? `The newest of ${plural(campaign.totals.replied, 'person', 'people')} who replied`
          : undefined
      }
      actions={
        fresh === 0 ? undefined : (
          <Button
            size="xs"
            variant="light"
            color="violet"
            leftSection={<IconArrowUp size={16} stroke={ICON_STROKE} aria-hidden />}
            onClick={() => {
              before.current = [];
              reading.release();
            }}
          >
            {plural(fresh, 'new reply', 'new replies')}
          </Button>
        )
      }
    >
      <div ref={list}>
        {rows.length === 0 ? (
          <Text c="dimmed" className={classes.none ?? ''}>
            {campaign.launchedAt === null || campaign.totals.delivered === 0
              ? 'Replies appear here as soon as people write back.'
              : 'Nobody has written back yet.'}
          </Text>
        ) : (
          <ul className={classes.list}>
            {shown.map(({ id, reply }) => (
              <li key={id} className={classes.item}>
                <ReplyRow reply={reply} mayAnswer={mayAct(me.user.role, 'agent')} />
              </li>
            ))}
          </ul>
        )}
        {more > 0 || campaign.totals.replied > rows.length ? (
          <div className={classes.foot}>
            {more > 0 ? (
              <Button size="xs" variant="default" onClick={() => setAll(true)}>
                Show {more} more
              </Button>
            ) : null}
            <Button
              size="xs"
              variant="subtle"
              renderRoot={(props) => <Link {...props} to="/inbox" search={{ view: 'all' }} />}
            >
              All in the inbox
            </Button>
          </div>
        ) : null}
      </div>
    </Section>
  );
}

/** The page is read at its top without hands on it; further down, or with the pointer or the focus in the list, it must not move. */
const SCROLLED_PX = 40;

function useReading(area: { readonly current: HTMLElement | null }) {
  const [hold, setHold] = useState(false);
  const state = useRef({ pointer: false, focus: false, scrolled: false });
  useEffect(() => {
    const element = area.current;
    const main = document.getElementById('main');
    if (element === null) return undefined;
    const put = (change: Partial<typeof state.current>): void => {
      state.current = { ...state.current, ...change };
      const { pointer, focus, scrolled } = state.current;
      setHold(pointer || focus || scrolled);
    };
    const handlers: readonly (readonly [HTMLElement, string, () => void])[] = [
      [element, 'mouseenter', () => put({ pointer: true })],
      [element, 'mouseleave', () => put({ pointer: false })],
      [element, 'focusin', () => put({ focus: true })],
      [element, 'focusout', () => put({ focus: false })],
      ...(main === null ? [] : ([[main, 'scroll', () => put({ scrolled: main.scrollTop > SCROLLED_PX })]] as const)),
    ];
    for (const [target, event, handler] of handlers) target.addEventListener(event, handler, { passive: true });
    return () => {
      for (const [target, event, handler] of handlers) target.removeEventListener(event, handler);
    };
  }, [area]);
  const [, render] = useState(0);
  return { hold, release: () => render((count) => count + 1) };
}
