import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { importKeys, uploadImport } from '../api/imports.ts';

/** What the server takes. */
const FILE_BYTES_MAX = 2 * 1024 ** 3;

export type UploadState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly file: File; readonly share: number }
  | { readonly kind: 'refused'; readonly file: File; readonly sentence: string }
  | { readonly kind: 'failed'; readonly file: File; readonly error: unknown };

/** Sends one file and goes on to its import. Leaving the page stops the upload. */
export function useUpload() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [state, setState] = useState<UploadState>({ kind: 'idle' });
  const stopper = useRef<AbortController | null>(null);
  useEffect(() => () => stopper.current?.abort(), []);

  const start = async (file: File): Promise<void> => {
    const sentence = refusal(file);
    if (sentence !== undefined) {
      setState({ kind: 'refused', file, sentence });
      return;
    }
    const controller = new AbortController();
    const { signal } = controller;
    stopper.current = controller;
    setState({ kind: 'sending', file, share: 0 });
    try {
      const run = await uploadImport(file, {
        signal,
        onProgress: (share) => setState({ kind: 'sending', file, share }),
      });
      queryClient.setQueryData(importKeys.one(run.id), run);
      void queryClient.invalidateQueries({ queryKey: importKeys.list });
      void navigate({ to: '/imports/$importId', params: { importId: run.id } });
    } catch (error) {
      setState(signal.aborted ? { kind: 'idle' } : { kind: 'failed', file, error });
    }
  };
  return { state, start: (file: File) => void start(file), stop: () => stopper.current?.abort() };
}

/** What need not be sent to know that it will be refused. The content is the server's to judge: names say little. */
function refusal(file: File): string | undefined {
  if (file.size === 0) return `“${file.name}” is empty. Export the contacts again.`;
  if (file.size > FILE_BYTES_MAX)
    return `“${file.name}” is larger than 2 GB. Split it and import the parts one after the other.`;
  return undefined;
}
