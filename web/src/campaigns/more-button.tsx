import { ActionIcon } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { AriaAttributes, MouseEventHandler, Ref } from 'react';
import { ICON_STROKE } from '../theme.ts';

interface MoreButtonProps extends AriaAttributes {
  readonly what: 'campaign' | 'draft';
  /** As high as the button to pause or resume beside it. */
  readonly large?: boolean;
  readonly loading?: boolean;
  readonly ref?: Ref<HTMLButtonElement>;
  readonly onClick?: MouseEventHandler<HTMLButtonElement>;
}

export const MoreButton = ({ what, large = false, ...others }: MoreButtonProps) => (
  <ActionIcon {...others} size={large ? 44 : 32} aria-label={`More for this ${what}`}>
    <IconDots size={20} stroke={ICON_STROKE} />
  </ActionIcon>
);
