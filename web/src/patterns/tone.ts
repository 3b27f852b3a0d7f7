import type { CSSProperties } from 'react';
import type { Tone } from '../theme.ts';

/** Sets `--tone-text`, `--tone-fill` and `--tone-soft` for an element and what is in it. */
export const toneStyle = (tone: Tone): CSSProperties =>
  ({
    '--tone-text': `var(--tone-${tone}-text)`,
    '--tone-fill': `var(--tone-${tone}-fill)`,
    '--tone-soft': `var(--tone-${tone}-soft)`,
  }) as CSSProperties;
