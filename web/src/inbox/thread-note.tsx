import { type Icon, IconHandStop, IconHelp, IconMessagePlus, IconOctagonMinusFilled } from '@tabler/icons-react';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE, type Tone } from '../theme.ts';
import classes from './thread.module.css';
import type { ThreadNote } from './thread-entries.ts';

const NOTES: Readonly<Record<ThreadNote, { readonly tone: Tone; readonly icon: Icon; readonly sentence: string }>> = {
  opt_out: {
    tone: 'dark',
    icon: IconOctagonMinusFilled,
    sentence: 'Understood as an opt-out. No more texts go to this number.',
  },
  opt_in: {
    tone: 'teal',
    icon: IconMessagePlus,
    sentence: 'Understood as START. An opt-out of this number is lifted.',
  },
  opt_in_wish: {
    tone: 'amber',
    icon: IconMessagePlus,
    sentence: 'Asks for texts, in other words than START: that lifts no opt-out. Ask them by phone to text START.',
  },
  help: { tone: 'grey', icon: IconHelp, sentence: 'Understood as HELP, which is answered automatically.' },
  review: { tone: 'amber', icon: IconHandStop, sentence: 'This may be an opt-out. A person decides.' },
};

/** What the product made of the text above. */
export function ThreadNoteLine({ note, reviewing }: { readonly note: ThreadNote; readonly reviewing: boolean }) {
  const { tone, icon: NoteIcon, sentence } = NOTES[note];
  const settled = note === 'review' && !reviewing;
  return (
    <p className={classes.note} style={toneStyle(settled ? 'grey' : tone)}>
      <NoteIcon size={14} stroke={ICON_STROKE} aria-hidden />
      {settled ? 'This might have been an opt-out. A person has decided.' : sentence}
    </p>
  );
}
