import { Button, TextInput } from '@mantine/core';
import { IconArchive } from '@tabler/icons-react';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useBlocker, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { meQuery } from '../api/session.ts';
import { archiveTemplate, restoreTemplate, type Template, type TextPreview, templateKeys } from '../api/templates.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { PageHeader, Section } from '../patterns/page.tsx';
import { SaveIndicator } from '../patterns/save-indicator.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { ICON_STROKE } from '../theme.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { FieldsUsed } from './fields-used.tsx';
import { PreviewContact } from './preview-contact.tsx';
import classes from './templates.module.css';
import { TextEditor } from './text-editor.tsx';
import { TextPhone } from './text-phone.tsx';
import { type TemplateText, useTemplateDraft } from './use-template-draft.ts';

interface TemplateFormProps {
  /** Left out for a new template. */
  readonly saved?: Template;
  readonly start: TemplateText;
  readonly mayWrite: boolean;
}

/** A text beside the phone on which it will be read. */
export function TemplateForm({ saved, start, mayWrite }: TemplateFormProps) {
  const { business } = useSuspenseQuery(meQuery).data;
  const form = useTemplateDraft(saved, start);
  const [preview, setPreview] = useState<TextPreview>();
  const [contactId, setContactId] = useState<string>();
  const complete = form.draft.name.trim() !== '' && form.draft.body.trim() !== '';
  const mayNotSave = !complete || !form.dirty || (preview?.error !== null && preview?.fields.length === 0);
  useShortcuts(
    'Template',
    mayWrite
      ? [
          {
            keys: 'mod+s',
            label: 'Save the template',
            whileTyping: true,
            run: () => {
              if (!mayNotSave && !form.busy) form.save();
            },
          },
        ]
      : [],
  );
  return (
    <>
      <PageHeader
        title={saved === undefined ? 'New template' : saved.name}
        summary={mayWrite ? <SaveIndicator state={form.state} /> : rightSentence('manager', 'change templates')}
        actions={
          mayWrite ? (
            <>
              {saved === undefined ? null : <ArchiveButton template={saved} leaving={form.leaving} />}
              <Button disabled={mayNotSave} loading={form.busy} onClick={form.save}>
                Save template
              </Button>
            </>
          ) : undefined
        }
      />
      <div className={classes.columns}>
        <div className={classes.writing}>
          {form.error === null || form.nameError !== undefined || form.bodyError !== undefined ? null : (
            <ErrorState compact error={form.error} what="The template was not saved" onRetry={form.save} />
          )}
          <TextInput
            label="Name"
            description="Only you and your colleagues see it."
            maxLength={200}
            autoFocus={saved === undefined && start.name === ''}
            value={form.draft.name}
            error={form.nameError}
            readOnly={!mayWrite}
            onChange={(event) => form.change({ name: event.currentTarget.value })}
          />
          <TextEditor
            label="Text"
            value={form.draft.body}
            onChange={(body) => form.change({ body })}
            previewContactId={contactId}
            onPreview={setPreview}
            error={form.bodyError}
            readOnly={!mayWrite}
            placeholder="Hi {first_name|there}! We are in your area next week."
          />
          {preview === undefined || preview.fields.length === 0 ? null : (
            <Section title="Fields in this text">
              <FieldsUsed fields={preview.fields} warnings={preview.warnings} />
            </Section>
          )}
        </div>
        <div className={classes.phone}>
          <TextPhone
            preview={preview}
            from={business.name}
            counter={false}
            head={<PreviewContact value={contactId} name={preview?.contact?.name} onChange={setContactId} />}
          />
        </div>
      </div>
      <ConflictDialog
        mine={form.draft}
        theirs={form.theirs}
        busy={form.busy}
        onTakeTheirs={form.takeTheirs}
        onKeepMine={form.keepMine}
        onClose={form.putOff}
      />
      <LeaveGuard dirty={form.dirty && mayWrite} leaving={form.leaving} />
    </>
  );
}

interface Leaving {
  /** Set for a navigation that must not be asked about. */
  readonly leaving: { current: boolean };
}

function ArchiveButton({ template, leaving }: { readonly template: Template } & Leaving) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const undo = useAction({
    run: (id: string) => restoreTemplate(id),
    touches: [[...templateKeys.all, 'list']],
    onDone: (restored) => {
      queryClient.setQueryData(templateKeys.one(restored.id), restored);
      toastDone(`“${restored.name}” is back`);
    },
    onProblem: (error) => toastProblem('The template was not brought back', error),
  });
  const archive = useAction({
    run: (id: string) => archiveTemplate(id),
    touches: [[...templateKeys.all, 'list']],
    onDone: (_done, id) => {
      leaving.current = true;
      void navigate({ to: '/templates' });
      toastDone(`“${template.name}” is archived`, () => undo.mutate(id));
    },
    onProblem: (error) => toastProblem('The template was not archived', error),
  });
  return (
    <Button
      variant="default"
      loading={archive.isPending}
      leftSection={<IconArchive size={16} stroke={ICON_STROKE} aria-hidden />}
      onClick={() => archive.mutate(template.id)}
    >
      Archive
    </Button>
  );
}

/** Asks before what was written is lost. */
function LeaveGuard({ dirty, leaving }: { readonly dirty: boolean } & Leaving) {
  const blocker = useBlocker({
    shouldBlockFn: () => dirty && !leaving.current,
    enableBeforeUnload: () => dirty && !leaving.current,
    withResolver: true,
  });
  const blocked = blocker.status === 'blocked';
  return (
    <ConfirmDialog
      opened={blocked}
      onClose={() => blocker.reset?.()}
      title="Leave without saving?"
      confirmLabel="Leave and lose the changes"
      tone="red"
      onConfirm={() => blocker.proceed?.()}
    >
      What you wrote here has not been saved.
    </ConfirmDialog>
  );
}
