import type { WebhookEventDetail } from '../api/webhook-events.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { Fact, Facts } from '../patterns/details.tsx';
import { formatPhone, plural } from '../patterns/format.ts';
import { stateWord } from '../patterns/states.ts';
import { TimeText } from '../patterns/time-text.tsx';
import { lagWords, tookMs } from './event-words.ts';

const SOURCES: Readonly<Record<WebhookEventDetail['source'], string>> = {
  webhook: 'as a webhook',
  spool: 'as a webhook while the database was away',
  reconciliation: 'found in the provider’s records',
};

const KEYS = {
  current: 'the current key',
  previous: 'the previous key',
  retired: 'a key that the account no longer has',
} as const;

/** What is known of an event; what is not known is left out. */
export function EventFacts({ event }: { readonly event: WebhookEventDetail }) {
  const { phone, name, signature, effect, attempts } = event;
  const took = tookMs(event);
  return (
    <Facts>
      <Fact label="Type">
        <code>{event.type}</code>
      </Fact>
      {phone === null ? null : (
        <Fact label="About">
          {name === null ? null : <>{name}, </>}
          <span data-tabular>{formatPhone(phone)}</span>
        </Fact>
      )}
      <Fact label="Account">{event.accountName}</Fact>
      <Fact label="Received">
        <TimeText at={event.receivedAt} look="when" />, {SOURCES[event.source]}
      </Fact>
      {event.appliedAt === null ? null : (
        <Fact label="Applied">
          <TimeText at={event.appliedAt} look="when" />
          {took === undefined ? null : `, after ${lagWords(took)}`}
        </Fact>
      )}
      {attempts > 1 ? <Fact label="Attempts">{plural(attempts, 'attempt', 'attempts')}</Fact> : null}
      {effect.messageState === null || effect.messageState === 'received' ? null : (
        <Fact label="The text">{stateWord(effect.messageState).word.toLowerCase()} by now</Fact>
      )}
      {signature === null ? null : (
        <Fact label="Signed with">
          {signature.standing === null ? 'a key' : KEYS[signature.standing]} <code>{signature.key}</code>
        </Fact>
      )}
      <Fact label="Provider’s id">
        <CopyText value={event.eventId} label="Copy the provider’s id" />
      </Fact>
      <Fact label="Id">
        <CopyText value={event.id} label="Copy the id" />
      </Fact>
    </Facts>
  );
}
