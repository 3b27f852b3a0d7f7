import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef, useState } from 'react';
import { fieldProblem, isProblem, problemSentence } from '../api/problem.ts';
import { createTemplate, type Template, templateKeys, templateQuery, updateTemplate } from '../api/templates.ts';
import { useAction } from '../api/use-action.ts';
import type { SaveState } from '../patterns/save-indicator.tsx';

export interface TemplateText {
  readonly name: string;
  readonly body: string;
}

/** What is being written, apart from what is saved, until it is saved. */
export function useTemplateDraft(saved: Template | undefined, start: TemplateText) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  // The version that the draft is based on, which may be older than the newest one that is known.
  const [base, setBase] = useState<(TemplateText & { readonly version: number }) | undefined>(saved);
  const [draft, setDraft] = useState<TemplateText>({ name: start.name, body: start.body });
  const [theirs, setTheirs] = useState<Template | undefined>();
  const dirty = draft.name !== (base?.name ?? '') || draft.body !== (base?.body ?? '');
  /** Set for the navigation that saving itself causes. */
  const leaving = useRef(false);

  const save = useAction({
    run: (given: TemplateText & { readonly version: number | undefined }, key) =>
      saved === undefined || given.version === undefined
        ? createTemplate({ name: given.name.trim(), body: given.body }, key)
        : updateTemplate(saved.id, { name: given.name.trim(), body: given.body, version: given.version }),
    touches: [[...templateKeys.all, 'list']],
    onDone: (next) => {
      queryClient.setQueryData(templateKeys.one(next.id), next);
      setBase(next);
      setTheirs(undefined);
      // What was typed while the answer was on its way stays.
      setDraft((now) => (now.name.trim() === next.name ? { ...now, name: next.name } : now));
      if (saved !== undefined) return;
      leaving.current = true;
      void navigate({ to: '/templates/$templateId', params: { templateId: next.id }, replace: true });
    },
    onProblem: (error) => {
      if (saved === undefined || !isVersionConflict(error)) return;
      void queryClient.fetchQuery({ ...templateQuery(saved.id), staleTime: 0 }).then(setTheirs);
    },
  });
  const savedAt = saved?.updatedAt ?? null;
  return {
    draft,
    change: (change: Partial<TemplateText>) => setDraft((before) => ({ ...before, ...change })),
    dirty,
    leaving,
    save: () => save.mutate({ ...draft, version: base?.version }),
    busy: save.isPending,
    error: save.error === null || isVersionConflict(save.error) ? null : save.error,
    nameError: fieldProblem(save.error, '/name'),
    bodyError: fieldProblem(save.error, '/body'),
    state: saveState({ dirty, busy: save.isPending, error: save.error, savedAt }),
    /** Someone else's version, when saving found one. */
    theirs,
    takeTheirs: () => {
      if (theirs === undefined) return;
      setBase(theirs);
      setDraft({ name: theirs.name, body: theirs.body });
      setTheirs(undefined);
      save.reset();
    },
    keepMine: () => {
      if (theirs !== undefined) save.mutate({ ...draft, version: theirs.version });
    },
    putOff: () => setTheirs(undefined),
  };
}

/** A name that is taken is a conflict as well, and names its field. */
const isVersionConflict = (error: unknown): boolean =>
  isProblem(error, 409) && fieldProblem(error, '/name') === undefined;

/** What stands beside its field or in a dialog is only named here. */
function shortProblem(error: Error): string {
  if (isVersionConflict(error)) return 'someone else saved it meanwhile';
  if (fieldProblem(error, '/name') !== undefined) return 'look at the name';
  if (fieldProblem(error, '/body') !== undefined) return 'look at the text';
  return problemSentence(error);
}

function saveState(given: {
  readonly dirty: boolean;
  readonly busy: boolean;
  readonly error: Error | null;
  readonly savedAt: string | null;
}): SaveState {
  if (given.busy) return { kind: 'saving' };
  if (given.error !== null && given.dirty)
    return {
      kind: 'failed',
      sentence: shortProblem(given.error),
    };
  return given.dirty || given.savedAt === null ? { kind: 'unsaved' } : { kind: 'saved', at: given.savedAt };
}
