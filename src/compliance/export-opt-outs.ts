import { sql } from 'kysely';
import { csvCell } from '../platform/csv-cell.ts';
import type { Db } from '../platform/database.ts';
import type { Uuid } from '../platform/ids.ts';
import type { Instant } from '../platform/time.ts';
import { type NoteDeps, noteExport } from './note-export.ts';
import { matchesOptOut, type OptOutFilter } from './report-opt-outs.ts';

interface ExportedOptOut {
  readonly id: Uuid;
  readonly phone: string;
  readonly reason: string;
  readonly how: string;
  readonly saidAt: Instant | null;
  readonly heardAt: Instant | null;
  readonly inForceAt: Instant;
  readonly latencyMs: number | null;
  readonly liftedAt: Instant | null;
  readonly textAt: Instant | null;
  readonly campaign: string | null;
  readonly variant: string | null;
  readonly lane: string | null;
  readonly state: string | null;
}

const HEAD =
  'phone,reason,how,said_at,heard_at,in_force_at,latency_ms,lifted_at,text_at,campaign,variant,number,state\r\n';
const PAGE_ROWS = 2_000;

/** Every opt-out that came in since then, as CSV text, piece by piece. That somebody took them along is in the audit log. */
export async function exportOptOuts(
  services: NoteDeps,
  input: { readonly filter: OptOutFilter; readonly actor: string; readonly signal?: AbortSignal },
): Promise<AsyncGenerator<string>> {
  const { filter, actor, signal } = input;
  const { from, campaignId = null, laneId = null, state = null } = filter;
  const detail = { from: from.toString(), campaignId, laneId, state };
  await noteExport(services, { actor, action: 'opt_outs.exported', subject: 'opt_outs', detail });
  return pages(services.db, filter, signal);
}

async function* pages(db: Db, filter: OptOutFilter, signal: AbortSignal | undefined): AsyncGenerator<string> {
  yield HEAD;
  let after: Pick<ExportedOptOut, 'id' | 'inForceAt'> | undefined;
  while (signal?.aborted !== true) {
    const rows = await page(db, filter, after);
    yield rows.map(lineOf).join('');
    after = rows.at(-1);
    if (rows.length < PAGE_ROWS) return;
  }
}

/** In the order in which they came into force. Index opt_out_in_force. */
async function page(
  db: Db,
  filter: OptOutFilter,
  after: Pick<ExportedOptOut, 'id' | 'inForceAt'> | undefined,
): Promise<readonly ExportedOptOut[]> {
  const behind =
    after === undefined ? sql`true` : sql`(o.in_force_at, o.suppression_id) > (${after.inForceAt}, ${after.id}::uuid)`;
  const { rows } = await sql<ExportedOptOut>`
    select o.suppression_id as id, s.phone, s.reason, o.how, o.said_at, o.heard_at, o.in_force_at,
      round(extract(epoch from o.in_force_at - o.heard_at) * 1000)::float8 as latency_ms, s.lifted_at, o.text_at,
      c.name as campaign, v.label as variant, l.phone as lane, o.place as state
    from opt_out o join suppression s on s.id = o.suppression_id left join campaign c on c.id = o.campaign_id
      left join campaign_variant v on v.id = o.variant_id left join lane l on l.id = o.lane_id
    where o.in_force_at >= ${filter.from} and ${matchesOptOut('o', filter)} and ${behind}
    order by o.in_force_at, o.suppression_id limit ${PAGE_ROWS}`.execute(db);
  return rows;
}

const lineOf = ({ id: _, ...cells }: ExportedOptOut): string =>
  `${[
    cells.phone,
    cells.reason,
    cells.how,
    cells.saidAt,
    cells.heardAt,
    cells.inForceAt,
    cells.latencyMs,
    cells.liftedAt,
    cells.textAt,
    cells.campaign,
    cells.variant,
    cells.lane,
    cells.state,
  ]
    .map((cell) => (cell === null ? '' : csvCell(String(cell))))
    .join(',')}\r\n`;
