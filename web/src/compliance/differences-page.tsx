import { Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useLive } from '../api/live.ts';
import { optOutKeys, type ProviderOptOut, providerOptOutsQuery } from '../api/opt-outs.ts';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { LinkRow, LinkRows } from '../patterns/link-rows.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { ComplianceTabs } from './compliance-tabs.tsx';

/** Where the opt-outs of a provider and ours do not agree: what they know shows when they refuse a text. */
export function DifferencesPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader
        title="Provider differences"
        summary="Providers keep opt-outs of their own. Whoever they refuse is opted out here too, and compared with what we knew."
      />
      {mayAct(role, 'agent') ? (
        <Differences mayProve={mayAct(role, 'manager')} />
      ) : (
        <NoRight least="agent" act="see whom providers refuse" />
      )}
    </Page>
  );
}

function Differences({ mayProve }: { readonly mayProve: boolean }) {
  useLive('contacts', [optOutKeys.provider]);
  return (
    <>
      <Section title="They say no, we said yes" note="Texts that we should not have tried. The newest first.">
        <Refused
          unheard="true"
          mayProve={mayProve}
          empty={
            <EmptyState icon={IconCheck} title="No difference">
              No provider has refused a text for an opt-out that was not known here. One that does appears here, with
              what became of the STOP, and an alert tells of it.
            </EmptyState>
          }
        />
      </Section>
      <Section title="We knew it too" note="The text was on its way already when the opt-out came. Nothing to do.">
        <Refused
          unheard="false"
          mayProve={mayProve}
          empty={
            <Text size="sm" c="dimmed">
              No provider has refused a text for an opt-out that was known here.
            </Text>
          }
        />
      </Section>
    </>
  );
}

interface RefusedProps {
  readonly unheard: 'true' | 'false';
  readonly mayProve: boolean;
  readonly empty: ReactNode;
}

function Refused({ unheard, mayProve, empty }: RefusedProps) {
  const query = useInfiniteQuery(providerOptOutsQuery({ unheard }));
  const rows = rowsOf(query.data);
  return (
    <Loaded query={query} what="The differences could not be loaded">
      {() =>
        rows.length === 0 ? (
          empty
        ) : (
          <>
            <LinkRows>
              {rows.map((one) => (
                <OneRefused key={one.id} one={one} mayProve={mayProve} />
              ))}
            </LinkRows>
            <MoreButton list={query} />
          </>
        )
      }
    </Loaded>
  );
}

const OneRefused = ({ one, mayProve }: { readonly one: ProviderOptOut; readonly mayProve: boolean }) => (
  <LinkRow
    link={(className) => <WhoLink one={one} mayProve={mayProve} className={className} />}
    second={
      <>
        {one.contact === null ? 'No contact' : <PhoneNumber phone={one.phone} />}
        {one.accountName === null ? null : (
          <>
            {' '}
            · <bdi>{one.accountName}</bdi>
          </>
        )}
        {one.code === null ? null : ` · error ${one.code}`}
      </>
    }
    outcome={
      <>
        {one.sentence}.
        <LastSaid one={one} />
        {one.liftedAt === null ? null : (
          <>
            {' '}
            In force no more since <TimeText at={one.liftedAt} look="when" />.
          </>
        )}
      </>
    }
    state={
      <Text size="sm" c="dimmed" component="div">
        <TimeText at={one.refusedAt} look="relative" />
      </Text>
    }
  />
);

interface WhoLinkProps {
  readonly one: ProviderOptOut;
  readonly mayProve: boolean;
  readonly className: string | undefined;
}

/** Leads to the contact; of a number that is none, to what is known of it. */
function WhoLink({ one: { contact, phone }, mayProve, className }: WhoLinkProps) {
  const number = <PhoneNumber phone={phone} />;
  if (contact !== null)
    return (
      <Link to="/contacts/$contactId" params={{ contactId: contact.id }} className={className}>
        {contact.name === phone ? number : <bdi>{contact.name}</bdi>}
      </Link>
    );
  if (!mayProve) return <Text fw={550}>{number}</Text>;
  return (
    <Link to="/compliance/evidence" search={{ phone }} className={className}>
      {number}
    </Link>
  );
}

function LastSaid({ one: { lastSaid, lastSaidAt } }: { readonly one: ProviderOptOut }) {
  if (lastSaid === null || lastSaidAt === null) return null;
  return (
    <Text size="sm" c="var(--mantine-color-text)">
      “<bdi>{lastSaid}</bdi>”, <TimeText at={lastSaidAt} look="when" />
    </Text>
  );
}
