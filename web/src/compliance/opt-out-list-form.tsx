import { Button, FileInput, Textarea, TextInput } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import type { FormEvent, ReactNode } from 'react';
import { ICON_STROKE } from '../theme.ts';
import classes from './compliance.module.css';

/** What a person has chosen or pasted, before it is sent. */
export interface GivenList {
  readonly file: File | null;
  readonly pasted: string;
  readonly column: string;
}

export const NO_LIST: GivenList = { file: null, pasted: '', column: '' };
/** What a field can hold without the page becoming slow; more comes as a file. */
const PASTED_MAX = 1_000_000;

interface OptOutListFormProps {
  readonly list: GivenList;
  readonly onChange: (list: GivenList) => void;
  readonly onLook: (file: File) => void;
  /** Why the list was not taken. */
  readonly problem: ReactNode;
}

export function OptOutListForm({ list, onChange, onLook, problem }: OptOutListFormProps) {
  const { file, pasted, column } = list;
  const empty = file === null && pasted.trim() === '';
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!empty) onLook(file ?? new File([pasted], 'Pasted numbers', { type: 'text/plain' }));
  };
  return (
    <form className={classes.form} onSubmit={submit}>
      <FileInput
        label="File"
        description="A number a line, or a table (CSV) with a column of numbers. Up to 16 MB."
        placeholder="Choose a file"
        value={file}
        onChange={(chosen) => onChange({ ...list, file: chosen })}
        clearable
        clearButtonProps={{ 'aria-label': 'Take the file away' }}
      />
      {file === null ? (
        <Textarea
          label="Or paste the numbers"
          description="One a line."
          placeholder={'(617) 555-0123\n617-555-0124'}
          autosize
          minRows={4}
          maxRows={12}
          maxLength={PASTED_MAX}
          value={pasted}
          onChange={(event) => onChange({ ...list, pasted: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          label="Column with the numbers"
          description="As its header calls it. Only needed when several columns hold numbers."
          autoComplete="off"
          maxLength={200}
          value={column}
          onChange={(event) => onChange({ ...list, column: event.currentTarget.value })}
        />
      )}
      {problem}
      <Button
        type="submit"
        w="fit-content"
        disabled={empty}
        leftSection={<IconEye size={16} stroke={ICON_STROKE} aria-hidden />}
      >
        See what would happen
      </Button>
    </form>
  );
}
