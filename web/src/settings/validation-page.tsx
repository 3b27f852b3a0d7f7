import { Button } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import {
  type NumberValidation,
  startValidation,
  validationKeys,
  validationQuery,
  validationsQuery,
} from '../api/number-validation.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { PageHeader, Section } from '../patterns/page.tsx';
import { ValidationList } from '../validation/validation-list.tsx';

/** Its fields are fetched for owners only. */
const ValidationForm = lazy(() => import('./validation-form.tsx').then((file) => ({ default: file.ValidationForm })));

/** What kind of numbers the contacts have, who says so, and whom campaigns leave out for it. */
export function ValidationPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const query = useQuery(validationQuery);
  const manager = mayAct(role, 'manager');
  return (
    <>
      <PageHeader
        title="Number validation"
        summary="Whether numbers are mobile phones, landlines, internet numbers or not in use, and whom campaigns leave out."
      />
      <Loaded query={query} what="Number validation could not be loaded">
        {(settings) => (
          <>
            <Section
              title="Contacts"
              note={
                settings.contacts === 0
                  ? 'There are no contacts yet.'
                  : `${formatCount(settings.unverifiedContacts)} of ${formatCount(settings.contacts)} have no answer, or one that is too old`
              }
              actions={manager && settings.unverifiedContacts > 0 ? <StartButton settings={settings} /> : undefined}
            >
              <ValidationList mayCancel={manager} empty={nothingYet(settings)} />
            </Section>
            {mayAct(role, 'owner') ? (
              <Suspense fallback={<LoadingSkeleton />}>
                <ValidationForm settings={settings} />
              </Suspense>
            ) : (
              <NoRight least="owner" act="change number validation" />
            )}
          </>
        )}
      </Loaded>
    </>
  );
}

const nothingYet = ({ validators }: NumberValidation): string =>
  validators.some(({ keySet }) => keySet)
    ? 'Nothing has been validated yet.'
    : 'Nothing has been validated yet. The services below need a key of yours before they answer.';

function StartButton({ settings }: { readonly settings: NumberValidation }) {
  const start = useAction({
    run: (_: undefined, key: string) => startValidation({}, key),
    touches: [validationKeys.all],
  });
  const open = useQuery(validationsQuery()).data?.data.some(
    ({ state, source }) => state === 'open' && source === 'contacts',
  );
  if (open === true) return null;
  return (
    <>
      <Button variant="default" loading={start.isPending} onClick={() => start.mutate(undefined)}>
        Validate {plural(settings.unverifiedContacts, 'number', 'numbers')}
      </Button>
      {start.error === null ? null : <ErrorState compact error={start.error} what="Not started" />}
    </>
  );
}
