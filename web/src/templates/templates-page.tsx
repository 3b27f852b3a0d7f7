import { Button, Text } from '@mantine/core';
import { IconPlus, IconSearchOff, IconTemplate } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, useRef } from 'react';
import { rowsOf } from '../api/pages.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { type Template, templatesQuery } from '../api/templates.ts';
import { EmptyState } from '../patterns/empty-state.tsx';
import { FilterChips } from '../patterns/filter-chips.tsx';
import { formatCount } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader } from '../patterns/page.tsx';
import { SearchBox } from '../patterns/search-box.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import type { TableColumn } from '../patterns/table-columns.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { TwoLines } from '../patterns/two-lines.tsx';
import { moreOf, VirtualTable } from '../patterns/virtual-table.tsx';
import { ICON_STROKE } from '../theme.ts';
import classes from './templates.module.css';

const route = getRouteApi('/shell/templates');

const COLUMNS: readonly TableColumn<Template>[] = [
  {
    id: 'name',
    header: 'Name',
    required: true,
    width: 260,
    cell: ({ name }) => (
      <Text span inherit fw={550} dir="auto" title={name}>
        {name}
      </Text>
    ),
  },
  {
    id: 'body',
    header: 'Text',
    cell: ({ body }) => (
      <Text span inherit c="dimmed" dir="auto">
        {body}
      </Text>
    ),
  },
  {
    id: 'updated',
    header: 'Changed',
    width: 136,
    hideBelow: 'md',
    cell: ({ updatedAt }) => <TimeText at={updatedAt} look="relative" />,
  },
];

export function TemplatesPage() {
  const navigate = route.useNavigate();
  const { search = '' } = route.useSearch();
  const mayWrite = mayAct(useSuspenseQuery(meQuery).data.user.role, 'manager');
  const searchBox = useRef<HTMLInputElement>(null);
  const list = useInfiniteQuery({ ...templatesQuery(search), placeholderData: keepPreviousData });
  const rows = useMemo(() => rowsOf(list.data), [list.data]);
  const none = list.data !== undefined && rows.length === 0 && search === '';
  const open = (id: string): void => void navigate({ to: '/templates/$templateId', params: { templateId: id } });
  useShortcuts('Templates', [
    { keys: '/', label: 'Search templates', run: () => searchBox.current?.focus() },
    ...(mayWrite ? [{ keys: 'n', label: 'New template', run: () => open('new') }] : []),
  ]);
  return (
    <Page width="fill">
      <PageHeader
        title="Templates"
        beside={none || list.data === undefined || list.hasNextPage ? '' : formatCount(rows.length)}
        actions={mayWrite && !none ? <NewTemplate /> : undefined}
      />
      {none ? null : (
        <FilterChips
          filters={[]}
          onChange={() => undefined}
          before={
            <SearchBox
              inputRef={searchBox}
              value={search}
              onChange={(next) => void navigate({ search: { search: next }, replace: true })}
              label="Search names and texts"
            />
          }
        />
      )}
      <div className={classes.list} data-bleed>
        <Loaded query={list} what="The templates could not be loaded">
          {() =>
            rows.length > 0 ? (
              <VirtualTable
                label="Templates"
                rows={rows}
                rowId={(template) => template.id}
                columns={COLUMNS}
                phoneRow={({ name, body, updatedAt }) => (
                  <TwoLines
                    first={<bdi>{name}</bdi>}
                    aside={<TimeText at={updatedAt} look="relative" />}
                    second={<bdi>{body}</bdi>}
                  />
                )}
                onOpen={(template) => open(template.id)}
                more={moreOf(list)}
              />
            ) : search === '' ? (
              <NoTemplates mayWrite={mayWrite} />
            ) : (
              <EmptyState
                icon={IconSearchOff}
                title="No template matches"
                actions={
                  <Button variant="default" onClick={() => void navigate({ search: {}, replace: true })}>
                    Show all
                  </Button>
                }
              >
                No name and no text holds “{search}”.
              </EmptyState>
            )
          }
        </Loaded>
      </div>
    </Page>
  );
}

function NoTemplates({ mayWrite }: { readonly mayWrite: boolean }) {
  return (
    <EmptyState
      icon={IconTemplate}
      title="Texts to use again"
      actions={
        mayWrite ? (
          <>
            <NewTemplate />
            <Button
              variant="default"
              renderRoot={(props) => (
                <Link
                  {...props}
                  to="/templates/$templateId"
                  params={{ templateId: 'new' }}
                  search={{ start: 'sample' }}
                />
              )}
            >
              Start from a sample
            </Button>
          </>
        ) : undefined
      }
    >
      Written once, with fields such as <code>{'{first_name|there}'}</code> that become each person’s own words. You see
      the text on a phone while you write it, and how many parts it costs.
      {mayWrite ? null : <> {rightSentence('manager', 'write templates')}</>}
    </EmptyState>
  );
}

const NewTemplate = () => (
  <Button
    leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />}
    renderRoot={(props) => <Link {...props} to="/templates/$templateId" params={{ templateId: 'new' }} />}
  >
    New template
  </Button>
);
