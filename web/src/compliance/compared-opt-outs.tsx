import { Anchor, Text } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { comparisonsQuery, differencesQuery, type OptOutComparisons, type OptOutDifference } from '../api/opt-outs.ts';
import { rowsOf } from '../api/pages.ts';
import { plural } from '../patterns/format.ts';
import { LinkRow, LinkRows } from '../patterns/link-rows.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { MoreButton } from '../patterns/more-button.tsx';
import { Section } from '../patterns/page.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { TimeText } from '../patterns/time-text.tsx';

/** What the comparison of each night found in the books of the providers, and when it last looked. */
export function ComparedOptOuts({ mayProve }: { readonly mayProve: boolean }) {
  const query = useInfiniteQuery(differencesQuery);
  const accounts = useQuery(comparisonsQuery).data?.accounts ?? [];
  const rows = rowsOf(query.data);
  return (
    <Section
      title="Found in their books"
      note={accounts.length === 0 ? 'Compared every night.' : <LastCompared accounts={accounts} />}
    >
      <Loaded query={query} what="What the comparison found could not be loaded">
        {() =>
          rows.length === 0 ? (
            <Text size="sm" c="dimmed">
              No comparison has found an opt-out that differs.
            </Text>
          ) : (
            <>
              <LinkRows>
                {rows.map((one) => (
                  <OneDifference key={one.id} one={one} mayProve={mayProve} />
                ))}
              </LinkRows>
              <MoreButton list={query} />
            </>
          )
        }
      </Loaded>
    </Section>
  );
}

const LastCompared = ({ accounts }: { readonly accounts: OptOutComparisons['accounts'] }) =>
  accounts.map(({ accountId, accountName, last }) => (
    <div key={accountId}>
      <bdi>{accountName}</bdi>:{' '}
      {last === null ? (
        'never compared'
      ) : (
        <>
          compared <TimeText at={last.comparedAt} look="when" />, {plural(last.numbers, 'person', 'people')}
        </>
      )}
    </div>
  ));

const KINDS: Readonly<Record<OptOutDifference['kind'], string>> = {
  refused: 'Refused for their list',
  stop: 'A STOP that never reached us',
  start: 'A START that never reached us',
  accepted: 'Texted from elsewhere',
};

/** Its event is here all the same. */
const FAILED: Readonly<Partial<Record<OptOutDifference['kind'], string>>> = {
  stop: 'A STOP that could not be applied',
  start: 'A START that could not be applied',
};

function OneDifference({ one, mayProve }: { readonly one: OptOutDifference; readonly mayProve: boolean }) {
  const { phone, kind, code, eventId } = one;
  const what = (eventId === null ? undefined : FAILED[kind]) ?? KINDS[kind];
  const number = phone === null ? 'An erased person' : <PhoneNumber phone={phone} />;
  return (
    <LinkRow
      link={(className) =>
        mayProve && phone !== null ? (
          <Link to="/compliance/evidence" search={{ phone }} className={className}>
            {number}
          </Link>
        ) : (
          <Text fw={550}>{number}</Text>
        )
      }
      second={`${what}${code === null ? '' : ` · error ${code}`}`}
      outcome={
        <>
          {one.sentence}.
          {eventId !== null && (
            <>
              {' '}
              <Anchor
                inherit
                underline="always"
                renderRoot={(props) => <Link {...props} to="/operations/events/$eventId" params={{ eventId }} />}
              >
                Open the event
              </Anchor>
            </>
          )}
        </>
      }
      state={
        <Text size="sm" c="dimmed" component="div">
          <TimeText at={one.at} look="relative" />
        </Text>
      }
    />
  );
}
