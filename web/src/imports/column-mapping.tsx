import { Select, Text, TextInput } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import type { ImportMapping } from '../api/imports.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './imports.module.css';
import { ATTRIBUTE, attributeName, type Column, FIELD_OPTIONS, ownField, targetLabel } from './mapping.ts';

interface ColumnMappingProps {
  readonly columns: readonly Column[];
  readonly mapping: ImportMapping;
  readonly onChange: (mapping: ImportMapping) => void;
  readonly readOnly: boolean;
}

/** One line per column of the file: its name, its first values, and what they become. */
export function ColumnMapping({ columns, mapping, onChange, readOnly }: ColumnMappingProps) {
  return (
    <ul className={classes.columns}>
      {columns.map((column) => (
        <ColumnLine
          key={column.index}
          column={column}
          target={mapping[String(column.index)] ?? 'ignore'}
          onChange={(target) => onChange({ ...mapping, [String(column.index)]: target })}
          readOnly={readOnly}
        />
      ))}
    </ul>
  );
}

const OWN = 'own';
const CHOICES = [
  { group: 'Field of the contact', items: [...FIELD_OPTIONS] },
  {
    group: 'Other',
    items: [
      { value: OWN, label: 'A field of its own' },
      { value: 'ignore', label: 'Do not import' },
    ],
  },
];

interface ColumnLineProps {
  readonly column: Column;
  readonly target: string;
  readonly onChange: (target: string) => void;
  readonly readOnly: boolean;
}

function ColumnLine({ column, target, onChange, readOnly }: ColumnLineProps) {
  return (
    <li className={classes.column} data-ignored={target === 'ignore' || undefined}>
      <div className={classes.columnFrom}>
        <bdi className={classes.columnName}>{column.header}</bdi>
        <bdi className={classes.columnSamples}>{column.samples.join(' · ') || 'always empty'}</bdi>
      </div>
      <IconArrowRight size={16} stroke={ICON_STROKE} className={classes.columnArrow} aria-hidden />
      {readOnly ? (
        <Text size="sm">{inWords(target)}</Text>
      ) : (
        <Target column={column} target={target} onChange={onChange} />
      )}
    </li>
  );
}

const inWords = (target: string): string => {
  if (target === 'ignore') return 'Not imported';
  return target.startsWith(ATTRIBUTE) ? `{${targetLabel(target)}}` : targetLabel(target);
};

function Target({ column, target, onChange }: Omit<ColumnLineProps, 'readOnly'>) {
  const own = target.startsWith(ATTRIBUTE);
  return (
    <div className={classes.columnTo}>
      <Select
        aria-label={`Column ${column.header} becomes`}
        data={CHOICES}
        value={own ? OWN : target}
        allowDeselect={false}
        withScrollArea={false}
        styles={{ options: { maxHeight: 'min(24rem, 45vh)', overflowY: 'auto' } }}
        comboboxProps={{ width: 240, position: 'bottom-start', withinPortal: false }}
        onChange={(value) => {
          if (value !== null) onChange(value === OWN ? ownField(column) : value);
        }}
      />
      {own ? (
        <OwnName
          key={target}
          name={target.slice(ATTRIBUTE.length)}
          label={`Name of the field for column ${column.header}`}
          onChange={(name) => onChange(`${ATTRIBUTE}${name}`)}
        />
      ) : null}
    </div>
  );
}

interface OwnNameProps {
  readonly name: string;
  readonly label: string;
  readonly onChange: (name: string) => void;
}

/** Written as texts name it; taken when the field is left, because every change reads the file again. */
function OwnName({ name, label, onChange }: OwnNameProps) {
  const take = (written: string): void => {
    const next = attributeName(written);
    if (next !== '' && next !== name) onChange(next);
  };
  return (
    <TextInput
      aria-label={label}
      defaultValue={name}
      leftSection={<span className={classes.brace}>{'{'}</span>}
      rightSection={<span className={classes.brace}>{'}'}</span>}
      leftSectionWidth={20}
      rightSectionWidth={20}
      onBlur={(event) => {
        take(event.currentTarget.value);
        event.currentTarget.value = attributeName(event.currentTarget.value) || name;
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') event.currentTarget.blur();
      }}
    />
  );
}
