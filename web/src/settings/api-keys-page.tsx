import { Button, Text } from '@mantine/core';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { useProductClock } from '../api/product-clock.ts';
import { type ApiKey, apiKeysQuery, mayAct, meQuery, revokeApiKey, sessionKeys } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ConfirmDialog } from '../patterns/confirm-dialog.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { PageHeader } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import { roleLabel } from './roles.ts';
import rows from './rows.module.css';

const MakeKeyDialog = lazy(() => import('./make-key-dialog.tsx').then((file) => ({ default: file.MakeKeyDialog })));
export function ApiKeysPage() {
  const { data: me } = useSuspenseQuery(meQuery);
  if (mayAct(me.user.role, 'owner')) return <ApiKeys />;
  return (
    <>
      <PageHeader title="API keys" />
      <NoRight least="owner" act="see and make API keys" />
    </>
  );
}

function ApiKeys() {
  const query = useQuery(apiKeysQuery);
  const clock = useProductClock(60_000);
  const dialog = useLazyDialog();
  const working = query.data?.data.filter((key) => stateOf(key, clock.nowMs) === 'working').length;
  const make = (
    <Button leftSection={<IconPlus size={16} stroke={ICON_STROKE} aria-hidden />} onClick={dialog.open}>
      Make a key
    </Button>
  );
  return (
    <>
      <PageHeader
        title="API keys"
        summary={
          working === undefined
            ? '\u00a0'
            : `${plural(working, 'key works', 'keys work')}. Scripts use them instead of signing in.`
        }
        actions={query.data !== undefined && query.data.data.length > 0 ? make : null}
      />
      <Loaded query={query} what="The keys could not be loaded">
        {({ data }) =>
          data.length === 0 ? (
            <EmptyState icon={IconKey} title="No keys yet" actions={make}>
              With a key, a script or another program uses everything that these pages use. What it may do is up to the
              key’s role. The <a href="/docs">API reference</a> describes it.
            </EmptyState>
          ) : (
            <ul className={rows.list}>
              {data.map((key) => (
                <KeyRow key={key.id} apiKey={key} nowMs={clock.nowMs} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Suspense fallback={null}>
        {dialog.wanted ? <MakeKeyDialog opened={dialog.opened} onClose={dialog.close} /> : null}
      </Suspense>
    </>
  );
}

const stateOf = ({ revokedAt, expiresAt }: ApiKey, nowMs: number): 'working' | 'revoked' | 'expired' => {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= nowMs ? 'expired' : 'working';
};

function KeyRow({ apiKey, nowMs }: { readonly apiKey: ApiKey; readonly nowMs: number }) {
  const { name, prefix, role, lastUsedAt } = apiKey;
  const [asked, setAsked] = useState(false);
  const revoke = useAction({
    run: (id: string) => revokeApiKey(id),
    touches: [sessionKeys.apiKeys],
    onDone: () => {
      setAsked(false);
      toastDone(`The key ${name} does not work any more`);
    },
  });
  const state = stateOf(apiKey, nowMs);
  return (
    <li className={rows.row} data-off={state !== 'working' || undefined}>
      <div className={rows.main}>
        <Text fw={550} truncate>
          {name}
        </Text>
        <Text size="sm" c="dimmed" truncate>
          <code>{prefix}…</code> · {roleLabel(role)}
        </Text>
      </div>
      <Text size="sm" c="dimmed" className={rows.aside} component="div">
        <KeyState apiKey={apiKey} state={state} />
        {lastUsedAt === null ? (
          <div>Never used</div>
        ) : (
          <div>
            Used <TimeText at={lastUsedAt} look="relative" />
          </div>
        )}
      </Text>
      {state === 'working' ? (
        <Button variant="default" size="xs" onClick={() => setAsked(true)} aria-label={`Revoke ${name}`}>
          Revoke
        </Button>
      ) : null}
      <ConfirmDialog
        opened={asked}
        onClose={() => setAsked(false)}
        title={`Revoke the key ${name}?`}
        confirmLabel="Revoke the key"
        tone="red"
        busy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate(apiKey.id)}
      >
        Whatever uses {prefix}… is refused at once. This cannot be taken back; make a new key if it was the wrong one.
      </ConfirmDialog>
    </li>
  );
}

function KeyState({ apiKey, state }: { readonly apiKey: ApiKey; readonly state: ReturnType<typeof stateOf> }) {
  const { revokedAt, expiresAt } = apiKey;
  if (state === 'revoked' && revokedAt !== null)
    return (
      <StateBadge state="cancelled" look="plain">
        Revoked <TimeText at={revokedAt} look="relative" />
      </StateBadge>
    );
  if (expiresAt === null) return <div>Does not expire</div>;
  return state === 'expired' ? (
    <StateBadge state="off" look="plain">
      Expired <TimeText at={expiresAt} look="relative" />
    </StateBadge>
  ) : (
    <div>
      Expires <TimeText at={expiresAt} look="relative" />
    </div>
  );
}
