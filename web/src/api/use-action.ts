import { type QueryKey, type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { isProblem } from './problem.ts';

interface Action<Input, Output> {
  /** Does it. `key` goes into the Idempotency-Key header of routes that take one. */
  readonly run: (input: Input, key: string) => Promise<Output>;
  /** Queries that the effect makes stale. */
  readonly touches?: readonly QueryKey[];
  readonly onDone?: (output: Output, input: Input) => void;
  readonly onProblem?: (error: Error, input: Input) => void;
}

/**
 * A click that changes something. The idempotency key belongs to the intention: retries keep it, and so does a second click with
 * the same input after an answer was lost, because the first one may have worked.
 */
export function useAction<Input, Output>(action: Action<Input, Output>): UseMutationResult<Output, Error, Input> {
  const queryClient = useQueryClient();
  const intent = useRef<{ readonly input: string; readonly key: string } | null>(null);
  return useMutation<Output, Error, Input>({
    mutationFn: (input) => {
      const text = JSON.stringify(input) ?? '';
      if (intent.current?.input !== text) intent.current = { input: text, key: crypto.randomUUID() };
      return action.run(input, intent.current.key);
    },
    onSuccess: async (output, input) => {
      intent.current = null;
      action.onDone?.(output, input);
      await Promise.all((action.touches ?? []).map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    },
    onError: (error, input) => {
      if (!isProblem(error) || !error.outcomeUnknown) intent.current = null;
      action.onProblem?.(error, input);
    },
  });
}
