import {
  Avatar,
  Kbd,
  Popover,
  SegmentedControl,
  Text,
  UnstyledButton,
  useMantineColorScheme,
  VisuallyHidden,
} from '@mantine/core';
import { IconKeyboard, IconLock, IconLogout } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Me, signOut } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { setDensity, useDensity } from '../patterns/density.ts';
import { initials } from '../patterns/format.ts';
import { toastProblem } from '../patterns/toast.tsx';
import { type Density, ICON_STROKE } from '../theme.ts';
import classes from './user-menu.module.css';

/** Ends the session and forgets everything that was read in it. */
export function useSignOut(): () => void {
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const action = useAction({
    run: (_input: null) => signOut(),
    onDone: async () => {
      await navigate({ to: '/sign-in' });
      queryClient.clear();
    },
    onProblem: (error) => toastProblem('You are still signed in', error),
  });
  return () => action.mutate(null);
}

export function UserMenu({ me, onShortcuts }: { readonly me: Me; readonly onShortcuts: () => void }) {
  const [opened, setOpened] = useState(false);
  const leave = useSignOut();
  return (
    <Popover opened={opened} onChange={setOpened} width={272} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <UnstyledButton className={classes.target} onClick={() => setOpened((before) => !before)}>
          <Avatar size={28} color="teal" variant="filled">
            {initials(me.user.name)}
          </Avatar>
          <VisuallyHidden>{me.user.name}: theme, density, shortcuts, password, sign out</VisuallyHidden>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown p={4} aria-label="You">
        <div className={classes.identity}>
          <Text size="sm" fw={600} truncate>
            {me.user.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {me.user.email} · {me.user.role}
          </Text>
        </div>
        <LookChoice />
        <UnstyledButton
          className={classes.item}
          onClick={() => {
            setOpened(false);
            onShortcuts();
          }}
        >
          <IconKeyboard size={16} stroke={ICON_STROKE} aria-hidden />
          Keyboard shortcuts
          <Kbd className={classes.key}>?</Kbd>
        </UnstyledButton>
        <Link to="/settings/password" className={classes.item} onClick={() => setOpened(false)}>
          <IconLock size={16} stroke={ICON_STROKE} aria-hidden />
          Change password
        </Link>
        <UnstyledButton className={classes.item} onClick={leave}>
          <IconLogout size={16} stroke={ICON_STROKE} aria-hidden />
          Sign out
        </UnstyledButton>
      </Popover.Dropdown>
    </Popover>
  );
}

/** Theme and row density, kept in this browser. */
export function LookChoice() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const density = useDensity();
  return (
    <div className={classes.choice}>
      <Text size="xs" c="dimmed">
        Theme
      </Text>
      <SegmentedControl
        fullWidth
        aria-label="Theme"
        value={colorScheme}
        onChange={setColorScheme}
        data={[
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
          { value: 'auto', label: 'System' },
        ]}
      />
      <Text size="xs" c="dimmed">
        Rows
      </Text>
      <SegmentedControl<Density>
        fullWidth
        aria-label="Rows"
        value={density}
        onChange={setDensity}
        data={[
          { value: 'comfortable', label: 'Comfortable' },
          { value: 'compact', label: 'Compact' },
        ]}
      />
    </div>
  );
}
