import { Group, Kbd, Modal, Stack, Text, Title } from '@mantine/core';
import { EVERYWHERE, keySigns, useShortcutGroups } from '../patterns/shortcuts.ts';

/** What `?` shows: the keys of this page first, then those that work everywhere. */
export function ShortcutsDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const all = useShortcutGroups().toReversed();
  const groups = [...all.filter(({ name }) => name !== EVERYWHERE), ...all.filter(({ name }) => name === EVERYWHERE)];
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard shortcuts">
      <Stack gap="lg">
        {groups.map((group) => (
          <Stack key={group.name} gap={6}>
            <Title order={3} size="h5" c="dimmed">
              {group.name}
            </Title>
            {group.shortcuts.map((shortcut) => (
              <Group key={shortcut.keys} justify="space-between" wrap="nowrap">
                <Text size="sm">{shortcut.label}</Text>
                <Group gap={4} wrap="nowrap">
                  {keySigns(shortcut.keys).map((sign, index) => (
                    <Kbd key={`${sign}-${index === 0 ? 'first' : 'then'}`}>{sign}</Kbd>
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        ))}
      </Stack>
    </Modal>
  );
}
