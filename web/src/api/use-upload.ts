import { useEffect, useRef, useState } from 'react';
import type { UploadWatch } from './upload-file.ts';

export type UploadState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending'; readonly file: File; readonly share: number }
  | { readonly kind: 'refused'; readonly file: File; readonly sentence: string }
  | { readonly kind: 'failed'; readonly file: File; readonly error: unknown };

interface Upload<Answer> {
  readonly send: (file: File, watch: UploadWatch) => Promise<Answer>;
  /** What need not be sent to know that it will be refused. The content is the server's to judge: names say little. */
  readonly refusal: (file: File) => string | undefined;
  readonly onDone: (answer: Answer) => void;
  readonly onProblem?: () => void;
}

/** Sends one file. Leaving the page stops the upload. */
export function useUpload<Answer>({ send, refusal, onDone, onProblem }: Upload<Answer>) {
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
      const answer = await send(file, { signal, onProgress: (share) => setState({ kind: 'sending', file, share }) });
      onDone(answer);
    } catch (error) {
      setState(signal.aborted ? { kind: 'idle' } : { kind: 'failed', file, error });
      onProblem?.();
    }
  };
  return {
    state,
    start: (file: File) => void start(file),
    stop: () => stopper.current?.abort(),
    /** For the next file, where the page stays. */
    reset: () => setState({ kind: 'idle' }),
  };
}
