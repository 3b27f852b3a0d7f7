import { Button } from '@mantine/core';
import { IconBraces } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type AriaAttributes, lazy, type MouseEventHandler, type Ref, Suspense, useState } from 'react';
import { contactFacetsQuery } from '../api/contacts.ts';
import { ICON_STROKE } from '../theme.ts';

const FieldMenu = lazy(() => import('./field-menu.tsx'));

/** The fields a text can hold, each inserted with a fallback for those who lack it. */
export function InsertField({ onInsert }: { readonly onInsert: (snippet: string) => void }) {
  const [menuWanted, setMenuWanted] = useState(false);
  // Asked for before the menu opens, so that it does not grow under the pointer.
  const attributes = useQuery(contactFacetsQuery).data?.attributes ?? [];
  if (!menuWanted)
    return <InsertButton aria-haspopup="menu" aria-expanded={false} onClick={() => setMenuWanted(true)} />;
  return (
    <Suspense fallback={<InsertButton />}>
      <FieldMenu attributes={attributes} onInsert={onInsert} button={(ref) => <InsertButton ref={ref} />} />
    </Suspense>
  );
}

interface InsertButtonProps extends AriaAttributes {
  readonly ref?: Ref<HTMLButtonElement>;
  readonly onClick?: MouseEventHandler<HTMLButtonElement>;
}

const InsertButton = (props: InsertButtonProps) => (
  <Button
    {...props}
    size="xs"
    variant="subtle"
    color="gray"
    leftSection={<IconBraces size={16} stroke={ICON_STROKE} aria-hidden />}
  >
    Insert field
  </Button>
);
