import { LIST_MUTANTS } from './list-mutants.ts';
import type { Mutant } from './mutant.ts';
import { PEOPLE_MUTANTS } from './people-mutants.ts';

export const MUTANTS: readonly Mutant[] = [
  ...PEOPLE_MUTANTS,
  ...LIST_MUTANTS,
  {
    name: 'claims without asking for suppressions',
    edits: [
      {
        file: 'src/sending/decide-intents.ts',
        find: 'const skip = recipient.forbidden ?? undecided',
        replace: 'const skip = undecided',
      },
    ],
  },
  {
    name: 'knows no fence',
    edits: [
      {
        file: 'src/sending/lease-store.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        find: 'and owner = ${lease.owner} and epoch = ${lease.epoch} for share`;',
        replace: 'for share`;',
      },
    ],
  },
  {
    name: 'sends an unknown text again',
    edits: [
      {
        file: 'src/sending/decide-outcome.ts',
        find: "return { to: 'unknown', detail: outcome.detail };",
        replace: "return { to: 'pending', notBefore: now, detail: outcome.detail };",
      },
    ],
  },
  {
    name: 'takes a lost answer for a failure',
    edits: [
      {
        file: 'src/sending/decide-outcome.ts',
        find: "return { to: 'unknown', detail: outcome.detail };",
        replace: "return { to: 'failed', code: 'lost', message: outcome.detail };",
      },
    ],
  },
  {
    name: 'does not reserve the daily cap',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: 'update lane_usage set reserved = reserved +',
        replace: 'update lane_usage set reserved = reserved + 0 *',
      },
    ],
  },
  {
    name: 'counts the days of the cap in UTC',
    edits: [
      {
        file: 'src/sending/serve-campaigns.ts',
        find: 'day: dayIn(lane.zone, now),',
        replace: "day: dayIn('UTC', now),",
      },
    ],
  },
  {
    name: 'reads the clock of the hours in UTC',
    edits: [
      {
        file: 'src/compliance/quiet-hours.ts',
        find: 'const local = at.toZonedDateTimeISO(zone);\n    const minute',
        replace: "const local = at.toZonedDateTimeISO('UTC');\n    const minute",
      },
    ],
  },
  {
    name: 'forgets the Sundays of Alabama',
    edits: [{ file: 'src/compliance/quiet-hours.ts', find: "if (date.dayOfWeek === 7) return 'sunday';", replace: '' }],
  },
  {
    name: 'takes absence for proof at once',
    edits: [
      {
        file: 'src/sending/settle.ts',
        find: '(!deps.knownLong.has(attemptOf(message)) || msBetween(message.attemptedAt, askedAt) < graceMs),',
        replace: 'graceMs < 0,',
      },
    ],
  },
  {
    name: 'leaves what a dead worker had begun',
    edits: [
      {
        file: 'src/sending/record-store.ts',
        find: "and state = 'handing_over' and lease_epoch <",
        replace: "and state = 'handing_over' and lease_epoch < 0 *",
      },
    ],
  },
  {
    name: 'puts back what a dead worker had begun',
    edits: [
      {
        file: 'src/sending/record-store.ts',
        find: "update enrollment e set state = 'unknown' from orphan o where e.id = o.enrollment_id and e.state = 'handing_over'",
        replace:
          "update enrollment e set state = 'pending', parts = null from orphan o where e.id = o.enrollment_id and e.state = 'handing_over' and o.id in (select id from orphan)",
      },
    ],
  },
  {
    name: 'goes on while its campaign is paused',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: "and c.state = 'running' and not",
        replace: 'and not',
      },
      {
        file: 'src/sending/turn-store.ts',
        find: "where c.state = 'running'), '[]') as campaigns",
        replace: "where c.state in ('running', 'paused')), '[]') as campaigns",
      },
    ],
  },
  {
    name: 'has no rate',
    edits: [{ file: 'src/sending/token-bucket.ts', find: 'tokens -= count;', replace: 'tokens -= count / 4;' }],
  },
  {
    name: 'ignores the frequency cap',
    edits: [
      {
        file: 'src/sending/decide-intents.ts',
        find: 'const notBefore = tooOften(recipient, group, now);',
        replace: 'const notBefore = tooOften(recipient, { ...group, messagesPerDay: 99 }, now);',
      },
    ],
  },
  {
    name: 'keeps the cap of what was not sent',
    edits: [
      {
        file: 'src/sending/record-store.ts',
        find: "where state in ('pending', 'failed', 'cancelled') and cap_day is not null",
        replace: "where state in ('failed', 'cancelled') and cap_day is not null",
      },
    ],
  },
  {
    name: 'hands over however late it is',
    edits: [
      {
        file: 'src/sending/hand-over.ts',
        find: 'addMs(text.attemptedAt, patience(deps.clock, HAND_OVER_BEGINS_WITHIN_MS));',
        replace: 'addMs(text.attemptedAt, patience(deps.clock, 1e9));',
      },
    ],
  },
  {
    name: 'takes over a lease without a new epoch',
    edits: [{ file: 'src/sending/lease-store.ts', find: 'epoch = l.epoch + 1', replace: 'epoch = l.epoch' }],
  },
  {
    name: 'confirms every STOP',
    edits: [
      {
        file: 'src/conversations/act-on-inbound.ts',
        find: 'if (beginsOptOut && weConfirmOptOut(',
        replace: 'void beginsOptOut;\n  if (weConfirmOptOut(',
      },
    ],
  },
  {
    name: 'closes a campaign that still asks',
    edits: [
      {
        file: 'src/campaigns/campaign-store.ts',
        find: 'having sum(t.pending + t.handing_over + t.unknown) = 0',
        replace: 'having sum(t.pending + t.handing_over) = 0',
      },
    ],
  },
  {
    name: 'counts the cap after sending',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: 'update lane_usage set reserved = reserved +',
        replace: 'update lane_usage set reserved = reserved + 0 *',
      },
      {
        file: 'src/sending/record-store.ts',
        find: 'update lane_usage u set reserved = u.reserved - b.texts, parts = u.parts - b.parts',
        replace: 'update lane_usage u set reserved = u.reserved + b.texts',
      },
      {
        file: 'src/sending/record-store.ts',
        find: "where state in ('pending', 'failed', 'cancelled') and cap_day is not null",
        replace: "where state = 'sent' and cap_day is not null",
      },
    ],
  },
  {
    name: 'forgets what a campaign has used of its hour',
    edits: [{ file: 'src/sending/decide-pace.ts', find: 'hourTexts: hourTexts + taken', replace: 'hourTexts: taken' }],
  },
  {
    name: 'forgets what a campaign has used of its day',
    edits: [{ file: 'src/sending/decide-pace.ts', find: 'dayTexts: dayTexts + taken', replace: 'dayTexts: taken' }],
  },
  {
    name: 'knows no throughput of lanes',
    edits: [
      { file: 'src/sending/pacer.ts', find: 'lanes.get(laneId)?.messages?.take(now, count);', replace: '' },
      { file: 'src/sending/pacer.ts', find: 'lanes.get(laneId)?.parts?.take(now, parts);', replace: '' },
    ],
  },
  {
    name: 'lets a lane send any number of parts a day',
    edits: [
      { file: 'src/sending/decide-intents.ts', find: 'if (parts > partsRoom) continue;', replace: 'void partsRoom;' },
      {
        file: 'src/sending/claim.ts',
        find: 'if (limit <= 0 || lane.parts <= 0)',
        replace: 'if (limit <= 0)',
      },
    ],
  },
  {
    name: 'takes absence for proof by the clock alone',
    edits: [
      {
        file: 'src/sending/settle.ts',
        find: '!deps.knownLong.has(attemptOf(message)) ||',
        replace: '',
      },
    ],
  },
  {
    name: 'asks only for what the gateway took after the attempt',
    edits: [
      {
        file: 'src/sending/settle.ts',
        find: 'const CLOCK_SKEW_MS = 2 * HOUR_MS;',
        replace: 'const CLOCK_SKEW_MS = -HOUR_MS / 3_600;',
      },
    ],
  },
  {
    name: 'leaves attempts without an end',
    edits: [
      {
        file: 'src/sending/record-store.ts',
        find: 'from moved m where a.message_id = m.id and a.attempt = m.attempts',
        replace:
          "from moved m where a.message_id = m.id and a.attempt = m.attempts and m.outcome <> 'refused_recipient'",
      },
    ],
  },
  {
    name: 'does not write down why a text went',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: 'kinds.map((kind) => JSON.stringify(kind.decision))',
        replace: "kinds.map(() => '{}')",
      },
    ],
  },
  {
    name: 'answers a STOP before it is a suppression',
    edits: [
      {
        file: 'src/webhooks/keep-event.ts',
        find: 'if (!asksToStop(event)) return storePlain(context, stored);',
        replace: 'if (Math.abs(0) === 0 || !asksToStop(event)) return storePlain(context, stored);',
      },
    ],
  },
  {
    name: 'answers an event before it is stored',
    edits: [
      {
        file: 'src/webhooks/keep-event.ts',
        find: 'return await stored.add(event);',
        replace: 'void stored.add(event).catch(() => undefined); return true;',
      },
    ],
  },
  {
    name: 'puts nothing down on the disk',
    edits: [{ file: 'src/webhooks/keep-event.ts', find: 'await spooled.add(event);', replace: '' }],
  },
  {
    name: 'takes away what waits on the disk before it is stored',
    edits: [
      {
        file: 'src/webhooks/keep-event.ts',
        find: '  await Promise.all(stored);\n  await spool.remove(name);',
        replace: '  await spool.remove(name);\n  await Promise.all(stored);',
      },
    ],
  },
  {
    name: 'marks receipts that it has not applied',
    edits: [
      {
        file: 'src/webhooks/apply-event.ts',
        find: 'plain.map(({ report }) => report),',
        replace: 'plain.slice(1).map(({ report }) => report),',
      },
    ],
  },
  {
    name: 'forgets reports of texts that it does not know yet',
    edits: [
      {
        file: 'src/webhooks/apply-status.ts',
        find: 'from report where id is null',
        replace: 'from report where false',
      },
    ],
  },
  {
    name: 'never tries again what has failed',
    edits: [
      {
        file: 'src/webhooks/apply-event.ts',
        find: 'await services.jobs.enqueue(tx, RETRY_QUEUE, [',
        replace: 'await services.jobs.enqueue(tx, RETRY_QUEUE, []); void ([',
      },
    ],
  },
  {
    name: 'forgets the reports that came before its own record',
    edits: [
      {
        file: 'src/sending/record.ts',
        find: 'await early.apply();',
        replace: '',
      },
    ],
  },
  {
    name: 'sends half as fast again as its rate',
    edits: [
      {
        file: 'src/sending/token-bucket.ts',
        find: '(elapsedMs / 1000) * ratePerSecond',
        replace: '(elapsedMs / 1000) * 1.5 * ratePerSecond',
      },
    ],
  },
  {
    name: 'sends from a number that was taken out of its campaign',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        find: ' and cl.removed_at is null)\n    for share skip locked',
        replace: ')\n    for share skip locked',
      },
      {
        file: 'src/sending/turn-store.ts',
        find: 'cl.removed_at is null and l.account_id = a.id',
        replace: 'l.account_id = a.id',
      },
    ],
  },
  {
    name: 'sends what has become pointless',
    edits: [
      {
        file: 'src/sending/claim-store.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text.
        find: ' and not ${isPointlessSql(now)}',
        replace: '',
      },
      {
        file: 'src/sending/serve-campaigns.ts',
        find: 'campaign.waiting > 0 && !campaign.pointless',
        replace: 'campaign.waiting > 0',
      },
    ],
  },
];
