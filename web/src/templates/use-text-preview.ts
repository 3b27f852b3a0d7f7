import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type PreviewOptions, type TextPreview, textPreviewQuery } from '../api/templates.ts';

const DEBOUNCE_MS = 150;
/** What the server takes. */
export const TEXT_LENGTH_MAX = 6_400;

export interface TextPreviewState {
  /** The newest answer; it may belong to a slightly older text, see `current`. */
  readonly preview: TextPreview | undefined;
  /** Whether `preview` is about exactly this text, so that its positions fit. */
  readonly current: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

/** The text as one contact, or else a sample person, would get it, while it is being written. */
export function useTextPreview(text: string, about: PreviewOptions = {}): TextPreviewState {
  const [settled] = useDebouncedValue(text, DEBOUNCE_MS);
  const tooLong = settled.length > TEXT_LENGTH_MAX;
  const query = useQuery({ ...textPreviewQuery(settled, about), enabled: !tooLong });
  return {
    preview: query.data,
    current: settled === text && !tooLong && query.data !== undefined && !query.isPlaceholderData,
    error: query.error,
    retry: () => void query.refetch(),
  };
}
