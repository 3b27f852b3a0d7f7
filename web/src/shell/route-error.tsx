import { Button } from '@mantine/core';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { ErrorState } from '../patterns/error-state.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';

/** A page that failed; the rail and the top bar stay. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Page>
      <PageHeader title="This page could not be shown" />
      <ErrorState compact error={error} what="Something failed" onRetry={retry} />
    </Page>
  );
}

export function NotFoundPage() {
  return (
    <Page>
      <PageHeader
        title="There is no such page"
        summary="The address is misspelt, or what it named has been deleted."
        actions={
          <Button component={Link} to="/" variant="default">
            Go to Home
          </Button>
        }
      />
    </Page>
  );
}
