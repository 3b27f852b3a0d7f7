import { Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconLoader2 } from '@tabler/icons-react';
import { ICON_STROKE } from '../theme.ts';
import { TimeText } from './time-text.tsx';

export type SaveState =
  | { readonly kind: 'saved'; readonly at: string | null }
  | { readonly kind: 'unsaved' }
  | { readonly kind: 'saving' }
  | { readonly kind: 'failed'; readonly sentence: string };

/** Where a form that saves as you type stands. `at` is in the product's time (`updatedAt` of the answer). */
export function SaveIndicator({ state }: { readonly state: SaveState }) {
  return (
    <Text
      span
      size="xs"
      c={state.kind === 'failed' ? 'var(--tone-red-text)' : 'dimmed'}
      aria-live="polite"
      style={{ display: 'inline-flex', alignItems: 'center', gap: 4 }}
    >
      {content(state)}
    </Text>
  );
}

function content(state: SaveState) {
  const icon = { size: 14, stroke: ICON_STROKE, 'aria-hidden': true } as const;
  switch (state.kind) {
    case 'saved':
      return (
        <>
          <IconCheck {...icon} /> Saved {state.at === null ? null : <TimeText at={state.at} look="relative" />}
        </>
      );
    case 'unsaved':
      return <>Not saved yet</>;
    case 'saving':
      return (
        <>
          <IconLoader2 {...icon} /> Saving
        </>
      );
    case 'failed':
      return (
        <>
          <IconAlertTriangle {...icon} /> Not saved: {state.sentence}
        </>
      );
    default:
      return state satisfies never;
  }
}
