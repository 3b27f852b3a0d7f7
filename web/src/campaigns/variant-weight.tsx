import { ActionIcon, Text, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useId } from 'react';
import { DigitsInput } from '../patterns/digits-input.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './builder.module.css';
import type { DraftVariant } from './draft-form.ts';

const WEIGHT_MAX = 1_000;

interface VariantWeightProps {
  readonly variant: DraftVariant;
  readonly readOnly: boolean;
  /** "50%". */
  readonly share: string;
  readonly onChange: (weight: number) => void;
  readonly onRemove: (() => void) | undefined;
}

/** How much of the audience a variant gets, and the way to take it off. Fetched once there is something to compare. */
export default function VariantWeight({ variant, share, readOnly, onChange, onRemove }: VariantWeightProps) {
  const id = useId();
  return (
    <div className={classes.weightLine}>
      <label htmlFor={id}>Weight</label>
      <DigitsInput
        id={id}
        size="xs"
        className={classes.weight ?? ''}
        aria-label={`Weight of variant ${variant.label}`}
        min={1}
        max={WEIGHT_MAX}
        readOnly={readOnly}
        value={variant.weight}
        onChange={(weight) => {
          if (weight !== undefined) onChange(weight);
        }}
      />
      <Text span size="xs" c="dimmed" data-tabular>
        {share} of the people
      </Text>
      {onRemove === undefined ? null : (
        <Tooltip label={`Remove variant ${variant.label}`}>
          <ActionIcon
            className={classes.remove ?? ''}
            aria-label={`Remove variant ${variant.label}`}
            onClick={onRemove}
          >
            <IconTrash size={16} stroke={ICON_STROKE} />
          </ActionIcon>
        </Tooltip>
      )}
    </div>
  );
}
