import { Text } from '@mantine/core';
import type { OptOutImport } from '../api/opt-outs.ts';
import { FigureTable } from '../operations/figure-table.tsx';
import { Figure, Figures } from '../patterns/figure.tsx';
import { formatCount, plural } from '../patterns/format.ts';

/** What becomes of a list of opt-outs, and each row that could not be read. */
export const OptOutOutcome = ({ found, done }: { readonly found: OptOutImport; readonly done: boolean }) => (
  <>
    <Figures>
      <Figure label={done ? 'Opted out' : 'To be opted out'} count={found.optedOut} tone="dark" note="numbers" />
      <Figure label="Already" count={found.already} tone="grey" note="opted out before, or twice in the list" />
      <Figure
        label="Not readable"
        count={found.refused}
        tone={found.refused === 0 ? 'grey' : 'red'}
        of={{ count: found.rows, word: 'rows' }}
      />
    </Figures>
    {found.refused === 0 ? null : <NotReadable found={found} done={done} />}
  </>
);

function NotReadable({ found: { refused, refusals }, done }: Parameters<typeof OptOutOutcome>[0]) {
  const more = refused - refusals.length;
  return (
    <>
      <Text size="sm" role="status">
        {plural(refused, 'row cannot', 'rows cannot')} be read: nobody there {done ? 'is' : 'will be'} opted out. Mend
        and import {refused === 1 ? 'it' : 'them'} again.
      </Text>
      <FigureTable
        label="Rows that cannot be read"
        columns={[
          { id: 'line', head: 'Line' },
          { id: 'text', head: 'What it says' },
          { id: 'reason', head: 'Why' },
        ]}
        rows={refusals.map(({ line, text, reason }) => ({
          id: String(line),
          cells: [
            formatCount(line),
            <bdi key="text" style={{ overflowWrap: 'anywhere' }}>
              {text}
            </bdi>,
            reason,
          ],
        }))}
      />
      {more > 0 ? (
        <Text size="sm" c="dimmed">
          And {formatCount(more)} more.
        </Text>
      ) : null}
    </>
  );
}
