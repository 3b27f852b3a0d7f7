import { Readable } from 'node:stream';
import { showId } from '../../platform/ids.ts';
import type { Outcome } from '../../platform/refusal.ts';
import { err, ok } from '../../platform/result.ts';
import { askAbout, exportQuestions, exportRecord, readCheck } from '../../reassigned-numbers/ask-about.ts';
import { listChecks } from '../../reassigned-numbers/check-store.ts';
import type { ReassignedCheck } from '../../reassigned-numbers/reassigned-check.ts';
import { ANSWERS_BYTES_MAX, recordAnswers } from '../../reassigned-numbers/record-answers.ts';
import type { Services } from '../../services.ts';
import { type Api, uuidOf } from '../api.ts';
import * as contract from '../contract/reassigned-numbers.ts';
import { csvAnswer } from '../csv-answer.ts';
import { isoText, rawRoute } from '../route-types.ts';

const questionsRoute = rawRoute({
  method: 'get',
  path: '/v1/reassigned-checks/{id}/questions',
  access: 'manager',
  tag: contract.tag,
  summary:
    'The questions as the database takes them: ten digits and a day on each line; the audit log says who took them',
  request: { params: contract.params, query: contract.questionsQuery },
  produces: 'text/csv',
});
const recordRoute = rawRoute({
  method: 'get',
  path: '/v1/reassigned-checks/{id}/record',
  access: 'manager',
  tag: contract.tag,
  summary: 'What was asked of each number, on which ground, and what was answered; the audit log says who took it',
  request: { params: contract.params },
  produces: 'text/csv',
});

export function registerReassignedRoutes(api: Api, services: Pick<Services, 'database' | 'clock' | 'newUuid'>): void {
  const deps = { ...services, db: services.database.db };
  api.handle(contract.listReassignedChecks, async ({ query }) =>
    ok({ data: (await listChecks(deps.db, query.limit)).map(showCheck) }),
  );
  api.handle(contract.getReassignedCheck, async ({ params }) =>
    shown(await readCheck(deps.db, uuidOf('reassignedCheck', params.id))),
  );
  api.effect(contract.askReassigned, {
    effect: async (tx, { body, caller }) => shown(await askAbout(tx, services, { ...body, by: caller })),
  });
  api.handle(contract.answerReassigned, async ({ params, query, request, caller }) => {
    if (Number(request.headers.get('content-length') ?? 0) > ANSWERS_BYTES_MAX)
      return err({
        kind: 'too_large',
        message: 'the file has more than 128 MiB; answers have one line for each question',
      });
    const { partial, ...file } = query;
    const checkId = uuidOf('reassignedCheck', params.id);
    const chunks = request.body ?? Readable.from([]);
    return shown(await recordAnswers(deps, { ...file, checkId, chunks, partial: partial === 'true', by: caller }));
  });
  api.raw(questionsRoute, async ({ params, query, caller }) => {
    const id = uuidOf('reassignedCheck', params.id);
    const { dateFormat, header } = query;
    return csv(
      `questions-${params.id}.csv`,
      await exportQuestions(deps, { id, dateFormat, header: header === 'true', actor: caller.actor }),
    );
  });
  api.raw(recordRoute, async ({ params, caller }) => {
    const id = uuidOf('reassignedCheck', params.id);
    return csv(`reassigned-${params.id}.csv`, await exportRecord(deps, { id, actor: caller.actor }));
  });
}

const csv = (name: string, pieces: Outcome<AsyncIterable<string>>) =>
  pieces.ok ? ok(csvAnswer({ name, plainName: name }, pieces.value)) : pieces;

const shown = (outcome: Outcome<ReassignedCheck>) => (outcome.ok ? ok(showCheck(outcome.value)) : outcome);

export function showCheck({ audience: _, answers, ...check }: ReassignedCheck) {
  return {
    ...check,
    id: showId('reassignedCheck', check.id),
    askedAt: isoText(check.askedAt),
    answers: answers === null ? null : showAnswers(answers, check.questions),
  };
}

function showAnswers({ counts, at, ...answers }: NonNullable<ReassignedCheck['answers']>, questions: number) {
  const { yes, no, no_data: noData } = counts;
  return { ...answers, at: isoText(at), yes, no, noData, unanswered: questions - yes - no - noData };
}
