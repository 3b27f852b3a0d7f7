import { Button } from '@mantine/core';
import type { ReactNode } from 'react';

interface MoreButtonProps {
  readonly list: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
  readonly children?: ReactNode;
}

/** Under a short list that comes in pages: the next one; nothing when all of it is there. */
export const MoreButton = ({ list, children = 'Show more' }: MoreButtonProps) =>
  list.hasNextPage ? (
    <Button
      size="xs"
      variant="default"
      w="fit-content"
      loading={list.isFetchingNextPage}
      onClick={() => void list.fetchNextPage()}
    >
      {children}
    </Button>
  ) : null;
