import { Button, Group, Text } from '@mantine/core';
import { IconUsers } from '@tabler/icons-react';
import { listWords } from '../patterns/format.ts';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './draft-conflict.module.css';
import type { DraftField } from './draft-form.ts';
import type { Draft } from './use-draft.ts';

const WORDS: Readonly<Record<DraftField, string>> = {
  name: 'the name',
  audience: 'the audience',
  consent: 'the consent',
  variants: 'the message',
  laneIds: 'the numbers',
  window: 'the hours',
  pace: 'the pace',
  priority: 'the priority',
  pointless: 'when it is pointless',
};

/** Two people in one draft: says what differs and lets this one choose. Nothing is saved until then. */
export default function DraftConflict({
  draft,
  conflict,
}: {
  readonly draft: Draft;
  readonly conflict: NonNullable<Draft['conflict']>;
}) {
  return (
    <div className={classes.conflict} style={toneStyle('amber')} role="alert">
      <IconUsers size={20} stroke={ICON_STROKE} aria-hidden />
      <Text size="sm" className={classes.words}>
        <b>Somebody else changed this draft meanwhile.</b> Theirs differs in{' '}
        {listWords(conflict.map((field) => WORDS[field]))}. Your last changes are on this page only.
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={draft.keepMine}>
          Keep my changes
        </Button>
        <Button size="xs" onClick={draft.takeTheirs}>
          Show theirs
        </Button>
      </Group>
    </div>
  );
}
