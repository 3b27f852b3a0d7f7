import { Text } from '@mantine/core';
import { type ReactNode, useRef } from 'react';
import type { TextPreview } from '../api/templates.ts';
import { PartsCounter } from '../patterns/parts-counter.tsx';
import { PhonePreview } from '../patterns/phone-preview.tsx';

interface TextPhoneProps {
  /** Undefined until the first answer. */
  readonly preview: TextPreview | undefined;
  readonly from: string;
  readonly head?: ReactNode;
  /** Without it the parts are counted elsewhere on the page. */
  readonly counter?: boolean;
}

/** The previewed text on a phone. While it cannot be made, the last one that could be stays, under a word about it. */
export function TextPhone({ preview, from, head, counter = true }: TextPhoneProps) {
  const last = useRef('');
  if (preview !== undefined && preview.text !== null) last.current = preview.text;
  const text = preview?.text ?? last.current;
  const bubbles = text.trim() === '' ? [] : [{ id: 'text', direction: 'out' as const, text }];
  return (
    <PhonePreview
      from={from}
      head={head}
      bubbles={bubbles}
      foot={preview === undefined ? undefined : <Foot preview={preview} counter={counter} />}
    />
  );
}

function Foot({ preview, counter }: { readonly preview: TextPreview; readonly counter: boolean }) {
  if (preview.text !== null) return counter && preview.text.trim() !== '' ? <PartsCounter {...preview} /> : null;
  return (
    <Text size="xs" c="var(--tone-amber-text)">
      {preview.fields.length > 0 ? 'This person would not get the text' : 'As it was before the mistake'}
    </Text>
  );
}
