import { Button } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { dropMessage, inboxKeys, type Message } from '../api/inbox.ts';
import { operationKeys } from '../api/operations.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { AddressLink } from '../patterns/address-link.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import classes from './thread.module.css';

/** Under an answer that cannot go out: why, the page where that is ended, and the way to take it back. */
export function HeldAnswer({
  message,
  held,
}: {
  readonly message: Message;
  readonly held: NonNullable<Message['held']>;
}) {
  const { data: me } = useSuspenseQuery(meQuery);
  const drop = useAction({
    run: (id: string) => dropMessage(id),
    touches: [['inbox', 'messages'], ['inbox', 'one'], ['inbox', 'list'], inboxKeys.counts, operationKeys.status],
    onDone: () => toastDone('It is not sent'),
    onProblem: (error) => toastProblem('It could not be taken back', error),
  });
  return (
    <div className={classes.retry}>
      <span>
        {held.sentence}. <AddressLink address={held.link}>See it under Settings, Numbers</AddressLink>
      </span>
      {mayAct(me.user.role, 'agent') ? (
        <Button size="xs" variant="default" loading={drop.isPending} onClick={() => drop.mutate(message.id)}>
          Do not send it
        </Button>
      ) : null}
    </div>
  );
}
