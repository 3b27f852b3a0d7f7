import { Button } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { inboxKeys, type Message, settleMessage } from '../api/inbox.ts';
import { operationKeys } from '../api/operations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';

const SettleDialog = lazy(() => import('../patterns/settle-dialog.tsx'));

/** Under a text of ours whose answer was lost: whoever knows more than the gateway says what became of it. */
export function LostAnswer(props: {
  readonly message: Message;
  readonly who: string;
  /** As it is written for people. */
  readonly phone: string;
}) {
  const { message, who, phone } = props;
  const { data: me } = useSuspenseQuery(meQuery);
  const dialog = useLazyDialog();
  if (!mayAct(me.user.role, 'manager')) return null;
  return (
    <div>
      <Button size="xs" variant="default" onClick={dialog.open}>
        Settle by hand
      </Button>
      {dialog.wanted ? (
        <Suspense fallback={null}>
          <SettleDialog
            name={who}
            phone={phone}
            begunAt={message.at}
            means={message.purpose === 'campaign' ? OF_CAMPAIGN : OF_ANSWER}
            run={(body, key) => settleMessage(message.id, body, key)}
            touches={[inboxKeys.all, operationKeys.status]}
            opened={dialog.opened}
            onClose={dialog.close}
          />
        </Suspense>
      ) : null}
    </div>
  );
}

const TWICE = 'If the provider did send it, this person gets it twice.';
const OF_CAMPAIGN = {
  drop: 'This person is left out of the campaign.',
  send_again: `It goes out again by the campaign’s hours and caps. ${TWICE}`,
};
const OF_ANSWER = {
  drop: 'The conversation waits for an answer again, unless it has another one.',
  send_again: `It goes out again at once, an automatic answer only within five minutes of what it answers. ${TWICE}`,
};
