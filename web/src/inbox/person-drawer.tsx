import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';

interface PersonDrawerProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** The person, where there is no room beside the thread. */
export function PersonDrawer({ opened, onClose, children }: PersonDrawerProps) {
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      title="Person"
      size="sm"
      closeButtonProps={{ 'aria-label': 'Close' }}
      // A <header> in a portal would count as a second banner of the page.
      attributes={{ header: { role: 'presentation' } }}
    >
      {children}
    </Drawer>
  );
}
