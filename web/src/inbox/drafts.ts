import { useSyncExternalStore } from 'react';

/** What has been typed and not sent, for each conversation, kept in this browser: leaving a thread does not lose it. */
const PREFIX = 'textwright.draft.';
const listeners = new Set<() => void>();

const read = (conversationId: string): string => localStorage.getItem(PREFIX + conversationId) ?? '';

export function setDraft(conversationId: string, text: string): void {
  if (text === '') localStorage.removeItem(PREFIX + conversationId);
  else localStorage.setItem(PREFIX + conversationId, text);
  for (const listener of listeners) listener();
}

export const useDraft = (conversationId: string): string =>
  useSyncExternalStore(
    (call) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    () => read(conversationId),
  );
