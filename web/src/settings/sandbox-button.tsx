import { Button } from '@mantine/core';
import { connectSandbox, operationKeys } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { toastDone, toastProblem } from '../patterns/toast.tsx';

/** What the sandbox is, wherever it is offered. */
export const SANDBOX_SENTENCE = 'The sandbox is a made-up carrier on this machine: nobody real is texted.';

/** Starts with made-up numbers instead of real ones; for owners, as connecting is. */
export function SandboxButton({ variant = 'default' }: { readonly variant?: 'default' | 'subtle' }) {
  const stay = useAction({
    run: (_input: null, key) => connectSandbox(key),
    touches: [operationKeys.accounts, operationKeys.status, operationKeys.home],
    onDone: () => toastDone('The sandbox is ready: two made-up numbers, and nobody real is texted'),
    onProblem: (error) => toastProblem('The sandbox was not started', error),
  });
  return (
    <Button variant={variant} loading={stay.isPending} onClick={() => stay.mutate(null)}>
      Stay in the sandbox
    </Button>
  );
}
