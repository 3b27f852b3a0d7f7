import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type DncVersion, dncVersionsQuery } from '../api/dnc-lists.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { Section } from '../patterns/page.tsx';
import { StateBadge } from '../patterns/state-badge.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import classes from './compliance.module.css';
import { dayWords, versionWords } from './dnc-words.ts';

/** Nothing tells when somebody else's file has been read. */
const READING_EVERY_MS = 2_000;

/** Every file of a list, the newest first, also those that never came into force. */
export function DncVersions({ listId }: { readonly listId: string }) {
  const query = useQuery({
    ...dncVersionsQuery(listId),
    refetchInterval: ({ state }) =>
      state.data?.data.some((version) => version.state === 'reading') ? READING_EVERY_MS : false,
  });
  return (
    <Section title="Files" note="Kept as the proof of what was asked, and when.">
      <Loaded query={query} what="The files could not be loaded" skeleton={<LoadingSkeleton shape="pairs" count={2} />}>
        {({ data }) =>
          data.length === 0 ? (
            <Text c="dimmed">None yet: the list has no numbers before its first file.</Text>
          ) : (
            <ol className={classes.versions}>
              {data.map((version) => (
                <Version key={version.id} version={version} />
              ))}
            </ol>
          )
        }
      </Loaded>
    </Section>
  );
}

function Version({ version }: { readonly version: DncVersion }) {
  const { state, fileName, asOf, createdAt, uploadedBy, error, refusals, refused, inForceFrom, inForceUntil } = version;
  return (
    <li>
      <div>
        <Text fw={550} component="div">
          <bdi>{fileName}</bdi>
        </Text>
        <Text size="sm" c="dimmed" component="div">
          Of {dayWords(asOf)}, uploaded by <bdi>{uploadedBy}</bdi> <TimeText at={createdAt} look="when" />
        </Text>
        <Text size="sm" c="dimmed" component="div" data-tabular>
          {versionWords(version)}
        </Text>
        {inForceFrom === null || inForceUntil === null ? null : (
          <Text size="sm" c="dimmed" component="div">
            In force from <TimeText at={inForceFrom} /> to <TimeText at={inForceUntil} />
          </Text>
        )}
        {error === null ? null : (
          <Text size="sm" c="var(--tone-red-text)" component="div">
            {error}
          </Text>
        )}
        {refusals.length === 0 ? null : <Refusals refusals={refusals} refused={refused} />}
      </div>
      <StateBadge state={state} />
    </li>
  );
}

function Refusals({ refusals, refused }: Pick<DncVersion, 'refusals' | 'refused'>) {
  return (
    <details className={classes.more}>
      <summary>
        {refused > refusals.length ? `The first ${refusals.length} refused lines` : 'The refused lines'}
      </summary>
      <ul className={classes.refusals}>
        {refusals.map(({ line, text, reason }) => (
          <li key={line}>
            Line {line}: <code>{text}</code>, {reason}
          </li>
        ))}
      </ul>
    </details>
  );
}
