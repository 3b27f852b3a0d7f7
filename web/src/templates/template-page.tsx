import { Button } from '@mantine/core';
import { IconFileOff } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { isProblem } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { templateQuery } from '../api/templates.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { TemplateForm } from './template-form.tsx';

const route = getRouteApi('/shell/templates/$templateId');

const SAMPLE = {
  name: 'Seasonal check-up',
  body: 'Hi {first_name|there}! {if city}We are in {city} next week{else}We are in your area next week{endif} for free foundation checks. Shall we look at yours? Reply YES for a time. {business_name}. Reply STOP to opt out.',
};

export function TemplatePage() {
  const { templateId } = route.useParams();
  const { start } = route.useSearch();
  const mayWrite = mayAct(useSuspenseQuery(meQuery).data.user.role, 'manager');
  if (templateId !== 'new') return <SavedTemplate key={templateId} id={templateId} mayWrite={mayWrite} />;
  return (
    <Page>
      {mayWrite ? (
        <TemplateForm key={start ?? ''} start={start === 'sample' ? SAMPLE : { name: '', body: '' }} mayWrite />
      ) : (
        <>
          <PageHeader title="New template" />
          <NoRight least="manager" act="write templates" />
        </>
      )}
    </Page>
  );
}

function SavedTemplate({ id, mayWrite }: { readonly id: string; readonly mayWrite: boolean }) {
  const query = useQuery(templateQuery(id));
  if (isProblem(query.error, 404))
    return (
      <Page>
        <PageHeader title="Template" />
        <EmptyState
          icon={IconFileOff}
          title="No such template"
          actions={
            <Button component={Link} to="/templates" variant="default">
              See all templates
            </Button>
          }
        >
          It was archived, or this address leads to none.
        </EmptyState>
      </Page>
    );
  return (
    <Page>
      {query.data === undefined ? <PageHeader title="Template" /> : null}
      <Loaded query={query} what="The template could not be loaded" skeleton={<LoadingSkeleton shape="detail" />}>
        {(template) => <TemplateForm saved={template} start={template} mayWrite={mayWrite} />}
      </Loaded>
    </Page>
  );
}
