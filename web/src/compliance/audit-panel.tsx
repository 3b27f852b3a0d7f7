import { Anchor, Skeleton } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type AuditEntry, auditEntryQuery } from '../api/audit.ts';
import { isProblem } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { AddressLink } from '../patterns/address-link.tsx';
import { CopyText } from '../patterns/copy-text.tsx';
import { Fact, Facts } from '../patterns/details.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatCount } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Section } from '../patterns/page.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { SidePanel } from '../patterns/side-panel.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { aboutWords, actionWords, actorWords, detailParts, subjectAddress } from './audit-words.ts';
import classes from './compliance.module.css';

const route = getRouteApi('/shell/compliance/audit-log/$entryId');

/** One entry beside the list, with everything that was recorded. */
export function AuditPanel() {
  const { entryId } = route.useParams();
  const { role } = useSuspenseQuery(meQuery).data.user;
  return mayAct(role, 'manager') ? <OneEntry key={entryId} id={entryId} /> : null;
}

/** Its seal comes within a second. */
const UNSEALED_EVERY_MS = 1_500;

function OneEntry({ id }: { readonly id: string }) {
  const navigate = route.useNavigate();
  const query = useQuery({
    ...auditEntryQuery(id),
    refetchInterval: ({ state }) => (state.data?.seal === null ? UNSEALED_EVERY_MS : false),
  });
  return (
    <SidePanel
      title={query.data === undefined ? 'Entry' : actionWords(query.data.action)}
      onClose={() => void navigate({ to: '/compliance/audit-log', search: true })}
    >
      {isProblem(query.error, 404) ? (
        <EmptyState icon={IconBan} title="No such entry">
          This address leads to no entry of the log. Nothing is ever removed from it; look for it in the list.
        </EmptyState>
      ) : (
        <Loaded query={query} what="The entry could not be loaded" skeleton={<EntrySkeleton />}>
          {(entry) => <EntryDetail entry={entry} />}
        </Loaded>
      )}
    </SidePanel>
  );
}

const EntrySkeleton = () => (
  <LoadingSkeleton>
    <div className={classes.detail}>
      <LoadingSkeleton shape="lines" count={7} />
      <Skeleton height={160} radius="md" />
    </div>
  </LoadingSkeleton>
);

function EntryDetail({ entry }: { readonly entry: AuditEntry }) {
  const { id, at, actor, action, subject, phone, seal } = entry;
  const address = subjectAddress(subject);
  const about = aboutWords(entry);
  const parts = detailParts(entry.detail);
  return (
    <div className={classes.detail}>
      <Facts>
        <Fact label="When">
          <TimeText at={at} />
        </Fact>
        <Fact label="Who">
          {actorWords(entry)}
          <small>
            <Anchor inherit renderRoot={(props) => <Link {...props} to="/compliance/audit-log" search={{ actor }} />}>
              All that they did
            </Anchor>
          </small>
        </Fact>
        <Fact label="About">
          {address === undefined ? about : <AddressLink address={address}>{about}</AddressLink>}
          <small>
            <Anchor
              inherit
              renderRoot={(props) => <Link {...props} to="/compliance/audit-log" search={{ search: subject }} />}
            >
              All that happened to it
            </Anchor>
          </small>
        </Fact>
        {phone === null ? null : (
          <Fact label="Number">
            <PhoneNumber phone={phone} />
          </Fact>
        )}
        <Fact label="Kind">
          <code>{action}</code>
        </Fact>
        <Fact label="Actor">
          <CopyText value={actor} label="Copy the actor" />
        </Fact>
        <Fact label="Subject">
          <CopyText value={subject} label="Copy the subject" />
        </Fact>
      </Facts>
      <Section title="What was recorded">
        {parts.length === 0 ? 'Nothing but the act itself.' : null}
        <Facts>
          {parts.map(({ label, value, block }) => (
            <Fact key={label} label={label}>
              {block ? <pre className={classes.block}>{value}</pre> : value}
            </Fact>
          ))}
        </Facts>
      </Section>
      <Section title="Seal">
        {seal === null ? (
          'It waits for its seal, which comes within a second while a worker runs.'
        ) : (
          <Facts>
            <Fact label="Place">{formatCount(seal.seq)}</Fact>
            <Fact label="Hash">
              <CopyText value={seal.hash} label="Copy the hash" />
            </Fact>
            <Fact label="Id">
              <CopyText value={id} label="Copy the id" />
            </Fact>
          </Facts>
        )}
      </Section>
    </div>
  );
}
