import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { importKeys, uploadSampleImport } from '../api/imports.ts';
import { useAction } from '../api/use-action.ts';
import { toastProblem } from '../patterns/toast.tsx';

/** Takes the sample file as if it had been uploaded, and shows what importing it would do. */
export function SampleImportButton({ variant = 'default' }: { readonly variant?: 'default' | 'subtle' }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const action = useAction({
    run: () => uploadSampleImport(),
    touches: [importKeys.list],
    onDone: (run) => {
      queryClient.setQueryData(importKeys.one(run.id), run);
      void navigate({ to: '/imports/$importId', params: { importId: run.id } });
    },
    onProblem: (error) => toastProblem('The sample contacts were not loaded', error),
  });
  return (
    <Button variant={variant} loading={action.isPending} onClick={() => action.mutate(undefined)}>
      Load the sample contacts
    </Button>
  );
}
