import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { importKeys, uploadImport } from '../api/imports.ts';
import { useUpload } from '../api/use-upload.ts';

/** What the server takes. */
const FILE_BYTES_MAX = 2 * 1024 ** 3;

/** Sends one file and goes on to its import. */
export function useImportUpload() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return useUpload({
    send: uploadImport,
    refusal,
    onDone: (run) => {
      queryClient.setQueryData(importKeys.one(run.id), run);
      void queryClient.invalidateQueries({ queryKey: importKeys.list });
      void navigate({ to: '/imports/$importId', params: { importId: run.id } });
    },
  });
}

function refusal(file: File): string | undefined {
  if (file.size === 0) return `“${file.name}” is empty. Export the contacts again.`;
  if (file.size > FILE_BYTES_MAX)
    return `“${file.name}” is larger than 2 GB. Split it and import the parts one after the other.`;
  return undefined;
}
