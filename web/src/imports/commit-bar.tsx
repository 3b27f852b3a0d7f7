import { Button, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { commitImport, type Import, importKeys } from '../api/imports.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { plural } from '../patterns/format.ts';
import { affected, type Counts } from './import-words.ts';
import classes from './imports.module.css';
import type { useCheck } from './use-check.ts';

interface CommitBarProps {
  readonly run: Import;
  readonly counts: Counts;
  readonly check: ReturnType<typeof useCheck>;
  readonly addTags: readonly string[];
  /** Whether the numbers are to be validated; absent where the settings decide. */
  readonly validate: boolean | undefined;
}

/** Stays in sight: what the one button of this page will do, or why it cannot yet. */
export function CommitBar({ run, counts, check, addTags, validate }: CommitBarProps) {
  const queryClient = useQueryClient();
  const commit = useAction({
    run: (tags: readonly string[], key) =>
      commitImport(
        run.id,
        {
          ...(check.mapping === undefined ? {} : { mapping: check.mapping }),
          ...(tags.length === 0 ? {} : { addTags: [...tags] }),
          ...(validate === undefined ? {} : { validateNumbers: validate }),
        },
        key,
      ),
    touches: [importKeys.list],
    onDone: (next) => queryClient.setQueryData(importKeys.one(run.id), next),
  });
  const size = affected(counts, addTags.length > 0);
  const ready = !check.stale && !check.busy && check.problem === undefined;
  return (
    <div className={classes.commit}>
      {commit.error === null ? null : <ErrorState compact error={commit.error} what="The import was not started" />}
      <div className={classes.commitLine}>
        <Text size="sm" c="dimmed" className={classes.commitNote}>
          {note({ check, counts, size })}
        </Text>
        {check.stale && check.problem === undefined ? (
          <Button variant="default" loading={check.busy} onClick={check.again}>
            Check again
          </Button>
        ) : null}
        <Button disabled={!ready || size === 0} loading={commit.isPending} onClick={() => commit.mutate(addTags)}>
          {size === 0 ? 'Import' : `Import ${plural(size, 'contact', 'contacts')}`}
        </Button>
      </div>
    </div>
  );
}

function note(given: Pick<CommitBarProps, 'check' | 'counts'> & { readonly size: number }): string {
  const { check, counts, size } = given;
  if (check.problem !== undefined) return check.problem;
  if (check.busy) return 'Reading the file with these columns.';
  if (check.stale) return 'Check the file again with these columns.';
  if (size === 0)
    return counts.unchanged > 0
      ? 'Everyone in this file is here already, exactly so.'
      : 'No row of this file can be imported.';
  return counts.refused === 0
    ? 'All or nothing: an error on the way leaves the contacts as they are.'
    : `${plural(counts.refused, 'row stays', 'rows stay')} out. All or nothing for the rest.`;
}
