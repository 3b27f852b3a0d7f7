import { Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBan, IconCopy, IconFileTypePdf, IconUserPlus } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Campaign } from '../api/campaigns.ts';
import { reportFile } from '../api/evidence.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useFocusBack } from '../patterns/use-focus-back.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { useOpeningMenu } from '../patterns/use-opening-menu.ts';
import { ICON_STROKE } from '../theme.ts';
import CancelDialog from './cancel-dialog.tsx';
import { MoreButton } from './more-button.tsx';
import type { useCampaignControl } from './use-campaign-control.ts';
import { useCopyCampaign } from './use-new-campaign.ts';

const AddPeopleDialog = lazy(() => import('./add-people-dialog.tsx'));

interface CampaignMenuProps {
  readonly campaign: Campaign;
  readonly control: ReturnType<typeof useCampaignControl>;
  /** It runs or is paused: it can be cancelled, and take people in. */
  readonly open: boolean;
}

/** What is rarely done with a launched campaign. Fetched when its button is first pressed, and therefore begins open. */
export default function CampaignMenu({ campaign, control, open }: CampaignMenuProps) {
  const { copy } = useCopyCampaign();
  const { role } = useSuspenseQuery(meQuery).data.user;
  const [cancelling, cancelDialog] = useDisclosure(false);
  const addDialog = useLazyDialog();
  const button = useFocusBack(cancelling || addDialog.opened);
  const menu = useOpeningMenu(button);
  return (
    <>
      <Menu {...menu}>
        <Menu.Target>
          <MoreButton what="campaign" ref={button} large={open} />
        </Menu.Target>
        <Menu.Dropdown>
          {open ? (
            <Menu.Item leftSection={<IconUserPlus size={16} stroke={ICON_STROKE} />} onClick={addDialog.open}>
              Add people
            </Menu.Item>
          ) : null}
          <Menu.Item leftSection={<IconCopy size={16} stroke={ICON_STROKE} />} onClick={() => copy(campaign)}>
            Copy as a new draft
          </Menu.Item>
          {mayAct(role, 'manager') ? (
            <Menu.Item
              component="a"
              href={reportFile(campaign.id, 'pdf')}
              download
              leftSection={<IconFileTypePdf size={16} stroke={ICON_STROKE} />}
            >
              Compliance report
            </Menu.Item>
          ) : null}
          {open ? (
            <Menu.Item
              color="var(--tone-red-text)"
              leftSection={<IconBan size={16} stroke={ICON_STROKE} />}
              onClick={cancelDialog.open}
            >
              Cancel this campaign
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {addDialog.wanted ? (
        <Suspense fallback={null}>
          <AddPeopleDialog campaign={campaign} opened={addDialog.opened} onClose={addDialog.close} />
        </Suspense>
      ) : null}
      <CancelDialog campaign={campaign} control={control} opened={cancelling} onClose={cancelDialog.close} />
    </>
  );
}
