import { Button, Checkbox, FileInput, NativeSelect, Text, TextInput } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { type DncList, dncKeys, uploadDncFile } from '../api/dnc-lists.ts';
import { useProductClock } from '../api/product-clock.ts';
import { useUpload } from '../api/use-upload.ts';
import { DigitsInput } from '../patterns/digits-input.tsx';
import { plural } from '../patterns/format.ts';
import { Section } from '../patterns/page.tsx';
import { TimeInput } from '../patterns/time-input.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { UploadProblem, UploadProgress } from '../patterns/upload-progress.tsx';
import { useFocusBack } from '../patterns/use-focus-back.ts';
import { toLocalInput } from '../patterns/zoned-input.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './compliance.module.css';
import { FORMATS, formatOf, newUpload, type UploadForm, uploadQueryOf } from './dnc-words.ts';

const MINUTE_MS = 60_000;
const DAY_CHARACTERS = 10;
/** What the server takes. */
const FILE_BYTES_MAX = 4 * 1024 ** 3;
const REFUSED_MAX = 1_000_000;

/** Brings a list up to date. A file counts from its last line on; one that stops before changes nothing. */
export function UploadFile({ list, isOwner }: { readonly list: DncList; readonly isOwner: boolean }) {
  const queryClient = useQueryClient();
  const { nowMs, zone } = useProductClock(MINUTE_MS);
  const today = toLocalInput(new Date(nowMs).toISOString(), zone).slice(0, DAY_CHARACTERS);
  const [file, setFile] = useState<File | null>(null);
  const [typed, setForm] = useState(newUpload);
  // The first clock of the page is the browser's, which may not be that of the product.
  const form = typed.asOf === '' ? { ...typed, asOf: today } : typed;
  const readAnew = (): void => void queryClient.invalidateQueries({ queryKey: dncKeys.all });
  const upload = useUpload({
    send: (chosen, watch) => uploadDncFile(list.id, uploadQueryOf(form, chosen.name), chosen, watch),
    refusal,
    onDone: (version) => {
      upload.reset();
      setFile(null);
      setForm(newUpload());
      readAnew();
      toastDone(`“${list.name}” has ${plural(version.numbers ?? 0, 'number', 'numbers')} now`);
    },
    onProblem: readAnew,
  });
  const chooser = useFocusBack(upload.state.kind === 'sending');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (file !== null) upload.start(file);
  };
  if (upload.state.kind === 'sending')
    return (
      <Section title="Upload a file">
        <UploadProgress state={upload.state} onStop={upload.stop} after="being read" />
      </Section>
    );
  return (
    <Section
      title="Upload a file"
      note="It comes into force when all of it is read. Until then, and if it cannot be read, nothing changes."
    >
      <form className={classes.form} onSubmit={submit}>
        <FileInput
          ref={chooser}
          label="File"
          description="As the registry gives it: a ZIP archive, XML or plain text, up to 4 GB."
          placeholder="Choose a file"
          value={file}
          onChange={setFile}
          clearable
          clearButtonProps={{ 'aria-label': 'Take the file away' }}
        />
        <Fields form={form} setForm={setForm} today={today} isOwner={isOwner} />
        <UploadProblem state={upload.state} />
        <Button
          type="submit"
          w="fit-content"
          disabled={file === null}
          leftSection={<IconUpload size={16} stroke={ICON_STROKE} aria-hidden />}
        >
          {form.format === 'changes' ? 'Upload the changes' : 'Upload the list'}
        </Button>
      </form>
    </Section>
  );
}

interface FieldsProps {
  readonly form: UploadForm;
  readonly setForm: (form: UploadForm) => void;
  readonly today: string;
  readonly isOwner: boolean;
}

function Fields({ form, setForm, today, isOwner }: FieldsProps) {
  return (
    <>
      <TimeInput
        type="date"
        label="Of which day"
        description="The day on which the registry made the file; its age counts from then."
        max={today}
        value={form.asOf}
        onChange={(asOf) => setForm({ ...form, asOf })}
      />
      <NativeSelect
        label="What is in it"
        data={FORMATS.map(({ value, label }) => ({ value, label }))}
        value={form.format}
        onChange={(event) => setForm({ ...form, format: formatOf(event.currentTarget.value) })}
      />
      {form.format === 'csv' ? (
        <TextInput
          label="Column with the numbers"
          description="As its header calls it."
          autoComplete="off"
          maxLength={200}
          value={form.column}
          onChange={(event) => setForm({ ...form, column: event.currentTarget.value })}
        />
      ) : null}
      {form.format === 'changes' ? (
        <TextInput
          label="Columns in their order"
          description="Out of areaCode, number, phone, changeType (A or D) and other."
          autoComplete="off"
          maxLength={300}
          value={form.columns}
          onChange={(event) => setForm({ ...form, columns: event.currentTarget.value })}
        />
      ) : null}
      <details className={classes.more}>
        <summary>Take a file that is not perfect</summary>
        <DigitsInput
          label="So many lines may be no numbers"
          min={0}
          max={REFUSED_MAX}
          value={form.refusedMax}
          onChange={(refusedMax) => setForm({ ...form, refusedMax: refusedMax ?? 0 })}
        />
        {isOwner ? (
          <Checkbox
            label="The list may have less than 90% of its numbers of before"
            checked={form.maySmaller}
            onChange={(event) => setForm({ ...form, maySmaller: event.currentTarget.checked })}
          />
        ) : null}
        <Text size="xs" c="dimmed">
          Who is left out by mistake may be texted: look at the file first.
        </Text>
      </details>
    </>
  );
}

function refusal(file: File): string | undefined {
  if (file.size === 0) return `“${file.name}” is empty. Download the list again.`;
  if (file.size > FILE_BYTES_MAX) return `“${file.name}” is larger than 4 GB. Upload it as a list and change lists.`;
  return undefined;
}
