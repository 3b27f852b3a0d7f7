import { Button } from '@mantine/core';
import { IconForms, IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type OptInForm, optInFormsQuery } from '../api/opt-in-forms.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { plural } from '../patterns/format.ts';
import { LinkRow, LinkRows } from '../patterns/link-rows.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { ICON_STROKE } from '../theme.ts';
import { ComplianceTabs } from './compliance-tabs.tsx';

/** By which forms people agree to texts. */
export function FormsPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const query = useQuery(optInFormsQuery);
  const forms = query.data?.data;
  const make = mayAct(role, 'manager') ? (
    <Button
      renderRoot={(props) => <Link {...props} to="/compliance/forms/$formId" params={{ formId: 'new' }} />}
      leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />}
    >
      New form
    </Button>
  ) : null;
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader
        title="Opt-in forms"
        summary={forms === undefined ? '\u00a0' : formsWords(forms)}
        actions={forms !== undefined && forms.length > 0 ? make : null}
      />
      <Loaded query={query} what="The forms could not be loaded" skeleton={<LoadingSkeleton shape="pairs" count={3} />}>
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState icon={IconForms} title="No form yet" actions={make ?? rightSentence('manager', 'make a form')}>
              People agree to your texts on a page of their own or on your website. What they saw, and that they ticked
              the box, is kept as proof; a text asks whether it was they.
            </EmptyState>
          ) : (
            <LinkRows>
              {data.map((form) => (
                <FormRow key={form.id} form={form} />
              ))}
            </LinkRows>
          )
        }
      </Loaded>
    </Page>
  );
}

function formsWords(forms: readonly OptInForm[]): string {
  const open = forms.filter((form) => form.open).length;
  if (open === 0) return 'Nobody can agree by a form at the moment.';
  return `People can agree by ${plural(open, 'form', 'forms')}.`;
}

const FormRow = ({ form }: { readonly form: OptInForm }) => (
  <LinkRow
    link={(className) => (
      <Link to="/compliance/forms/$formId" params={{ formId: form.id }} className={className}>
        <bdi>{form.name}</bdi>
      </Link>
    )}
    second={form.purpose === 'marketing' ? 'For offers and campaigns' : 'For appointments and service'}
    outcome={`Version ${form.version}, ${form.doubleOptIn ? 'confirmed by a text' : 'not confirmed'}`}
    state={<StateBadge state={form.open ? 'active' : 'off'} />}
  />
);
