import { Button } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import { useRef } from 'react';
import { plural } from '../patterns/format.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './contacts.module.css';

interface NewAboveProps {
  /** How many contacts there are now; undefined while it is not known. */
  readonly total: number | undefined;
  /** Whether the list on screen is older than that. */
  readonly held: boolean;
  readonly onShow: () => void;
}

/** "14 new" over a list that stands still while someone reads further down in it. */
export function NewAbove({ total, held, onShow }: NewAboveProps) {
  const shown = useRef(total);
  if (!held) shown.current = total;
  const count = (total ?? 0) - (shown.current ?? total ?? 0);
  if (!held || count <= 0) return null;
  return (
    <div className={classes.changed} role="status">
      <Button
        size="xs"
        radius="xl"
        leftSection={<IconArrowUp size={14} stroke={ICON_STROKE} aria-hidden />}
        onClick={onShow}
      >
        {plural(count, 'new contact', 'new contacts')}
      </Button>
    </div>
  );
}
