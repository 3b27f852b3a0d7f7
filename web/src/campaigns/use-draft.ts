import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Campaign, campaignKeys, campaignQuery, updateCampaign } from '../api/campaigns.ts';
import { isProblem, problemSentence } from '../api/problem.ts';
import { useProductClock } from '../api/product-clock.ts';
import { useAction } from '../api/use-action.ts';
import type { SaveState } from '../patterns/save-indicator.tsx';
import {
  arrived,
  changeFor,
  type DraftField,
  type DraftFields,
  type DraftForm,
  edited,
  formOf,
  keptMine,
  notSaved,
  savable,
  saved,
  started,
  takenTheirs,
  tryAgain,
} from './draft-form.ts';

const DEBOUNCE_MS = 600;
/** After a lost connection the save is tried again by itself. */
const RETRY_MS = 4_000;

export interface Draft {
  readonly fields: DraftFields;
  readonly change: (change: Partial<DraftFields>) => void;
  /** Nothing is typed that the server does not have. */
  readonly isSaved: boolean;
  readonly revision: number;
  readonly saveState: SaveState;
  /** Saves what is typed without waiting for a pause. */
  readonly flush: () => void;
  readonly retry: (() => void) | undefined;
  /** Why the last save was refused, for the fields. */
  readonly problem: unknown;
  /** Fields that somebody else has changed at the same time; null when nobody has. */
  readonly conflict: readonly DraftField[] | null;
  readonly keepMine: () => void;
  readonly takeTheirs: () => void;
}

/** The builder's form: saves as one types, one save at a time, also when the page is left. `campaign` is the newest that is known. */
export function useDraft(campaign: Campaign): Draft {
  const queryClient = useQueryClient();
  const clock = useProductClock(60_000);
  const [form, setForm] = useState<DraftForm>(() => formOf(campaign));
  const [savedAt, setSavedAt] = useState<string | null>(null);
  // Also read when the page is left, after the last render.
  const latest = useRef(form);
  const nowMs = useRef(clock.nowMs);
  nowMs.current = clock.nowMs;
  const put = useCallback((next: DraftForm): void => {
    latest.current = next;
    setForm(next);
  }, []);

  const save = useAction({
    run: (input: { readonly fields: readonly DraftField[]; readonly body: ReturnType<typeof changeFor> }) =>
      updateCampaign(campaign.id, input.body),
    touches: [campaignKeys.list({})],
    onDone: (answer) => {
      queryClient.setQueryData(campaignKeys.one(campaign.id), answer);
      setSavedAt(new Date(nowMs.current).toISOString());
      put(saved(latest.current, answer));
    },
    onProblem: (error) => {
      put(notSaved(latest.current, error));
      // Changed, launched or deleted by somebody else: the newest version decides what this page is.
      if (isProblem(error, 409) || isProblem(error, 404))
        void queryClient.fetchQuery({ ...campaignQuery(campaign.id), staleTime: 0 }).then(
          (theirs) => put(arrived(latest.current, theirs)),
          () => queryClient.invalidateQueries({ queryKey: campaignKeys.one(campaign.id) }),
        );
    },
  });
  const mutate = useRef(save.mutate);
  mutate.current = save.mutate;
  const flush = useCallback((): void => {
    if (savable(latest.current).length === 0) return;
    const next = started(latest.current);
    put(next);
    mutate.current({ fields: next.saving, body: changeFor(next, next.saving) });
  }, [put]);

  useEffect(() => put(arrived(latest.current, campaign)), [campaign, put]);
  useEffect(() => {
    if (savable(form).length === 0) return undefined;
    const timer = setTimeout(flush, DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [form, flush]);
  useEffect(() => {
    if (!mayPass(form.problem)) return undefined;
    const timer = setTimeout(() => put(tryAgain(latest.current)), RETRY_MS);
    return () => clearTimeout(timer);
  }, [form.problem, put]);
  useLeaving(flush, latest);

  const isSaved = form.unsaved.length === 0 && form.saving.length === 0;
  return {
    fields: form.fields,
    change: (change) => put(edited(latest.current, change)),
    isSaved,
    revision: form.revision,
    saveState: saveStateOf(form, savedAt),
    flush,
    retry: form.problem === null ? undefined : () => put(tryAgain(latest.current)),
    problem: form.problem,
    conflict: form.conflict?.fields ?? null,
    keepMine: () => put(keptMine(latest.current)),
    takeTheirs: () => put(takenTheirs(latest.current)),
  };
}

const mayPass = (problem: unknown): boolean => isProblem(problem) && problem.outcomeUnknown;

function saveStateOf(form: DraftForm, savedAt: string | null): SaveState {
  if (form.conflict !== null) return { kind: 'failed', sentence: 'somebody else changed this draft' };
  if (form.problem !== null) return { kind: 'failed', sentence: problemSentence(form.problem) };
  if (form.saving.length > 0) return { kind: 'saving' };
  if (form.unsaved.length > 0) return { kind: 'unsaved' };
  return { kind: 'saved', at: savedAt };
}

/** Going to another page saves at once; closing the tab too, and asks when something could get lost. */
function useLeaving(flush: () => void, latest: { readonly current: DraftForm }): void {
  useEffect(() => {
    const onHidden = (): void => {
      if (document.visibilityState === 'hidden') flush();
    };
    const onUnload = (event: BeforeUnloadEvent): void => {
      flush();
      if (latest.current.unsaved.length > 0 || latest.current.saving.length > 0) event.preventDefault();
    };
    document.addEventListener('visibilitychange', onHidden);
    window.addEventListener('beforeunload', onUnload);
    return () => {
      document.removeEventListener('visibilitychange', onHidden);
      window.removeEventListener('beforeunload', onUnload);
      flush();
    };
  }, [flush, latest]);
}
