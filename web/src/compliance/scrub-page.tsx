import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { dncKeys } from '../api/dnc-lists.ts';
import {
  cancelScrubbing,
  type ScrubBatch,
  type Scrubbing,
  scrubBatchesQuery,
  scrubbingQuery,
  scrubKeys,
  startScrubbing,
} from '../api/scrubbing.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { formatCount, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { ChoosePeople, chosenRule, EVERYBODY } from './choose-people.tsx';
import classes from './compliance.module.css';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { ScrubForm } from './scrub-form.tsx';
import { batchWords, statusWords } from './scrub-words.ts';

/** A service that knows the do-not-call lists: which one, how much it is asked, and what it said. */
export function ScrubPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const query = useQuery(scrubbingQuery);
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader title="Scrub service" summary={query.data === undefined ? '\u00a0' : statusWords(query.data)} />
      <Loaded query={query} what="The service could not be loaded">
        {(settings) => (
          <>
            {settings.block === null ? null : (
              <Text c="var(--tone-amber-text)">
                Not asked until <TimeText at={settings.block.until} />: {settings.block.message}
              </Text>
            )}
            {mayAct(role, 'manager') && settings.service !== null ? <StartForm settings={settings} /> : null}
            <Section title="Batches" note="Whoever was not answered about stays as they were.">
              <Batches mayCancel={mayAct(role, 'manager')} />
            </Section>
            {mayAct(role, 'owner') ? (
              <ScrubForm settings={settings} />
            ) : (
              <Text>{rightSentence('owner', 'choose the service')}</Text>
            )}
          </>
        )}
      </Loaded>
    </Page>
  );
}

function StartForm({ settings }: { readonly settings: Scrubbing }) {
  const [rule, setRule] = useState(EVERYBODY);
  const start = useAction({
    run: (audience: NonNullable<ReturnType<typeof chosenRule>>, key) => startScrubbing({ audience }, key),
    touches: [scrubKeys.all, dncKeys.all],
  });
  const audience = chosenRule(rule);
  return (
    <Section
      title="Ask about numbers"
      note={`Of whom it said nothing in the last 25 days. From the first time on, whoever it was not asked about gets no cold texts: ${plural(settings.unansweredContacts, 'contact', 'contacts')} now.`}
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (audience !== undefined) start.mutate(audience);
        }}
      >
        <ChoosePeople rule={rule} onChange={setRule} />
        {start.error === null ? null : <ErrorState compact error={start.error} what="Not begun" />}
        <Button type="submit" w="fit-content" loading={start.isPending} disabled={audience === undefined}>
          Ask the service
        </Button>
      </form>
    </Section>
  );
}

function Batches({ mayCancel }: { readonly mayCancel: boolean }) {
  const queryClient = useQueryClient();
  const query = useQuery(scrubBatchesQuery);
  const open = query.data?.data.some(({ state }) => state === 'open') ?? false;
  // What is used of the quota, and which lists there are, has changed when one begins and when it is over.
  useEffect(() => {
    if (open) return;
    void queryClient.invalidateQueries({ queryKey: scrubKeys.settings });
    void queryClient.invalidateQueries({ queryKey: dncKeys.all });
  }, [open, queryClient]);
  return (
    <Loaded query={query} what="The batches could not be loaded">
      {({ data }) =>
        data.length === 0 ? (
          <Text c="dimmed">Nothing was asked yet.</Text>
        ) : (
          <Stack gap="lg">
            {data.map((batch) => (
              <Batch key={batch.id} batch={batch} mayCancel={mayCancel} />
            ))}
          </Stack>
        )
      }
    </Loaded>
  );
}

function Batch({ batch, mayCancel }: { readonly batch: ScrubBatch; readonly mayCancel: boolean }) {
  const cancel = useAction({ run: () => cancelScrubbing(batch.id), touches: [scrubKeys.all] });
  const { state, chosen, total, listed, clean, unknown, wait, createdAt } = batch;
  const done = listed + clean + unknown;
  return (
    <Stack gap={4}>
      <Group justify="space-between">
        <Text fw={500}>
          About <bdi>{chosen}</bdi>, <TimeText at={createdAt} />
        </Text>
        {state === 'open' && mayCancel ? (
          <Button variant="subtle" color="gray" loading={cancel.isPending} onClick={() => cancel.mutate(undefined)}>
            Cancel
          </Button>
        ) : null}
      </Group>
      {state === 'open' ? (
        <Progress
          value={total === 0 ? 100 : (done / total) * 100}
          aria-label={`Answered ${formatCount(done)} of ${formatCount(total)}`}
        />
      ) : null}
      <Text size="sm" role="status" data-tabular>
        {batchWords(batch)}
      </Text>
      {wait === null ? null : (
        <Text size="sm" c="var(--tone-amber-text)">
          Goes on <TimeText at={wait.until} />: {wait.message}
        </Text>
      )}
      {cancel.error === null ? null : <ErrorState compact error={cancel.error} what="Not cancelled" />}
    </Stack>
  );
}
