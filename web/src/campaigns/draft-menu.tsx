import { Menu } from '@mantine/core';
import { IconCopy, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useRef } from 'react';
import { type Campaign, campaignKeys, deleteCampaign } from '../api/campaigns.ts';
import { useAction } from '../api/use-action.ts';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { useOpeningMenu } from '../patterns/use-opening-menu.ts';
import { ICON_STROKE } from '../theme.ts';
import { MoreButton } from './more-button.tsx';
import { useCopyCampaign } from './use-new-campaign.ts';

/**
 * What can be done with a draft besides launching it. Deleting is taken back by making the same draft again. Fetched when its button
 * is first pressed, and therefore begins open.
 */
export default function DraftMenu({ campaign }: { readonly campaign: Campaign }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { copy } = useCopyCampaign();
  const button = useRef<HTMLButtonElement>(null);
  const menu = useOpeningMenu(button);
  const remove = useAction({
    run: (draft: Campaign) => deleteCampaign(draft.id),
    touches: [campaignKeys.list({})],
    onDone: (_done, draft) => {
      void navigate({ to: '/campaigns' }).then(() =>
        queryClient.removeQueries({ queryKey: campaignKeys.of(draft.id) }),
      );
      toastDone(`The draft “${draft.name}” is deleted`, () => copy(draft, draft.name));
    },
    onProblem: (error) => toastProblem('The draft was not deleted', error),
  });
  return (
    <Menu {...menu}>
      <Menu.Target>
        <MoreButton what="draft" ref={button} loading={remove.isPending} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconCopy size={16} stroke={ICON_STROKE} />} onClick={() => copy(campaign)}>
          Make a copy
        </Menu.Item>
        <Menu.Item
          color="var(--tone-red-text)"
          leftSection={<IconTrash size={16} stroke={ICON_STROKE} />}
          onClick={() => remove.mutate(campaign)}
        >
          Delete this draft
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
