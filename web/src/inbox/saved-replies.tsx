import { ActionIcon, Anchor, Combobox, Loader, Text, Tooltip, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconTemplate } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { rowsOf } from '../api/pages.ts';
import { type Template, templatesQuery, textPreviewQuery } from '../api/templates.ts';
import { useAction } from '../api/use-action.ts';
import { toastProblem } from '../patterns/toast.tsx';
import { ICON_STROKE } from '../theme.ts';

const DEBOUNCE_MS = 150;
const SHOWN_MAX = 30;

interface SavedRepliesProps {
  /** Whose name and town are filled in. */
  readonly contactId: string | undefined;
  /** The template's text as this person would get it. */
  readonly onChoose: (text: string) => void;
}

/** Templates as ready-made answers. Opens when it is first shown, because its button is what asked for it. */
export function SavedReplies({ contactId, onChoose }: SavedRepliesProps) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), DEBOUNCE_MS);
  const combobox = useCombobox({
    defaultOpened: true,
    onDropdownClose: () => setSearch(''),
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  const focusSearch = useRef(combobox.focusSearchInput);
  useEffect(() => focusSearch.current(), []);
  const query = useInfiniteQuery({ ...templatesQuery(settled), enabled: combobox.dropdownOpened });
  const queryClient = useQueryClient();
  const fill = useAction({
    run: (template: Template) => queryClient.fetchQuery(textPreviewQuery(template.body, contactId)),
    onDone: (preview, template) => {
      if (preview.text === null) toastProblem(`“${template.name}” was not inserted`, new Error(preview.error?.message));
      else onChoose(preview.text);
    },
    onProblem: (error, template) => toastProblem(`“${template.name}” was not inserted`, error),
  });
  const templates = rowsOf(query.data).slice(0, SHOWN_MAX);
  const choose = (id: string): void => {
    const template = templates.find((one) => one.id === id);
    combobox.closeDropdown();
    if (template !== undefined) fill.mutate(template);
  };
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={choose}
      width={320}
      position="top-start"
      shadow="md"
      withinPortal={false}
    >
      <Combobox.Target targetType="button" withAriaAttributes>
        <Tooltip label="Insert a saved reply" disabled={combobox.dropdownOpened}>
          <ActionIcon
            aria-label="Insert a saved reply"
            loading={fill.isPending}
            onClick={() => combobox.toggleDropdown()}
          >
            <IconTemplate size={20} stroke={ICON_STROKE} />
          </ActionIcon>
        </Tooltip>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.updateSelectedOptionIndex();
          }}
          placeholder="Find a template"
          aria-label="Find a template"
        />
        {templates.length === 0 ? (
          <Combobox.Footer>
            <NoTemplates pending={query.isPending} failed={query.error !== null} searched={settled !== ''} />
          </Combobox.Footer>
        ) : (
          <Combobox.Options mah={280} style={{ overflowY: 'auto' }} aria-label="Templates">
            {templates.map((template) => (
              <Combobox.Option key={template.id} value={template.id}>
                <Text size="sm" fw={550} truncate>
                  {template.name}
                </Text>
                <Text size="xs" c="dimmed" lineClamp={2} dir="auto">
                  {template.body}
                </Text>
              </Combobox.Option>
            ))}
          </Combobox.Options>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}

function NoTemplates({
  pending,
  failed,
  searched,
}: {
  readonly pending: boolean;
  readonly failed: boolean;
  readonly searched: boolean;
}) {
  if (pending) return <Loader size="xs" color="gray" />;
  if (failed) return <Text size="sm">The templates could not be loaded.</Text>;
  if (searched) return <Text size="sm">None matches.</Text>;
  return (
    <Anchor size="sm" renderRoot={(props) => <Link to="/templates" {...props} />}>
      Write a first template
    </Anchor>
  );
}
