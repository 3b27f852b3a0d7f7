import { Anchor, Button, Text } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { accountsQuery, businessQuery } from '../api/operations.ts';
import {
  changeOptInForm,
  createOptInForm,
  type OptInForm,
  optInFormKeys,
  optInFormsQuery,
} from '../api/opt-in-forms.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { FormFields } from './form-fields.tsx';
import classes from './form-page.module.css';
import { FormPreview } from './form-preview.tsx';
import { bodyOf, draftOf, type FormDraft, newDraft } from './opt-in-form-draft.ts';

const route = getRouteApi('/shell/compliance/forms/$formId');

/** One form: its words beside how it will look, and what to paste into a website. */
export function FormPage() {
  const { formId } = route.useParams();
  const { role } = useSuspenseQuery(meQuery).data.user;
  const forms = useQuery(optInFormsQuery);
  const form = forms.data?.data.find(({ id }) => id === formId);
  return (
    <Page width="start">
      <ComplianceTabs />
      {formId === 'new' && !mayAct(role, 'manager') ? (
        <>
          <PageHeader title="New form" />
          <NoRight least="manager" act="make a form" />
        </>
      ) : (
        <Loaded query={forms} what="The form could not be loaded">
          {() => (formId === 'new' || form !== undefined ? <OneForm key={formId} form={form} /> : <NoForm />)}
        </Loaded>
      )}
    </Page>
  );
}

const NoForm = () => (
  <>
    <PageHeader title="No such form" />
    <EmptyState
      icon={IconBan}
      title="This address leads to no form"
      actions={<Button renderRoot={(props) => <Link {...props} to="/compliance/forms" />}>See all forms</Button>}
    >
      Forms are never deleted, only closed. Look for it among the others.
    </EmptyState>
  </>
);

function OneForm({ form }: { readonly form: OptInForm | undefined }) {
  const business = useQuery(businessQuery);
  const accounts = useQuery(accountsQuery);
  return (
    <Loaded query={business} what="The business could not be loaded">
      {({ name }) => (
        <Loaded query={accounts} what="The numbers could not be loaded">
          {({ data }) => {
            const lanes = data
              .flatMap((account) => account.lanes)
              .filter(({ id, state }) => state !== 'off' || id === form?.laneId);
            return lanes.length === 0 ? <NoNumber /> : <Editor form={form} business={name} lanes={lanes} />;
          }}
        </Loaded>
      )}
    </Loaded>
  );
}

const NoNumber = () => (
  <>
    <PageHeader title="New form" />
    <EmptyState
      icon={IconBan}
      title="No number can ask"
      actions={<Button renderRoot={(props) => <Link {...props} to="/settings/numbers" />}>Connect a number</Button>}
    >
      A text from one of your numbers asks people whether it was they who signed up.
    </EmptyState>
  </>
);

interface EditorProps {
  readonly form: OptInForm | undefined;
  readonly business: string;
  readonly lanes: readonly { readonly id: string; readonly name: string; readonly phone: string }[];
}

function Editor({ form, business, lanes }: EditorProps) {
  const navigate = useNavigate();
  const { role } = useSuspenseQuery(meQuery).data.user;
  const before = form === undefined ? newDraft(business, lanes[0]?.id ?? '') : draftOf(form, business);
  const [draft, setDraft] = useState<FormDraft>(before);
  const readOnly = !mayAct(role, 'manager');
  const dirty = JSON.stringify(draft) !== JSON.stringify(before);
  const save = useAction({
    run: (body: ReturnType<typeof bodyOf>, key) => {
      if (form === undefined) return createOptInForm(body, key);
      const { purpose: _, kind: __, ...change } = body;
      return changeOptInForm(form.id, change);
    },
    touches: [optInFormKeys.all],
    onDone: (saved) => {
      setDraft(draftOf(saved, business));
      toastDone(form === undefined ? 'The form is open' : 'The form is saved');
      if (form === undefined)
        void navigate({ to: '/compliance/forms/$formId', params: { formId: saved.id }, replace: true });
    },
  });
  return (
    <>
      <PageHeader
        title={form?.name ?? 'New form'}
        beside={form === undefined ? undefined : <StateBadge state={form.open ? 'active' : 'off'} />}
        summary={form === undefined ? 'It is open as soon as it is made.' : <Where form={form} />}
        actions={form === undefined || readOnly ? null : <OpenOrClose form={form} />}
      />
      <div className={classes.columns}>
        <form
          className={classes.form}
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate(bodyOf(draft));
          }}
        >
          <FormFields
            draft={draft}
            onChange={setDraft}
            isNew={form === undefined}
            business={business}
            lanes={lanes}
            readOnly={readOnly}
            error={save.error}
          />
          {save.error === null ? null : <ErrorState compact error={save.error} what="Not saved" />}
          {readOnly ? null : (
            <div className={classes.actions}>
              <Button type="submit" loading={save.isPending} disabled={!dirty || draft.name.trim() === ''}>
                {form === undefined ? 'Make the form' : 'Save'}
              </Button>
              {dirty && form !== undefined ? (
                <Button variant="subtle" color="gray" onClick={() => setDraft(before)}>
                  Discard the changes
                </Button>
              ) : null}
            </div>
          )}
        </form>
        <FormPreview draft={draft} form={dirty ? undefined : form} />
      </div>
    </>
  );
}

const Where = ({ form: { address, version } }: { readonly form: OptInForm }) => (
  <>
    Version {version}, at{' '}
    <Anchor href={address} target="_blank" rel="noreferrer">
      {address}
    </Anchor>
  </>
);

function OpenOrClose({ form }: { readonly form: OptInForm }) {
  const act = useAction({
    run: (open: boolean) => changeOptInForm(form.id, { open }),
    touches: [optInFormKeys.all],
    onDone: ({ open }) => toastDone(open ? 'The form is open again' : 'The form is closed: nobody can send it in'),
  });
  return (
    <>
      {act.error === null ? null : <Text c="red">{act.error.message}</Text>}
      <Button variant="default" loading={act.isPending} onClick={() => act.mutate(!form.open)}>
        {form.open ? 'Close' : 'Open again'}
      </Button>
    </>
  );
}
