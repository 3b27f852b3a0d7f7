import { Button, Checkbox, FileInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useProductClock } from '../api/product-clock.ts';
import { type ReassignedCheck, reassignedKeys, uploadAnswers } from '../api/reassigned-numbers.ts';
import { useUpload } from '../api/use-upload.ts';
import { TimeInput } from '../patterns/time-input.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { UploadProblem, UploadProgress } from '../patterns/upload-progress.tsx';
import { toLocalInput } from '../patterns/zoned-input.ts';
import classes from './compliance.module.css';
import { answerWords } from './reassigned-words.ts';

const MINUTE_MS = 60_000;
const DAY_CHARACTERS = 10;
/** What the server takes. */
const FILE_BYTES_MAX = 128 * 1024 ** 2;
const COLUMNS = 'phone,date,answer';

/** Brings the answers to one file of questions. All of them count, or nothing changes. */
export function UploadAnswers({ check }: { readonly check: ReassignedCheck }) {
  const queryClient = useQueryClient();
  const { nowMs, zone } = useProductClock(MINUTE_MS);
  const today = toLocalInput(new Date(nowMs).toISOString(), zone).slice(0, DAY_CHARACTERS);
  const [file, setFile] = useState<File | null>(null);
  const [day, setDay] = useState('');
  const [columns, setColumns] = useState(COLUMNS);
  const [partial, setPartial] = useState(false);
  const asOf = day === '' ? today : day;
  const upload = useUpload({
    send: (chosen, watch) => uploadAnswers(check.id, { fileName: chosen.name, asOf, columns, partial }, chosen, watch),
    refusal,
    onDone: (answered) => {
      void queryClient.invalidateQueries({ queryKey: reassignedKeys.all });
      toastDone(answerWords(answered));
    },
  });
  const { state } = upload;
  return (
    <details className={classes.more}>
      <summary>Upload the answers</summary>
      {state.kind === 'sending' ? <UploadProgress state={state} onStop={upload.stop} after="being read" /> : null}
      <form
        className={classes.form}
        hidden={state.kind === 'sending'}
        onSubmit={(event) => {
          event.preventDefault();
          if (file !== null) upload.start(file);
        }}
      >
        <FileInput
          label="File of answers"
          placeholder="Choose a file"
          value={file}
          onChange={setFile}
          clearable
          clearButtonProps={{ 'aria-label': 'Take the file away' }}
        />
        <TimeInput
          type="date"
          label="Answered on"
          description="The day on which the database gave them."
          max={today}
          value={asOf}
          onChange={setDay}
        />
        <TextInput
          label="Columns in their order"
          description="Out of phone, date, answer and other."
          autoComplete="off"
          maxLength={300}
          value={columns}
          onChange={(event) => setColumns(event.currentTarget.value)}
        />
        <Checkbox
          label="Questions may be without an answer"
          checked={partial}
          onChange={(event) => setPartial(event.currentTarget.checked)}
        />
        <UploadProblem state={state} />
        <Button type="submit" w="fit-content" disabled={file === null}>
          Upload
        </Button>
      </form>
    </details>
  );
}

function refusal(file: File): string | undefined {
  if (file.size === 0) return `“${file.name}” is empty. Download the answers again.`;
  return file.size > FILE_BYTES_MAX ? `“${file.name}” is larger than 128 MB.` : undefined;
}
