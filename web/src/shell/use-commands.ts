import { useMantineColorScheme } from '@mantine/core';
import {
  IconAlertTriangle,
  IconDeviceDesktop,
  IconFileImport,
  IconKeyboard,
  IconLogout,
  IconMoon,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconSun,
} from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { operationKeys, pauseSending, resumeSending, type Status } from '../api/operations.ts';
import { mayAct, type Role } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { useNewCampaign } from '../campaigns/use-new-campaign.ts';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import type { Command } from './commands.ts';
import { SECTIONS } from './sections.ts';
import { useSignOut } from './user-menu.tsx';

/** Pages and actions of the command palette, as far as this person's role reaches. */
export function useCommands(given: {
  readonly role: Role;
  readonly status: Status | undefined;
  readonly onShortcuts: () => void;
}): readonly Command[] {
  const { role, status, onShortcuts } = given;
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const { setColorScheme } = useMantineColorScheme();
  const newCampaign = useNewCampaign();
  const leave = useSignOut();
  const sending = useAction({
    run: (pause: boolean) => (pause ? pauseSending() : resumeSending()),
    onDone: (next, pause) => {
      queryClient.setQueryData(operationKeys.status, next);
      toastDone(pause ? 'Sending is paused everywhere' : 'Sending goes on', () => sending.mutate(!pause));
    },
    onProblem: (error) => toastProblem('Sending was not changed', error),
  });

  const pages = SECTIONS.map(
    (section): Command => ({
      id: section.to,
      kind: 'page',
      label: section.label,
      words: 'go to open',
      icon: section.icon,
      hint: `G then ${section.key.toUpperCase()}`,
      run: () => void navigate({ to: section.to }),
    }),
  );
  const action = (command: Omit<Command, 'kind'>): Command => ({ kind: 'action', ...command });
  const paused = status?.sending.state === 'paused';
  const managing = mayAct(role, 'manager')
    ? [
        action({
          id: 'new-campaign',
          label: 'New campaign',
          words: 'create draft text blast',
          icon: IconPlus,
          run: newCampaign.start,
        }),
        action({
          id: 'import',
          label: 'Import contacts',
          words: 'csv upload people',
          icon: IconFileImport,
          run: () => void navigate({ to: '/imports' }),
        }),
        action({
          id: 'alerts',
          label: 'See the alerts',
          words: 'alarms wrong history problems',
          icon: IconAlertTriangle,
          run: () => void navigate({ to: '/alerts' }),
        }),
        action({
          id: 'sending',
          label: paused ? 'Resume sending' : 'Pause sending everywhere',
          words: paused ? 'start continue' : 'stop halt',
          icon: paused ? IconPlayerPlay : IconPlayerPause,
          run: () => sending.mutate(!paused),
        }),
      ]
    : [];
  return [
    ...pages,
    ...managing,
    action({ id: 'light', label: 'Use the light theme', icon: IconSun, run: () => setColorScheme('light') }),
    action({ id: 'dark', label: 'Use the dark theme', icon: IconMoon, run: () => setColorScheme('dark') }),
    action({
      id: 'system',
      label: 'Use the system’s theme',
      icon: IconDeviceDesktop,
      run: () => setColorScheme('auto'),
    }),
    action({ id: 'shortcuts', label: 'Keyboard shortcuts', words: 'keys help', icon: IconKeyboard, run: onShortcuts }),
    action({ id: 'sign-out', label: 'Sign out', words: 'log out leave', icon: IconLogout, run: leave }),
  ];
}
