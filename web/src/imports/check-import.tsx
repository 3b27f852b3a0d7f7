import { Button, Group, TagsInput } from '@mantine/core';
import { IconAlertTriangle, IconFileAlert } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { contactFacetsQuery } from '../api/contacts.ts';
import type { Import, ImportMapping, ImportPreview } from '../api/imports.ts';
import { isProblem } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatBytes } from '../patterns/format.ts';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Section } from '../patterns/page.tsx';
import { toneStyle } from '../patterns/tone.ts';
import { ICON_STROKE } from '../theme.ts';
import { ColumnMapping } from './column-mapping.tsx';
import { CommitBar } from './commit-bar.tsx';
import { ImportFigures } from './import-figures.tsx';
import { AnotherFile, ImportHeader } from './import-header.tsx';
import { becomes, countsOf, delimiterWord, encodingWord } from './import-words.ts';
import classes from './imports.module.css';
import { phoneCandidates } from './mapping.ts';
import { ReadConsents } from './read-consents.tsx';
import { RefusalTable, RefusedByReason } from './refused-rows.tsx';
import { StoredSample } from './stored-sample.tsx';
import { useCheck } from './use-check.ts';
import { ValidateNumbers } from './validate-numbers.tsx';

/** What importing an uploaded file would do, and the columns to change it with. Nothing is kept here. */
export function CheckImport({ run }: { readonly run: Import }) {
  const mayImport = mayAct(useSuspenseQuery(meQuery).data.user.role, 'manager');
  const check = useCheck(run, mayImport);
  const { preview } = run;
  const another = mayImport && !isProblem(check.error, 422) ? <AnotherFile label="Choose another file" /> : undefined;
  if (preview === null)
    return (
      <>
        <ImportHeader
          run={run}
          step="check"
          actions={another}
          {...(check.busy ? { summary: `Reading ${formatBytes(run.fileBytes)}` } : {})}
        />
        <NotChecked error={check.error} mayImport={mayImport} onRetry={check.again} />
      </>
    );
  return (
    <>
      <ImportHeader
        run={run}
        step="check"
        actions={another}
        summary={check.problem ?? (check.stale ? 'The columns have changed.' : becomes(countsOf(preview), 'make'))}
      />
      <Checked run={run} preview={preview} check={check} mayImport={mayImport} />
    </>
  );
}

interface NotCheckedProps {
  readonly error: Error | null;
  readonly mayImport: boolean;
  readonly onRetry: () => void;
}

function NotChecked({ error, mayImport, onRetry }: NotCheckedProps) {
  if (!mayImport)
    return (
      <EmptyState icon={IconAlertTriangle} title="Not checked yet">
        {rightSentence('manager', 'check and import files')}
      </EmptyState>
    );
  if (error === null)
    return (
      <>
        <LoadingSkeleton shape="tiles" count={4} />
        <LoadingSkeleton shape="rows" count={8} />
      </>
    );
  // A file that cannot be read stays so however often one asks.
  if (isProblem(error, 422))
    return (
      <div role="alert">
        <EmptyState
          icon={IconFileAlert}
          title="This file cannot be imported"
          actions={<AnotherFile label="Choose another file" />}
        >
          {error.problem.detail}
        </EmptyState>
      </div>
    );
  return <ErrorState error={error} what="The file could not be checked" onRetry={onRetry} />;
}

interface CheckedProps {
  readonly run: Import;
  readonly preview: ImportPreview;
  readonly check: ReturnType<typeof useCheck>;
  readonly mayImport: boolean;
}

