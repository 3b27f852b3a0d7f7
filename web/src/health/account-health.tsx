import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Health, healthKeys, healthQuery, startHealthCheck, type Webhooks, webhooksQuery } from '../api/health.ts';
import { useLive } from '../api/live.ts';
import type { Account } from '../api/operations.ts';
import { useProductClock } from '../api/product-clock.ts';
import { useAction } from '../api/use-action.ts';
import { sourcesQuery } from '../api/webhook-events.ts';
import { Fact, Facts, Notice } from '../patterns/details.tsx';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastProblem } from '../patterns/toast.tsx';
import { CheckHistory } from './check-history.tsx';
import { CheckStrip } from './check-strip.tsx';
import { takenInWords } from './check-words.ts';
import { checkWords, receiptWords, silenceWords } from './watch-words.ts';

interface AccountHealthProps {
  readonly account: Account;
  readonly mayCheck: boolean;
}

const DAY_HOURS = 24;

export function AccountHealth({ account, mayCheck }: AccountHealthProps) {
  const { id, name } = account;
  const query = useQuery(healthQuery(id));
  useLive('status', [healthKeys.health(id), healthKeys.checks(id), healthKeys.webhooks(id)]);
  const begin = useAction({
    run: (_input: null, key) => startHealthCheck(id, key),
    touches: [healthKeys.health(id), healthKeys.checks(id)],
    onProblem: (error) => toastProblem('No check was begun', error),
  });
  const { settings, last } = query.data ?? {};
  return (
    <Section
      title={name}
      actions={
        mayCheck && settings !== undefined && settings !== null ? (
          <Button
            size="xs"
            variant="default"
            aria-label={`Check now: ${name}`}
            loading={begin.isPending}
            disabled={last?.outcome === null}
            onClick={() => begin.mutate(null)}
          >
            Check now
          </Button>
        ) : null
      }
    >
      <Loaded
        query={query}
        what="The checks could not be loaded"
        skeleton={<LoadingSkeleton shape="lines" count={5} />}
      >
        {(health) => (
          <>
            {account.breaker === null ? null : (
              <Notice tone="red">
                The provider has not answered since <TimeText at={account.breaker.openSince} look="when" />:{' '}
                {account.breaker.detail}. It is asked again until it does; nothing is handed over meanwhile.
              </Notice>
            )}
            {health.suspicion === null ? null : (
              <Notice tone="amber">
                Suspicious since <TimeText at={health.suspicion.since} look="when" />: {health.suspicion.detail}.{' '}
                {health.settings === null
                  ? 'No check can test it: no two numbers are chosen.'
                  : 'A check is made at once; people are told if it fails.'}
              </Notice>
            )}
            <CheckStrip health={health} />
            <AccountFacts account={account} health={health} />
            <CheckHistory account={account} />
          </>
        )}
      </Loaded>
    </Section>
  );
}

function AccountFacts({ account, health }: { readonly account: Account; readonly health: Health }) {
  const { id, lastEventAt, state, stateReason, stateRemedy } = account;
  const { zone } = useProductClock(60_000);
  const webhooks = useQuery(webhooksQuery(id)).data;
  const sources = useQuery(sourcesQuery(DAY_HOURS)).data?.data.filter(({ accountId }) => accountId === id);
  return (
    <Facts>
      <Fact label="Last event">
        {lastEventAt === null ? 'none yet' : <TimeText at={lastEventAt} look="relative" />}
      </Fact>
      <Fact label="Last 24 hours">{sources === undefined ? '\u00a0' : takenInWords(sources)}</Fact>
      <Fact label="Webhooks">{webhooks === undefined ? '\u00a0' : <Registered webhooks={webhooks} />}</Fact>
      {state === 'paused' ? (
        <Fact label="Paused">
          {[stateReason ?? 'no reason was given', stateRemedy].flatMap((said) => said ?? []).join('. ')}
        </Fact>
      ) : null}
      <Fact label="Checks">{checkWords(health)}</Fact>
      <Fact label="Silence">{silenceWords(health.watch.silence, zone)}</Fact>
      <Fact label="Receipts">{receiptWords(health.watch.receipts)}</Fact>
    </Facts>
  );
}

function Registered({ webhooks: { findings, lookedAt, problem } }: { readonly webhooks: Webhooks }) {
  if (findings.length > 0) return findings.map(({ sentence }) => sentence).join(' ');
  if (lookedAt === null) return 'nobody has looked yet';
  return (
    <>
      {problem === null ? 'all events are asked for, and come here' : `the provider did not answer (${problem})`},
      looked at <TimeText at={lookedAt} look="relative" />
    </>
  );
}
