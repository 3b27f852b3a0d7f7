import { Figure, Figures } from '../patterns/figure.tsx';
import type { Counts } from './import-words.ts';

interface ImportFiguresProps {
  readonly counts: Counts;
  readonly suppressedKept?: number;
  readonly erasedKept?: number | undefined;
  readonly outsideUs?: number;
}

/** What becomes of the rows of a file. Zeros that say nothing are left out. */
export function ImportFigures({ counts, suppressedKept = 0, erasedKept = 0, outsideUs = 0 }: ImportFiguresProps) {
  const { rows, created, updated, unchanged, merged, refused } = counts;
  return (
    <Figures>
      <Figure label="New" count={created} tone="teal" note="contacts" />
      <Figure label="Updated" count={updated} tone="blue" note="filled in or changed" />
      <Figure label="Unchanged" count={unchanged} tone="grey" note="already exactly so" />
      {merged === 0 ? null : (
        <Figure label="Merged rows" count={merged} tone="grey" note="same number as another row" />
      )}
      <Figure
        label="Refused rows"
        count={refused}
        tone={refused === 0 ? 'grey' : 'red'}
        of={{ count: rows, word: 'rows' }}
      />
      {suppressedKept === 0 ? null : (
        <Figure label="Opted out before" count={suppressedKept} tone="dark" note="stay opted out" />
      )}
      {erasedKept === 0 ? null : (
        <Figure label="Erased before" count={erasedKept} tone="dark" note="back, and opted out until they text START" />
      )}
      {outsideUs === 0 ? null : (
        <Figure label="Outside the US" count={outsideUs} tone="amber" note="kept, but not texted by campaigns" />
      )}
    </Figures>
  );
}