function Checked({ run, preview, check, mayImport }: CheckedProps) {
  const [addTags, setAddTags] = useState<string[]>([]);
  const [validate, setValidate] = useState<boolean>();
  const known = useQuery(contactFacetsQuery).data?.tags ?? [];
  const counts = countsOf(preview);
  const numbered = preview.columns.some((column) => column.field === 'phone');
  return (
    <>
      {numbered ? (
        <div className={classes.checked} data-stale={check.stale || check.busy || undefined}>
          <ImportFigures counts={counts} {...preview} />
          <Warnings warnings={preview.warnings} />
        </div>
      ) : (
        <NoPhoneColumn columns={preview.columns} mapping={check.mapping ?? {}} onChoose={check.change} />
      )}
      {check.error === null ? null : (
        <ErrorState compact error={check.error} what="The file was not checked again" onRetry={check.again} />
      )}
      <Section title="Columns" note={fileFacts(preview)}>
        <ColumnMapping
          columns={preview.columns}
          mapping={check.mapping ?? {}}
          onChange={check.change}
          readOnly={!mayImport}
        />
      </Section>
      {preview.consents ? <ReadConsents consents={preview.consents} cells={preview.consents.cells} /> : null}
      {mayImport && numbered ? (
        <TagsInput
          label="Tags for everyone in this file"
          description="To find these people again, and to choose them for a campaign. Press Enter after each."
          maw={480}
          maxTags={20}
          acceptValueOnBlur
          data={known.map((tag) => tag.value)}
          value={addTags}
          onChange={setAddTags}
        />
      ) : null}
      {mayImport && numbered ? <ValidateNumbers validate={validate} onChange={setValidate} /> : null}
      {preview.sample.length === 0 ? null : (
        <Section title="The first contacts, as they would be stored">
          <StoredSample contacts={preview.sample} stale={check.stale || check.busy} />
        </Section>
      )}
      {preview.refusedRows === 0 ? null : (
        <Section
          title="Rows that would stay out"
          note={
            preview.refusedRows > preview.refused.length
              ? `The first ${preview.refused.length} are shown; after the import all of them are in a file.`
              : undefined
          }
        >
          <RefusedByReason byReason={preview.refusedByReason} />
          <RefusalTable rows={preview.refused} />
        </Section>
      )}
      {mayImport ? (
        <CommitBar run={run} counts={counts} check={check} addTags={addTags} validate={validate} />
      ) : (
        <Group c="dimmed">{rightSentence('manager', 'import this file')}</Group>
      )}
    </>
  );
}

interface NoPhoneColumnProps {
  readonly columns: ImportPreview['columns'];
  readonly mapping: ImportMapping;
  readonly onChoose: (mapping: ImportMapping) => void;
}

/** No header says "phone": offers the columns whose values look like numbers. */
function NoPhoneColumn({ columns, mapping, onChoose }: NoPhoneColumnProps) {
  if (Object.values(mapping).includes('phone')) return null;
  const candidates = phoneCandidates(columns);
  return (
    <div className={classes.notice} style={toneStyle('amber')} role="status">
      <IconAlertTriangle size={16} stroke={ICON_STROKE} aria-hidden />
      <div>
        No column is named as one with phone numbers.{' '}
        {candidates.length === 0
          ? 'Choose it below, or export the contacts again with their numbers.'
          : 'Is it this one?'}
        <Group gap="xs" mt={candidates.length === 0 ? 0 : 6}>
          {candidates.map((column) => (
            <Button
              key={column.index}
              size="xs"
              variant="default"
              onClick={() => onChoose({ ...mapping, [String(column.index)]: 'phone' })}
            >
              {column.header}: {column.samples[0]}
            </Button>
          ))}
        </Group>
      </div>
    </div>
  );
}

function fileFacts({ encoding, delimiter, hasHeader }: ImportPreview): string {
  const head = hasHeader ? 'the first row holds the names of the columns' : 'no row with names of columns';
  return `${encodingWord(encoding)}, ${delimiterWord(delimiter)} between the cells, ${head}.`;
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  return warnings.map((warning) => (
    <p key={warning} className={classes.notice} style={toneStyle('amber')}>
      <IconAlertTriangle size={16} stroke={ICON_STROKE} aria-hidden />
      <span>
        {warning.charAt(0).toUpperCase()}
        {warning.slice(1).replace(/\.$/, '')}.
      </span>
    </p>
  ));
}
