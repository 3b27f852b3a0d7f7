import { Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBan, IconCopy, IconUserPlus } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import type { Campaign } from '../api/campaigns.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { plural } from '../patterns/format.ts';
import { useFocusBack } from '../patterns/use-focus-back.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { useOpeningMenu } from '../patterns/use-opening-menu.ts';
import { ICON_STROKE } from '../theme.ts';
import { textedOf } from './campaign-counts.ts';
import { MoreButton } from './more-button.tsx';
import type { useCampaignControl } from './use-campaign-control.ts';
import { useCopyCampaign } from './use-new-campaign.ts';

const AddPeopleDialog = lazy(() => import('./add-people-dialog.tsx'));

/** Above this many people who wait, cancelling asks for the campaign's name, as launching does. */
const CONFIRM_NAME_ABOVE = 500;

interface CampaignMenuProps {
  readonly campaign: Campaign;
  readonly control: ReturnType<typeof useCampaignControl>;
  /** It runs or is paused: it can be cancelled, and take people in. */
  readonly open: boolean;
}

/** What is rarely done with a launched campaign. Fetched when its button is first pressed, and therefore begins open. */
export default function CampaignMenu({ campaign, control, open }: CampaignMenuProps) {
  const { copy } = useCopyCampaign();
  const [cancelling, cancelDialog] = useDisclosure(false);
  const addDialog = useLazyDialog();
  const button = useFocusBack(cancelling || addDialog.opened);
  const menu = useOpeningMenu(button);
  const waiting = campaign.totals.pending;
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
      <ConfirmDialog
        opened={cancelling}
        onClose={cancelDialog.close}
        title="Cancel this campaign?"
        tone="red"
        confirmLabel={waiting === 0 ? 'Cancel the campaign' : `Do not text ${plural(waiting, 'person', 'people')}`}
        busy={control.busy}
        {...(waiting > CONFIRM_NAME_ABOVE ? { typeToConfirm: campaign.name } : {})}
        onConfirm={() => control.cancel(cancelDialog.close)}
      >
        <Text>{cancelWords(waiting, textedOf(campaign.totals))}</Text>
      </ConfirmDialog>
    </>
  );
}

function cancelWords(waiting: number, texted: number): string {
  const left =
    waiting === 0
      ? 'Nobody waits any more.'
      : `${plural(waiting, 'person who still waits is', 'people who still wait are')} left out for good.`;
  const gone =
    texted === 0
      ? 'Nothing has gone out yet.'
      : `What went out to ${plural(texted, 'person', 'people')} stays as it is, and replies keep coming in.`;
  return `${left} ${gone} To stop only for a while, pause instead.`;
}
