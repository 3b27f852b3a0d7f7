import { Button } from '@mantine/core';
import { ErrorState } from '../patterns/error-state.tsx';
import classes from './settings.module.css';

/** The end of a settings form: why it was not saved, and what can be done with the changes. */
export function SaveBar({
  save,
  form,
}: {
  readonly save: { readonly error: Error | null; readonly isPending: boolean };
  readonly form: { readonly isDirty: () => boolean; readonly reset: () => void };
}) {
  const dirty = form.isDirty();
  return (
    <>
      {save.error === null ? null : <ErrorState compact error={save.error} what="Not saved" />}
      <div className={classes.formActions}>
        <Button type="submit" loading={save.isPending} disabled={!dirty}>
          Save
        </Button>
        {dirty ? (
          <Button variant="subtle" color="gray" onClick={form.reset}>
            Discard the changes
          </Button>
        ) : null}
      </div>
    </>
  );
}
