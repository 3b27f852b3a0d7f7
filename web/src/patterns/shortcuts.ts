import { useEffect, useRef, useSyncExternalStore } from 'react';

export interface Shortcut {
  /** `j`, `?`, `mod+k` (Ctrl, or Cmd on a Mac), `shift+e`, `g c` (one after the other), `Escape`, `ArrowDown`. */
  readonly keys: string;
  readonly label: string;
  readonly run: () => void;
  /** Works in text fields too; only for combinations with `mod`. */
  readonly whileTyping?: boolean;
}
interface Group {
  readonly name: string;
  readonly shortcuts: readonly Shortcut[];
}

/** Name of the shell's own group, which works on every page. */
export const EVERYWHERE = 'Everywhere';
/** Longest pause between the two keys of a sequence. */
const SEQUENCE_MS = 900;

let groups: readonly Group[] = [];
const listeners = new Set<() => void>();
function change(next: readonly Group[]): void {
  groups = next;
  for (const listener of listeners) listener();
}

/** All that work right now, for the list under `?`. The page's own come last registered, so they win over the shell's. */
export const useShortcutGroups = (): readonly Group[] =>
  useSyncExternalStore(
    (call) => {
      listeners.add(call);
      return () => listeners.delete(call);
    },
    () => groups,
  );

/** Shortcuts that work while the component is mounted; `name` is their heading in the list under `?`. */
export function useShortcuts(name: string, shortcuts: readonly Shortcut[]): void {
  const latest = useRef(shortcuts);
  latest.current = shortcuts;
  const listed = shortcuts.map((shortcut) => `${shortcut.keys}\t${shortcut.label}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: keys and labels decide; the functions are read when a key is pressed.
  useEffect(() => {
    const group: Group = {
      name,
      shortcuts: latest.current.map((shortcut, index) => ({ ...shortcut, run: () => latest.current[index]?.run() })),
    };
    change([...groups, group]);
    return () => change(groups.filter((other) => other !== group));
  }, [name, listed]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));
const inDialog = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('[role="dialog"]') !== null;

/** `mod+k`, `shift+e`, `?`: the way shortcuts are written. Shift is named only for letters, where it makes no other character. */
export function pressed(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey'>): string {
  const letter = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (event.key.length > 1 || letter !== event.key) ? 'shift+' : '';
  return `${event.ctrlKey || event.metaKey ? 'mod+' : ''}${event.altKey ? 'alt+' : ''}${shift}${letter}`;
}

/** Listens for the keys of everything registered; the shell calls it once. */
export function useShortcutKeys(): void {
  useEffect(() => {
    let before = { key: '', atMs: 0 };
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing) return;
      const key = pressed(event);
      const sequence = event.timeStamp - before.atMs < SEQUENCE_MS ? `${before.key} ${key}` : '';
      before = { key, atMs: event.timeStamp };
      const all = groups.toReversed().flatMap((group) => group.shortcuts);
      const found = all.find((one) => one.keys === sequence) ?? all.find((one) => one.keys === key);
      if (found === undefined) return;
      if (found.whileTyping !== true && (isTyping(event.target) || inDialog(event.target))) return;
      event.preventDefault();
      before = { key: '', atMs: 0 };
      found.run();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
}

const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.userAgent);
const SIGNS: Readonly<Record<string, string>> = {
  shift: '⇧',
  alt: 'Alt',
  Escape: 'Esc',
  Enter: '↵',
  ArrowDown: '↓',
  ArrowUp: '↑',
};

/** The keys of a shortcut as they are printed: `mod+k` is `['⌘', 'K']` on a Mac and `['Ctrl', 'K']` elsewhere. */
export const keySigns = (keys: string): readonly string[] =>
  keys
    .split(/[+ ]/)
    .map((key) =>
      key === 'mod' ? (isMac() ? '⌘' : 'Ctrl') : (SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key)),
    );
