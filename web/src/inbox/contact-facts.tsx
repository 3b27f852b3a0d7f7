import { Badge, Button, Text, Title } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { type UseQueryResult, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type Contact, contactKeys, contactName, contactTimelineQuery, createContact } from '../api/contacts.ts';
import { type Conversation, conversationsQuery, inboxKeys } from '../api/inbox.ts';
import { rowsOf } from '../api/pages.ts';
import { useProductClock } from '../api/product-clock.ts';
import { useAction } from '../api/use-action.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatPhone } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastProblem } from '../patterns/toast.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './contact-facts.module.css';
import { localTimes } from './quiet-hint.ts';

interface ContactFactsProps {
  readonly conversation: Conversation;
  readonly contact: Pick<UseQueryResult<Contact>, 'data' | 'error' | 'refetch'>;
  readonly mayAdd: boolean;
}

/** Who it is, and what they have had from us. */
export function ContactFacts({ conversation, contact, mayAdd }: ContactFactsProps) {
  const { contactId } = conversation;
  if (contactId === null) return <Stranger conversation={conversation} mayAdd={mayAdd} />;
  if (contact.data === undefined)
    return contact.error === null ? (
      <LoadingSkeleton shape="lines" count={5} />
    ) : (
      <ErrorState
        compact
        error={contact.error}
        what="The person could not be loaded"
        onRetry={() => void contact.refetch()}
      />
    );
  return (
    <div className={classes.facts}>
      <Person contact={contact.data} />
      <CampaignTexts contactId={contactId} />
      <OtherThreads conversation={conversation} contactId={contactId} />
    </div>
  );
}

function Person({ contact }: { readonly contact: Contact }) {
  const clock = useProductClock(60_000);
  const { id, phone, company, email, street, city, state, postalCode, tags, zones, suppressed } = contact;
  const name = contactName(contact) || formatPhone(phone);
  const town = [city, [state, postalCode].filter(Boolean).join(' ')].filter(Boolean).join(', ');
  return (
    <section className={classes.section} aria-label="Person">
      <div>
        <Title order={3} size="h2" className={classes.name} dir="auto">
          {name}
        </Title>
        {company === null || company === name ? null : (
          <Text size="sm" c="dimmed" className={classes.name} dir="auto">
            {company}
          </Text>
        )}
      </div>
      {suppressed === null ? null : (
        <Text size="sm" component="div">
          <StateBadge state="opted_out" /> since <TimeText at={suppressed.since} look="when" />
        </Text>
      )}
      <dl className={classes.list}>
        <Fact label="Number">
          <PhoneNumber phone={phone} /> <CopyText value={phone} label="Copy the number" quiet />
        </Fact>
        {email === null ? null : (
          <Fact label="E-mail">
            <a href={`mailto:${email}`}>
              {email.split('@')[0]}@<wbr />
              {email.split('@').slice(1).join('@')}
            </a>
          </Fact>
        )}
        {street === null && town === '' ? null : (
          <Fact label="Address">
            {street}
            {street !== null && town !== '' ? <br /> : null}
            {town}
          </Fact>
        )}
        {zones.length === 0 ? null : <Fact label="Time there">{localTimes(zones, clock.nowMs).join(' or ')}</Fact>}
        {tags.length === 0 ? null : (
          <Fact label="Tags">
            <span className={classes.tags}>
              {tags.map((tag) => (
                <Badge key={tag} color="gray">
                  {tag}
                </Badge>
              ))}
            </span>
          </Fact>
        )}
      </dl>
      <Button
        variant="default"
        size="xs"
        className={classes.open}
        renderRoot={(props) => <Link to="/contacts/$contactId" params={{ contactId: id }} {...props} />}
      >
        Open the contact
      </Button>
    </section>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

const CAMPAIGN_TEXTS_MAX = 5;

/** What campaigns have sent to this person, or left out and why. */
function CampaignTexts({ contactId }: { readonly contactId: string }) {
  const query = useInfiniteQuery(contactTimelineQuery(contactId));
  const entries = rowsOf(query.data)
    .filter(({ kind, campaign }) => campaign !== null && (kind === 'text_out' || kind === 'skipped'))
    .slice(0, CAMPAIGN_TEXTS_MAX);
  if (query.data === undefined && query.error === null) return <LoadingSkeleton shape="lines" count={2} />;
  return (
    <section className={classes.section} aria-label="Campaigns">
      <Title order={3} size="h4">
        Campaigns
      </Title>
      {query.error === null ? null : (
        <ErrorState compact error={query.error} what="Not loaded" onRetry={() => void query.refetch()} />
      )}
      {query.data !== undefined && entries.length === 0 ? (
        <Text size="sm" c="dimmed">
          No campaign has texted this person.
        </Text>
      ) : null}
      <ul className={classes.campaigns}>
        {entries.map((entry) => (
          <li key={`${entry.at} ${entry.kind} ${entry.campaign?.id}`}>
            {entry.campaign === null ? null : (
              <Link to="/campaigns/$campaignId" params={{ campaignId: entry.campaign.id }}>
                {entry.campaign.name}
              </Link>
            )}
            <span>
              <StateBadge
                state={entry.kind === 'skipped' ? 'skipped' : (entry.state ?? 'sent')}
                look="plain"
                reason={entry.kind === 'skipped' ? entry.text : null}
              />{' '}
              <TimeText at={entry.at} look="relative" />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The same person may have written to another of our numbers. */
function OtherThreads({
  conversation,
  contactId,
}: {
  readonly conversation: Conversation;
  readonly contactId: string;
}) {
  const query = useInfiniteQuery(conversationsQuery({ view: 'all', contactId }));
  const others = rowsOf(query.data).filter((other) => other.id !== conversation.id);
  if (others.length === 0) return null;
  return (
    <section className={classes.section} aria-label="Other conversations">
      <Title order={3} size="h4">
        Also wrote to
      </Title>
      <Text size="sm">
        {others.map((other, index) => (
          <span key={other.id}>
            {index === 0 ? '' : ', '}
            <Link to="/inbox/$conversationId" params={{ conversationId: other.id }} search={true}>
              {other.laneName}
            </Link>
          </span>
        ))}
      </Text>
    </section>
  );
}

function Stranger({ conversation, mayAdd }: { readonly conversation: Conversation; readonly mayAdd: boolean }) {
  const navigate = useNavigate();
  const add = useAction({
    run: (phone: string, key) => createContact({ phone }, key),
    touches: [contactKeys.all, inboxKeys.all],
    onDone: ({ id }) => void navigate({ to: '/contacts/$contactId', params: { contactId: id } }),
    onProblem: (error) => toastProblem('The contact was not added', error),
  });
  return (
    <section className={classes.section} aria-label="Person">
      <Title order={3} size="h2">
        <PhoneNumber phone={conversation.phone} />
      </Title>
      <Text size="sm" c="dimmed">
        This number is not among your contacts.
      </Text>
      {mayAdd ? (
        <Button
          variant="default"
          size="xs"
          className={classes.open}
          loading={add.isPending}
          leftSection={<IconUserPlus size={16} stroke={ICON_STROKE} aria-hidden />}
          onClick={() => add.mutate(conversation.phone)}
        >
          Add to the contacts
        </Button>
      ) : null}
    </section>
  );
}
