import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { operationKeys, resumeSending } from '../api/operations.ts';
import { useAction } from '../api/use-action.ts';
import { toastDone, toastProblem } from '../patterns/toast.tsx';

/** For whoever may; all campaigns go on where they stopped. */
export function ResumeSending({ size = 'sm' }: { readonly size?: 'xs' | 'sm' }) {
  const queryClient = useQueryClient();
  const resume = useAction({
    run: (_input: null) => resumeSending(),
    touches: [operationKeys.home],
    onDone: (status) => {
      queryClient.setQueryData(operationKeys.status, status);
      toastDone('Sending goes on');
    },
    onProblem: (error) => toastProblem('Sending is still paused', error),
  });
  return (
    <Button size={size} loading={resume.isPending} onClick={() => resume.mutate(null)}>
      Resume sending
    </Button>
  );
}
