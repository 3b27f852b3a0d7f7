import { ActionIcon, Button, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconBan, IconCopy, IconDots, IconPlayerPauseFilled, IconPlayerPlayFilled } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import type { Campaign } from '../api/campaigns.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { plural } from '../patterns/format.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './campaign-controls.module.css';
import { textedOf } from './campaign-counts.ts';
import { useCampaignControl } from './use-campaign-control.ts';
import { useCopyCampaign } from './use-new-campaign.ts';

/** Above this many people who wait, cancelling asks for the campaign's name, as launching does. */
const CONFIRM_NAME_ABOVE = 500;

/** Stop first: pausing is one large button that acts at once; what ends the campaign asks. */
export function CampaignControls({ campaign }: { readonly campaign: Campaign }) {
  const { data: me } = useSuspenseQuery(meQuery);
  const control = useCampaignControl(campaign);
  const { copy } = useCopyCampaign();
  const [cancelling, cancelDialog] = useDisclosure(false);
  if (!mayAct(me.user.role, 'manager')) return null;
  const open = campaign.state === 'running' || campaign.state === 'paused';
  const waiting = campaign.totals.pending;
  return (
    <div className={classes.controls}>
      {campaign.state === 'running' ? (
        <Button
          size="lg"
          color="amber"
          className={classes.main ?? ''}
          leftSection={<IconPlayerPauseFilled size={20} />}
          loading={control.busy}
          onClick={control.pause}
        >
          Pause
        </Button>
      ) : null}
      {campaign.state === 'paused' ? (
        <Button
          size="lg"
          className={classes.main ?? ''}
          leftSection={<IconPlayerPlayFilled size={20} />}
          loading={control.busy}
          onClick={control.resume}
        >
          {waiting === 0 ? 'Resume' : `Resume for ${plural(waiting, 'person', 'people')}`}
        </Button>
      ) : null}
      <Menu>
        <Menu.Target>
          <ActionIcon size={open ? 44 : 32} aria-label="More for this campaign">
            <IconDots size={20} stroke={ICON_STROKE} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={16} stroke={ICON_STROKE} />} onClick={() => copy(campaign)}>
            Copy as a new draft
          </Menu.Item>
          {open ? (
            <Menu.Item color="red" leftSection={<IconBan size={16} stroke={ICON_STROKE} />} onClick={cancelDialog.open}>
              Cancel this campaign
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
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
    </div>
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
