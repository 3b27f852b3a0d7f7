import { Button } from '@mantine/core';
import { IconMapOff } from '@tabler/icons-react';
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { Page } from '../patterns/page.tsx';

/** A page that failed; the rail and the top bar stay. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = (): void => {
    reset();
    void router.invalidate();
  };
  return (
    <Page>
      <ErrorState error={error} what="This page could not be shown" onRetry={retry} />
    </Page>
  );
}

export function NotFoundPage() {
  return (
    <Page>
      <EmptyState
        icon={IconMapOff}
        title="There is no such page"
        actions={
          <Button component={Link} to="/" variant="default">
            Go to Home
          </Button>
        }
      >
        The address is misspelt, or what it named has been deleted.
      </EmptyState>
    </Page>
  );
}
