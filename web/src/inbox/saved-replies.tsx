import { ActionIcon } from '@mantine/core';
import { IconTemplate } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type Template, textPreviewQuery } from '../api/templates.ts';
import { useAction } from '../api/use-action.ts';
import { toastProblem } from '../patterns/toast.tsx';
import { TemplatePicker } from '../templates/template-picker.tsx';
import { ICON_STROKE } from '../theme.ts';

interface SavedRepliesProps {
  /** Whose name and town are filled in. */
  readonly contactId: string | undefined;
  /** The template's text as this person would get it. */
  readonly onChoose: (text: string) => void;
}

/** Templates as ready-made answers. Opens when it is first shown, because its button is what asked for it. */
export function SavedReplies({ contactId, onChoose }: SavedRepliesProps) {
  const queryClient = useQueryClient();
  const fill = useAction({
    run: (template: Template) => queryClient.fetchQuery(textPreviewQuery(template.body, { contactId })),
    onDone: (preview, template) => {
      if (preview.text === null) toastProblem(`“${template.name}” was not inserted`, new Error(preview.error?.message));
      else onChoose(preview.text);
    },
    onProblem: (error, template) => toastProblem(`“${template.name}” was not inserted`, error),
  });
  return (
    <TemplatePicker
      startsOpen
      position="top-start"
      tooltip="Insert a saved reply"
      onChoose={(template) => fill.mutate(template)}
      button={(toggle) => (
        <ActionIcon aria-label="Insert a saved reply" loading={fill.isPending} onClick={toggle}>
          <IconTemplate size={20} stroke={ICON_STROKE} />
        </ActionIcon>
      )}
    />
  );
}
