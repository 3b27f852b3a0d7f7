import { Text } from '@mantine/core';
import { type DncList, dncKeys, retireDncList } from '../api/dnc-lists.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { plural } from '../patterns/format.ts';
import { toastDone } from '../patterns/toast.tsx';

interface RetireDialogProps {
  readonly list: DncList;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Nobody is kept back by a list that is retired, and it cannot be brought back. */
export default function RetireDialog({ list, opened, onClose }: RetireDialogProps) {
  const { id, name, numbers } = list;
  const retire = useAction({
    run: (one: string, key) => retireDncList(one, key),
    touches: [dncKeys.all],
    onDone: () => {
      onClose();
      toastDone(`“${name}” is retired`);
    },
  });
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={`Retire “${name}”?`}
      confirmLabel={`Ask about ${plural(numbers, 'number', 'numbers')} no more`}
      tone="red"
      typeToConfirm={name}
      busy={retire.isPending}
      error={retire.error}
      onConfirm={() => retire.mutate(id)}
    >
      <Text>
        Campaigns no longer ask it: whoever is on it, and on no other list, can be texted. Its files stay as the proof
        of what was asked. It cannot be brought back; a new list can be made.
      </Text>
    </ConfirmDialog>
  );
}
