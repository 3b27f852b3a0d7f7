import { Button, Group, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { Template } from '../api/templates.ts';
import { TimeText } from '../patterns/time-text.tsx';
import classes from './templates.module.css';
import type { TemplateText } from './use-template-draft.ts';

interface ConflictDialogProps {
  readonly mine: TemplateText;
  /** The newer version that saving ran into; undefined while there is none. */
  readonly theirs: Template | undefined;
  readonly busy: boolean;
  readonly onTakeTheirs: () => void;
  readonly onKeepMine: () => void;
  readonly onClose: () => void;
}

/** Someone saved the same template meanwhile: both texts side by side, and the choice. */
export function ConflictDialog({ mine, theirs, busy, onTakeTheirs, onKeepMine, onClose }: ConflictDialogProps) {
  return (
    <Modal opened={theirs !== undefined} onClose={onClose} title="Someone changed this template meanwhile" size={720}>
      {theirs === undefined ? null : (
        <Stack gap="md">
          <Text size="sm">
            It was saved <TimeText at={theirs.updatedAt} look="relative" /> by someone else, after you had opened it.
            Nothing of yours has been lost or saved.
          </Text>
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
            <Side title="Theirs, saved" text={theirs} />
            <Side title="Yours, not saved" text={mine} />
          </SimpleGrid>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Go on writing
            </Button>
            <Button variant="default" onClick={onTakeTheirs}>
              Take theirs
            </Button>
            <Button loading={busy} onClick={onKeepMine}>
              Save mine over it
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function Side({ title, text }: { readonly title: string; readonly text: TemplateText }) {
  return (
    <section aria-label={title}>
      <Title order={3} size="h4" mb={4}>
        {title}
      </Title>
      <div className={classes.side}>
        <b dir="auto">{text.name}</b>
        <p dir="auto">{text.body}</p>
      </div>
    </section>
  );
}
