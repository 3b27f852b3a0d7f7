import { Code, Text } from '@mantine/core';
import { IconAlertTriangle, IconBulb, IconCheck } from '@tabler/icons-react';
import type { TextPreview } from '../api/templates.ts';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE, type Tone } from '../theme.ts';
import classes from './templates.module.css';

type Field = TextPreview['fields'][number];

interface FieldsUsedProps {
  readonly fields: readonly Field[];
  readonly warnings: readonly string[];
}

/** Each field of a text and what happens for those who lack it. */
export function FieldsUsed({ fields, warnings }: FieldsUsedProps) {
  return (
    <ul className={classes.fields}>
      {fields.map((field) => {
        const { icon: FieldIcon, tone, says } = verdict(field, warnings);
        return (
          <li key={field.name} style={toneStyle(tone)}>
            <FieldIcon size={16} stroke={ICON_STROKE} aria-hidden />
            <Code>{`{${field.name}}`}</Code>
            <Text span size="sm" c="dimmed">
              {says}
            </Text>
          </li>
        );
      })}
    </ul>
  );
}

function verdict(field: Field, warnings: readonly string[]) {
  const looks = {
    good: { icon: IconCheck, tone: 'green' },
    risky: { icon: IconBulb, tone: 'amber' },
    wrong: { icon: IconAlertTriangle, tone: 'red' },
  } as const satisfies Record<string, { readonly tone: Tone; readonly icon: typeof IconCheck }>;
  if (!field.known)
    return {
      ...looks.wrong,
      says: field.suggestion === null ? 'no contact has such a field' : `unknown; perhaps {${field.suggestion}}`,
    };
  if (field.hasFallback) return { ...looks.good, says: 'reads well without it' };
  // The server knows conditions and fields that everyone has; without its warning there is nothing to worry about.
  return warnings.some((warning) => warning.startsWith(`{${field.name}} has no fallback`))
    ? { ...looks.risky, says: 'people without it are not texted' }
    : { ...looks.good, says: 'always there where it is shown' };
}
