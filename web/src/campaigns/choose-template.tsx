import { Button } from '@mantine/core';
import { IconTemplate } from '@tabler/icons-react';
import { TemplatePicker } from '../templates/template-picker.tsx';
import { ICON_STROKE } from '../theme.ts';

interface ChooseTemplateProps {
  /** Of the variant that it is for. */
  readonly label: string;
  readonly onChoose: (body: string) => void;
}

/** Takes the text of a template; the campaign keeps its own copy. */
export const ChooseTemplate = ({ label, onChoose }: ChooseTemplateProps) => (
  <TemplatePicker
    position="bottom-end"
    tooltip="Take the text of a template"
    onChoose={({ body }) => onChoose(body)}
    button={(toggle) => (
      <Button
        size="xs"
        variant="subtle"
        color="gray"
        leftSection={<IconTemplate size={16} stroke={ICON_STROKE} aria-hidden />}
        aria-label={`Choose a template for variant ${label}`}
        onClick={toggle}
      >
        Template
      </Button>
    )}
  />
);
