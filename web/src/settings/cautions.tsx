import { IconAlertTriangle } from '@tabler/icons-react';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './sending-hours.module.css';

/** What a person should know before going on. */
export function Cautions({ sentences }: { readonly sentences: readonly string[] }) {
  return sentences.map((sentence) => (
    <p key={sentence} className={classes.caution} style={toneStyle('amber')} role="status">
      <IconAlertTriangle size={16} stroke={ICON_STROKE} aria-hidden />
      {sentence}
    </p>
  ));
}
