import { Anchor } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type LedgerEntry, ledgerEntryQuery } from '../api/consent-ledger.ts';
import { isProblem } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { Fact, Facts } from '../patterns/details.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Section } from '../patterns/page.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { SidePanel } from '../patterns/side-panel.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import classes from './compliance.module.css';
import { actWords, fieldWords } from './ledger-words.ts';

const route = getRouteApi('/shell/compliance/consents/$consentId');

/** One event beside the list: the words that were seen, and what shows it. */
export function LedgerPanel() {
  const { consentId } = route.useParams();
  const { role } = useSuspenseQuery(meQuery).data.user;
  return mayAct(role, 'agent') ? <OneEvent key={consentId} id={consentId} /> : null;
}

function OneEvent({ id }: { readonly id: string }) {
  const navigate = route.useNavigate();
  const query = useQuery(ledgerEntryQuery(id));
  return (
    <SidePanel
      title={query.data === undefined ? 'Consent' : actWords(query.data)}
      onClose={() => void navigate({ to: '/compliance/consents', search: true })}
    >
      {isProblem(query.error, 404) ? (
        <EmptyState icon={IconBan} title="No such event">
          This address leads to nothing that was recorded. Nothing is ever removed; look for it in the list.
        </EmptyState>
      ) : (
        <Loaded
          query={query}
          what="The event could not be loaded"
          skeleton={<LoadingSkeleton shape="lines" count={9} />}
        >
          {(entry) => <EventDetail entry={entry} />}
        </Loaded>
      )}
    </SidePanel>
  );
}

function EventDetail({ entry }: { readonly entry: LedgerEntry }) {
  const { id, contact, phone, sentence, occurredAt, recordedAt, recordedBy, seller, validUntil } = entry;
  const { wording, language, evidence } = entry;
  return (
    <div className={classes.detail}>
      <p className={classes.sentence}>{sentence}.</p>
      <Facts>
        <Fact label="Number">
          <PhoneNumber phone={phone} />
          <small>
            <Anchor
              inherit
              renderRoot={(props) => <Link {...props} to="/compliance/consents" search={{ search: phone }} />}
            >
              All of this number
            </Anchor>
          </small>
        </Fact>
        {contact === null ? null : (
          <Fact label="Contact">
            <Anchor
              inherit
              renderRoot={(props) => <Link {...props} to="/contacts/$contactId" params={{ contactId: contact.id }} />}
            >
              {contact.name === phone ? 'Open the contact' : contact.name}
            </Anchor>
          </Fact>
        )}
        <Fact label="Happened">
          <TimeText at={occurredAt} />
        </Fact>
        <Fact label="Recorded">
          <TimeText at={recordedAt} />
          <small>by {recordedBy}</small>
        </Fact>
        <Fact label="To">{seller}</Fact>
        {validUntil === null ? null : (
          <Fact label="Ends">
            <TimeText at={validUntil} />
          </Fact>
        )}
        <Fact label="Id">
          <CopyText value={id} label="Copy the id" />
        </Fact>
      </Facts>
      {wording === null ? null : (
        <Section title="The words that were seen">
          <blockquote className={classes.wording} dir="auto" lang={language ?? undefined}>
            {wording}
          </blockquote>
        </Section>
      )}
      <Section title="What shows it">
        <Facts>
          {Object.entries(evidence).map(([field, value]) => (
            <Fact key={field} label={fieldWords(field)}>
              {value}
            </Fact>
          ))}
        </Facts>
      </Section>
    </div>
  );
}
