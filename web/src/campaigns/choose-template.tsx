import { Button } from '@mantine/core';
import { IconTemplate } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { ICON_STROKE } from '../theme.ts';

const TemplatePicker = lazy(() =>
  import('../templates/template-picker.tsx').then((file) => ({ default: file.TemplatePicker })),
);

interface ChooseTemplateProps {
  /** Of the variant that it is for. */
  readonly label: string;
  readonly onChoose: (body: string) => void;
}

/** Takes the text of a template; the campaign keeps its own copy. The picker is fetched when it is first wanted. */
export function ChooseTemplate({ label, onChoose }: ChooseTemplateProps) {
  const [wanted, setWanted] = useState(false);
  const button = (onClick: () => void) => (
    <Button
      size="xs"
      variant="subtle"
      color="gray"
      leftSection={<IconTemplate size={16} stroke={ICON_STROKE} aria-hidden />}
      aria-label={`Choose a template for variant ${label}`}
      onClick={onClick}
    >
      Template
    </Button>
  );
  if (!wanted) return button(() => setWanted(true));
  return (
    <Suspense fallback={button(() => undefined)}>
      <TemplatePicker
        position="bottom-end"
        tooltip="Take the text of a template"
        startsOpen
        onChoose={({ body }) => onChoose(body)}
        button={button}
      />
    </Suspense>
  );
}
