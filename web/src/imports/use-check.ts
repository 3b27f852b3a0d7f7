import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { type Import, type ImportMapping, importKeys, previewImport } from '../api/imports.ts';
import { useAction } from '../api/use-action.ts';
import { mappingOf, mappingProblem, sameMapping } from './mapping.ts';

/** A file up to this size is read again at once when its columns change; a larger one when asked. */
const AT_ONCE_BYTES_MAX = 4 * 1024 ** 2;

/** Reads an uploaded file without importing it: when its page opens, and again whenever its columns change. */
export function useCheck(run: Import, mayCheck: boolean) {
  const queryClient = useQueryClient();
  const [chosen, setChosen] = useState<ImportMapping | undefined>();
  const checked = run.preview === null ? undefined : mappingOf(run.preview.columns);
  const mapping = chosen ?? checked;
  const check = useAction({
    run: (wanted: ImportMapping | undefined) => previewImport(run.id, wanted === undefined ? {} : { mapping: wanted }),
    onDone: (next) => queryClient.setQueryData(importKeys.one(run.id), next),
  });
  const { mutate } = check;
  const begun = useRef(false);
  useEffect(() => {
    if (run.preview !== null || !mayCheck || begun.current) return;
    begun.current = true;
    mutate(undefined);
  }, [run.preview, mayCheck, mutate]);

  const stale = mapping !== undefined && checked !== undefined && !sameMapping(mapping, checked);
  const change = (next: ImportMapping): void => {
    setChosen(next);
    if (run.fileBytes <= AT_ONCE_BYTES_MAX && mappingProblem(next) === undefined) mutate(next);
  };
  return {
    mapping,
    change,
    again: () => mutate(mapping),
    busy: check.isPending,
    error: check.error,
    /** The counts on screen belong to other columns than the chosen ones. */
    stale,
    problem: mapping === undefined ? undefined : mappingProblem(mapping),
  };
}
