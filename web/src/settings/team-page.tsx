import { Button, Menu, Select, Text } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { mayAct, meQuery, sessionKeys, type User, updateUser, usersQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { PageHeader, Section } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import { MayNot } from './may-not.tsx';
import { parseRole, ROLE_WORDS, roleLabel } from './roles.ts';
import { RowMenu } from './row-menu.tsx';
import rows from './rows.module.css';

const AddPersonDialog = lazy(() =>
  import('./add-person-dialog.tsx').then((file) => ({ default: file.AddPersonDialog })),
);
const NewPasswordDialog = lazy(() =>
  import('./new-password-dialog.tsx').then((file) => ({ default: file.NewPasswordDialog })),
);

export function TeamPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  return mayAct(me.user.role, 'manager') ? (
    <Team ownId={me.user.id} mayChange={mayAct(me.user.role, 'owner')} />
  ) : (
    <>
      <PageHeader title="Team" />
      <NoRight least="manager" act="see who is in the team" />
    </>
  );
}

function Team({ ownId, mayChange }: { readonly ownId: string; readonly mayChange: boolean }) {
  const query = useQuery(usersQuery);
  const dialog = useLazyDialog();
  const active = query.data?.data.filter((user) => user.active).length;
  return (
    <>
      <PageHeader
        title="Team"
        summary={active === undefined ? '\u00a0' : `${plural(active, 'person', 'people')} can sign in.`}
        actions={
          mayChange ? (
            <Button leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />} onClick={dialog.open}>
              Add a person
            </Button>
          ) : null
        }
      />
      {mayChange ? null : <MayNot least="owner" act="add people and change roles" />}
      <Loaded query={query} what="The team could not be loaded">
        {({ data }) => (
          <ul className={rows.list}>
            {data.map((user) => (
              <Member key={user.id} user={user} own={user.id === ownId} mayChange={mayChange} />
            ))}
          </ul>
        )}
      </Loaded>
      <Section title="Roles" note="Each role may do everything that the ones above it may.">
        <dl className={rows.explained}>
          {ROLE_WORDS.map(({ role, label, may }) => (
            <div key={role}>
              <dt>{label}</dt>
              <dd>{may}</dd>
            </div>
          ))}
        </dl>
      </Section>
      <Suspense fallback={null}>
        {dialog.wanted ? <AddPersonDialog opened={dialog.opened} onClose={dialog.close} /> : null}
      </Suspense>
    </>
  );
}

type Change = Parameters<typeof updateUser>[1];

function Member({ user, own, mayChange }: { readonly user: User; readonly own: boolean; readonly mayChange: boolean }) {
  const { id, name, email, role, active, lastSeenAt } = user;
  const newPassword = useLazyDialog();
  const change = useAction({
    run: ({ to }: { readonly to: Change; readonly done: string; readonly undo: Change }) => updateUser(id, to),
    touches: [sessionKeys.users, sessionKeys.me],
    onDone: (_user, { to, done, undo }) =>
      toastDone(done, () => change.mutate({ to: undo, undo: to, done: `${name} is as before` })),
    onProblem: (error) => toastProblem(`${name} was not changed`, error),
  });
  const setActive = (to: boolean): void =>
    change.mutate({
      to: { active: to },
      undo: { active },
      done: to ? `${name} can sign in again` : `${name} is signed out and cannot sign in any more`,
    });
  return (
    <li className={rows.row} data-off={!active || undefined}>
      <div className={rows.main}>
        <Text fw={550} truncate>
          {name}
          {own ? (
            <Text span inherit c="dimmed" fw={400}>
              {' '}
              (you)
            </Text>
          ) : null}
        </Text>
        <Text size="sm" c="dimmed" truncate>
          {email}
        </Text>
      </div>
      <Text size="sm" c="dimmed" className={rows.aside}>
        {!active ? (
          <StateBadge state="off" look="plain">
            Cannot sign in
          </StateBadge>
        ) : lastSeenAt === null ? (
          'Never signed in'
        ) : (
          <>
            Seen <TimeText at={lastSeenAt} look="relative" />
          </>
        )}
      </Text>
      {mayChange && active ? (
        <Select
          aria-label={`Role of ${name}`}
          w={120}
          className={rows.role}
          allowDeselect={false}
          data={ROLE_WORDS.map((words) => ({ value: words.role, label: words.label }))}
          value={role}
          disabled={change.isPending}
          onChange={(text) => {
            const next = parseRole(text);
            if (next !== undefined && next !== role)
              change.mutate({
                to: { role: next },
                undo: { role },
                done: `${name} is now ${roleLabel(next).toLowerCase()}`,
              });
          }}
        />
      ) : (
        <Text size="sm" w={120} className={rows.role}>
          {roleLabel(role)}
        </Text>
      )}
      {mayChange ? (
        <RowMenu label={`More about ${name}`}>
          {own ? (
            <Menu.Item component={Link} to="/settings/password">
              Change your password
            </Menu.Item>
          ) : (
            <Menu.Item onClick={newPassword.open}>New password</Menu.Item>
          )}
          {active ? (
            <Menu.Item disabled={own} onClick={() => setActive(false)}>
              {own ? 'Deactivate (not yourself)' : 'Deactivate: sign out and lock'}
            </Menu.Item>
          ) : (
            <Menu.Item onClick={() => setActive(true)}>Let sign in again</Menu.Item>
          )}
        </RowMenu>
      ) : null}
      <Suspense fallback={null}>
        {newPassword.wanted ? (
          <NewPasswordDialog user={user} opened={newPassword.opened} onClose={newPassword.close} />
        ) : null}
      </Suspense>
    </li>
  );
}
