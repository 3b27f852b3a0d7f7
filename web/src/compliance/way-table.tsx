import type { ComplianceStatus } from '../api/compliance.ts';
import { Count, FigureTable } from '../operations/figure-table.tsx';
import { latencyWords, wayWords } from './compliance-words.ts';

/** How opt-outs came, and how long it took until nothing could go out any more. */
export const WayTable = ({ byWay }: { readonly byWay: ComplianceStatus['optOuts']['byWay'] }) => (
  <FigureTable
    label="How opt-outs came"
    columns={[
      { id: 'how', head: 'How they came' },
      { id: 'count', head: 'Opt-outs', align: 'end' },
      { id: 'without', head: 'After no text', align: 'end' },
      { id: 'p50', head: 'Half obeyed within', align: 'end' },
      { id: 'p99', head: '99% within', align: 'end' },
    ]}
    rows={byWay.map(({ how, count, withoutText, p50Ms, p99Ms }) => ({
      id: how,
      cells: [
        wayWords(how),
        <Count key="count" of={count} />,
        <Count key="without" of={withoutText} />,
        latencyWords(p50Ms),
        latencyWords(p99Ms),
      ],
    }))}
  />
);
