import { Button } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { IconDownload, IconPhoneOff, IconSearchOff } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useLive } from '../api/live.ts';
import {
  numbersFile,
  type Validation,
  validatedNumbersQuery,
  validationBatchQuery,
  validationKeys,
} from '../api/number-validation.ts';
import { rowsOf } from '../api/pages.ts';
import { isProblem } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { ICON_STROKE, PHONE_QUERY } from '../theme.ts';
import { NUMBER_COLUMNS, NumberPhoneRow } from './number-columns.tsx';
import { kindChoices, outcomeWords, sourceWords, stateWords } from './validation-words.ts';

const route = getRouteApi('/shell/number-validation/$validationId');

/** What became of each number of one validation. */
export function NumbersPage() {
  const { validationId } = route.useParams();
  const { role } = useSuspenseQuery(meQuery).data.user;
  const query = useQuery(validationBatchQuery(validationId));
  useLive('number_validation', [validationKeys.all]);
  if (isProblem(query.error, 404)) return <NoValidation />;
  const batch = query.data;
  return (
    <Page width="fill">
      <PageHeader
        title="Validated numbers"
        summary={batch === undefined ? '\u00a0' : <Summary batch={batch} />}
        actions={mayAct(role, 'manager') ? <Export id={validationId} /> : null}
      />
      {mayAct(role, 'agent') ? (
        <Loaded query={query} what="The validation could not be loaded">
          {(found) => <Numbers batch={found} />}
        </Loaded>
      ) : (
        <NoRight least="agent" act="see the numbers of people" />
      )}
    </Page>
  );
}

const Summary = ({ batch }: { readonly batch: Validation }) => (
  <>
    {sourceWords(batch)}, <TimeText at={batch.createdAt} look="when" />. {stateWords(batch)}
    {batch.done === 0 ? '' : `. ${outcomeWords(batch)}`}
  </>
);

function Export({ id }: { readonly id: string }) {
  const { outcome } = route.useSearch();
  const phone = useMediaQuery(PHONE_QUERY, undefined, { getInitialValueInEffect: false });
  if (phone) return null;
  return (
    <Button
      component="a"
      href={numbersFile(id, outcome)}
      download
      variant="default"
      leftSection={<IconDownload size={16} stroke={ICON_STROKE} aria-hidden />}
    >
      {outcome === undefined ? 'Export all' : 'Export these'}
    </Button>
  );
}

function Numbers({ batch }: { readonly batch: Validation }) {
  const { outcome } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useInfiniteQuery({ ...validatedNumbersQuery(batch.id, outcome), placeholderData: keepPreviousData });
  const rows = rowsOf(query.data);
  const show = (chosen: string | undefined): void =>
    void navigate({ search: chosen === undefined ? {} : { outcome: chosen }, replace: true });
  return (
    <>
      <FilterChips
        filters={[{ name: 'outcome', label: 'Kind', value: outcome, options: kindChoices(batch) }]}
        onChange={(_, value) => show(value)}
      />
      <Loaded query={query} what="The numbers could not be loaded">
        {() =>
          rows.length > 0 ? (
            <VirtualTable
              label="Numbers"
              rows={rows}
              rowId={({ phone }) => phone}
              columns={NUMBER_COLUMNS}
              phoneRow={(number) => <NumberPhoneRow number={number} />}
              onOpen={({ contact }) =>
                contact === null
                  ? undefined
                  : void navigate({ to: '/contacts/$contactId', params: { contactId: contact.id }, search: {} })
              }
              more={moreOf(query)}
            />
          ) : (
            <EmptyState
              icon={IconSearchOff}
              title="No number of this kind"
              actions={
                outcome === undefined ? undefined : (
                  <Button variant="default" onClick={() => show(undefined)}>
                    Show all kinds
                  </Button>
                )
              }
            >
              What is known of a number shows here as soon as it is answered.
            </EmptyState>
          )
        }
      </Loaded>
    </>
  );
}

const NoValidation = () => (
  <Page>
    <PageHeader title="Validated numbers" />
    <EmptyState
      icon={IconPhoneOff}
      title="No such validation"
      actions={
        <Button renderRoot={(props) => <Link {...props} to="/settings/number-validation" />}>
          See all validations
        </Button>
      }
    >
      This address leads to no validation; old ones are deleted with the history.
    </EmptyState>
  </Page>
);
