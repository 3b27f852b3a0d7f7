import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './phone-preview.module.css';

export interface PreviewBubble {
  readonly id: string;
  /** `out` is the business's text, which arrives at the left of the recipient's phone. */
  readonly direction: 'out' | 'in';
  readonly text: string;
}

interface PhonePreviewProps {
  /** Who the text comes from: the number's name or the number. */
  readonly from: string;
  readonly bubbles: readonly PreviewBubble[];
  /** Above the phone: whose phone it is, with a way to see the next person's. */
  readonly head?: ReactNode;
  /** Under it: parts counter, warnings. */
  readonly foot?: ReactNode;
}

/** The text as it looks on the recipient's phone, in any script and direction. */
export function PhonePreview({ from, bubbles, head, foot }: PhonePreviewProps) {
  return (
    <figure className={classes.preview}>
      {head}
      <div className={classes.phone}>
        <div className={classes.bar}>
          <span className={classes.camera} aria-hidden />
          <Text size="xs" fw={600} truncate>
            {from}
          </Text>
        </div>
        <div className={classes.screen}>
          {bubbles.map((bubble) => (
            <p key={bubble.id} className={classes.bubble} data-direction={bubble.direction} dir="auto">
              {bubble.text}
            </p>
          ))}
        </div>
      </div>
      {foot === undefined ? null : <figcaption>{foot}</figcaption>}
    </figure>
  );
}
