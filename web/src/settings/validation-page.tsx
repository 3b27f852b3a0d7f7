import { Button } from '@mantine/core';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { startValidation, validationKeys, validationQuery } from '../api/number-validation.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount } from '../patterns/format.ts';
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
              note={`${formatCount(settings.unverifiedContacts)} of ${formatCount(settings.contacts)} have no answer, or one that is too old`}
              actions={manager && settings.unverifiedContacts > 0 ? <StartButton /> : undefined}
            >
              <ValidationList mayCancel={manager} empty="Nothing has been validated yet." />
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

function StartButton() {
  const start = useAction({
    run: (_: undefined, key: string) => startValidation({}, key),
    touches: [validationKeys.all],
  });
  return (
    <>
      <Button variant="default" loading={start.isPending} onClick={() => start.mutate(undefined)}>
        Validate them
      </Button>
      {start.error === null ? null : <ErrorState compact error={start.error} what="Not started" />}
    </>
  );
}
