import { Anchor, Button, Text } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type ComplianceStatus, complianceStatusQuery } from '../api/compliance.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { Bars, BarsSkeleton } from '../operations/bars.tsx';
import { Count, FigureTable } from '../operations/figure-table.tsx';
import { Fact, Facts, Notice } from '../patterns/details.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { Figure, Figures } from '../patterns/figure.tsx';
import { formatCount, formatDay, formatRate, plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { actorWords } from './audit-words.ts';
import classes from './compliance.module.css';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { complianceAnswer, latencyWords } from './compliance-words.ts';
import { RateTable } from './rate-table.tsx';
import { WayTable } from './way-table.tsx';

const REFRESH_MS = 60_000;

/** Whether anybody should worry: opt-outs against the levels of the carriers, consents, lists, what was held back. */
export function CompliancePage() {
  const query = useQuery({ ...complianceStatusQuery, refetchInterval: REFRESH_MS });
  const status = query.data;
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader title="Compliance" summary={status === undefined ? '\u00a0' : complianceAnswer(status)} />
      <Loaded query={query} what="The figures could not be loaded" skeleton={<BarsSkeleton charts={3} />}>
        {(found) => (
          <>
            <Needs status={found} />
            {isFirstDay(found) ? (
              <FirstDay />
            ) : (
              <>
                <Standing status={found} />
                <OptOuts status={found} />
                <People status={found} />
              </>
            )}
            <Records status={found} />
            <Rules rules={found.rules} />
          </>
        )}
      </Loaded>
    </Page>
  );
}

/** Nobody to text, and nobody who ever asked for anything: figures would all be nothing. */
const isFirstDay = ({ people, optOuts, confirmations, blocked }: ComplianceStatus): boolean =>
  people.contacts + optOuts.total.texts + optOuts.byWay.length + confirmations.sent + blocked.length === 0;

function FirstDay() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  return (
    <EmptyState
      icon={IconShieldCheck}
      title="Nothing to watch over yet"
      actions={
        mayAct(role, 'agent') ? (
          <Button renderRoot={(props) => <Link {...props} to="/imports" />}>Import contacts</Button>
        ) : null
      }
    >
      Once there are contacts, this shows who may be texted and why others may not; once campaigns send, how many people
      opt out, how soon that is obeyed, and what carriers make of it.
    </EmptyState>
  );
}

/** What a person has to do something about. */
function Needs({ status: { dncLists, heldNumbers, unheardOptOuts, audit } }: { readonly status: ComplianceStatus }) {
  const needs: readonly { readonly id: string; readonly words: string; readonly link: ReactNode }[] = [
    ...(heldNumbers === 0
      ? []
      : [
          {
            id: 'held',
            words: `${plural(heldNumbers, 'number waits', 'numbers wait')} for a decision: campaigns leave them alone until then.`,
            link: (
              <Anchor component={Link} to="/compliance/reviews" inherit underline="always">
                Decide
              </Anchor>
            ),
          },
        ]),
    ...dncLists
      .filter(({ age }) => age === 'stale' || age === 'ageing' || age === 'missing')
      .map(({ id, name, sentence }) => ({
        id,
        words: `${name}: ${sentence}.`,
        link: (
          <Anchor
            inherit
            underline="always"
            renderRoot={(props) => <Link to="/compliance/do-not-call/$listId" params={{ listId: id }} {...props} />}
          >
            Open the list
          </Anchor>
        ),
      })),
    ...(unheardOptOuts === 0
      ? []
      : [
          {
            id: 'unheard',
            words: `A provider refused ${plural(unheardOptOuts, 'number', 'numbers')} for opt-outs that we did not know.`,
            link: (
              <Anchor component={Link} to="/compliance/opt-out-report/differences" inherit underline="always">
                See each of them
              </Anchor>
            ),
          },
        ]),
    ...(audit.verified?.state !== 'broken'
      ? []
      : [
          {
            id: 'broken',
            words: `The audit log was found changed: ${audit.verified.sentence}`,
            link: <AuditLink>Open the log</AuditLink>,
          },
        ]),
    ...(audit.overdue === 0
      ? []
      : [
          {
            id: 'audit',
            words: `${plural(audit.overdue, 'entry of the audit log waits', 'entries of the audit log wait')} for a seal: no worker seals.`,
            link: (
              <Anchor component={Link} to="/operations/workers" inherit underline="always">
                See the workers
              </Anchor>
            ),
          },
        ]),
  ];
  if (needs.length === 0) return null;
  return (
    <Notice tone={audit.verified?.state === 'broken' ? 'red' : 'amber'}>
      <ul className={classes.needs}>
        {needs.map(({ id, words, link }) => (
          <li key={id}>
            {words} {link}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** Where people decided first what a reply was: counted from its receipt as well. */
const decisionWords = ({ p99Ms, p99HeardMs }: ComplianceStatus['confirmations']): string =>
  p99HeardMs === null || p99HeardMs === p99Ms ? '' : `; 99% within ${latencyWords(p99HeardMs)} with time to decide`;

/** In the place of a figure; the note under it says why. */
const NOTHING_TIMED = '–';

function Standing({ status }: { readonly status: ComplianceStatus }) {
  const { optOuts, people, confirmations, days } = status;
  const heard = optOuts.byWay.filter(({ how }) => how === 'keyword' || how === 'free_text');
  const slowest = Math.max(-1, ...heard.map(({ p99Ms }) => p99Ms ?? -1));
  const half = Math.max(-1, ...heard.map(({ p50Ms }) => p50Ms ?? -1));
  const timed = (ms: number): string => (ms < 0 ? NOTHING_TIMED : latencyWords(ms));
  return (
    <Figures>
      <Figure
        label={`Opt-outs, ${days} days`}
        tone="dark"
        count={optOuts.total.optOuts}
        of={{ count: optOuts.total.texts, word: 'texts' }}
        note="No campaign text went out"
      />
      <Figure
        label="Opt-outs obeyed, 99% within"
        count={timed(slowest)}
        note={slowest < 0 ? 'Nobody opted out by text' : `half within ${timed(half)}`}
      />
      <Figure
        label="Confirmed, 99% within"
        count={confirmations.p99Ms === null ? NOTHING_TIMED : latencyWords(confirmations.p99Ms)}
        note={
          confirmations.sent === 0
            ? 'No confirmation was sent'
            : `${formatCount(confirmations.sent)} sent, half within ${latencyWords(confirmations.p50Ms)}${decisionWords(
                confirmations,
              )}${confirmations.notSent === 0 ? '' : `; ${formatCount(confirmations.notSent)} not sent`}`
        }
      />
      <Figure
        label="Textable now"
        tone="teal"
        count={people.textable}
        of={{ count: people.contacts, word: 'contacts' }}
        note="No contacts yet"
      />
      <Figure
        label="Written consent"
        count={people.writtenConsent}
        of={{ count: people.contacts, word: 'contacts' }}
        note="No contacts yet"
      />
    </Figures>
  );
}

function OptOuts({ status: { optOuts, levels, days } }: { readonly status: ComplianceStatus }) {
  const { byDay, byCampaign, byVariant, byLane, byWay, total } = optOuts;
  const hasTexts = total.texts > 0;
  return (
    <Section
      title="Opt-outs"
      note={`Of the texts of ${days} days. From ${formatRate(levels.warning, 1)} on providers warn, from ${formatRate(levels.flagged, 1)} carriers flag a number, from ${formatRate(levels.suspended, 1)} they stop it`}
      actions={
        <Anchor component={Link} to="/compliance/opt-out-report" size="sm">
          Report
        </Anchor>
      }
    >
      {hasTexts ? (
        <>
          <Bars
            name="Opt-outs by day of the text"
            title="By day of the text"
            total={plural(total.optOuts, 'opt-out', 'opt-outs')}
            tone="dark"
            bars={byDay.map(({ key, optOuts: count, texts }) => ({
              at: key,
              when: formatDay(key),
              value: count,
              said: `${formatCount(count)} of ${formatCount(texts)}, ${formatRate(count, texts)}`,
            }))}
          />
          <RateTable head="Campaign" by="campaign" rates={byCampaign} levels={levels} />
          <RateTable head="Number" by="lane" rates={byLane} levels={levels} />
          {byVariant.length > byCampaign.length ? (
            <RateTable head="Variant" by="variant" rates={byVariant} levels={levels} />
          ) : null}
        </>
      ) : (
        <Text c="dimmed">No campaign text went out in this time.</Text>
      )}
      {byWay.length === 0 ? null : <WayTable byWay={byWay} />}
    </Section>
  );
}

const ReasonTable = (props: { readonly label: string; readonly rows: ComplianceStatus['blocked'] }) => (
  <FigureTable
    label={props.label}
    columns={[
      { id: 'why', head: 'Why' },
      { id: 'count', head: 'People', align: 'end' },
    ]}
    rows={props.rows.map(({ reason, sentence, count }) => ({
      id: reason,
      cells: [sentence, <Count key="count" of={count} />],
    }))}
  />
);

function People({ status: { people, blocked, days } }: { readonly status: ComplianceStatus }) {
  const { contacts, textable, excluded, writtenConsent, expressConsent, takenBack, countedAt } = people;
  const none = contacts - writtenConsent - expressConsent - takenBack;
  return (
    <>
      <Section
        title="Who may be texted"
        note={
          <>
            By a marketing campaign, counted <TimeText at={countedAt} look="when" />. Consent:{' '}
            {formatCount(writtenConsent)} in writing, {formatCount(expressConsent)} otherwise, {formatCount(takenBack)}{' '}
            taken back, {formatCount(Math.max(0, none))} none
          </>
        }
      >
        {excluded.length === 0 ? (
          <Text c="dimmed">{contacts === 0 ? 'No contacts yet.' : `All ${formatCount(textable)} contacts.`}</Text>
        ) : (
          <ReasonTable label="Who may not be texted" rows={excluded} />
        )}
      </Section>
      <Section title="Held back" note={`People whom campaigns of ${days} days left out, by the rule`}>
        {blocked.length === 0 ? (
          <Text c="dimmed">Nobody was left out.</Text>
        ) : (
          <ReasonTable label="Held back" rows={blocked} />
        )}
      </Section>
    </>
  );
}

/** For whoever may read the log. */
function AuditLink({ children }: { readonly children: string }) {
  const { role } = useSuspenseQuery(meQuery).data.user;
  if (!mayAct(role, 'manager')) return null;
  return (
    <Anchor component={Link} to="/compliance/audit-log" inherit underline="always">
      {children}
    </Anchor>
  );
}

/** Whether anybody has looked lately that the log is whole, and where one does. */
function Verified({ verified }: { readonly verified: ComplianceStatus['audit']['verified'] }) {
  const link = <AuditLink>Verify it</AuditLink>;
  if (verified === null) return <>Never. {link}</>;
  const { at, by, byName, state, sentence } = verified;
  return (
    <>
      <TimeText at={at} look="when" /> by {actorWords({ actor: by, actorName: byName })}:{' '}
      {state === 'broken' ? <strong>{sentence}</strong> : sentence} {link}
    </>
  );
}

function Records({ status: { audit, dncLists } }: { readonly status: ComplianceStatus }) {
  return (
    <Section title="Records">
      <Facts>
        <Fact label="Audit log">
          {plural(audit.sealed, 'entry', 'entries')} sealed
          {audit.sealedAt === null ? (
            ''
          ) : (
            <>
              , the last <TimeText at={audit.sealedAt} look="when" />
            </>
          )}
        </Fact>
        <Fact label="Last verified">
          <Verified verified={audit.verified} />
        </Fact>
        <Fact label="Do-not-call lists">
          {dncLists.length === 0 ? (
            'None'
          ) : (
            <ul>
              {dncLists.map(({ id, name, sentence }) => (
                <li key={id}>
                  {name}: {sentence}
                </li>
              ))}
            </ul>
          )}
        </Fact>
      </Facts>
    </Section>
  );
}

/** Which law and which tables of ours are in force. */
function Rules({ rules }: { readonly rules: ComplianceStatus['rules'] }) {
  return (
    <Section title="Rules in force" note="The law and tables of our own, by which it is decided who may be texted">
      <Facts>
        {rules.map(({ name, version, digest, source }) => (
          <Fact key={name} label={name}>
            <span className={classes.version}>
              Version {version}
              {digest === null ? null : (
                <span>
                  SHA-256 <code>{digest.slice(0, DIGEST_SHOWN)}…</code>
                </span>
              )}
            </span>
            {source === null ? null : <small>{source}</small>}
          </Fact>
        ))}
      </Facts>
    </Section>
  );
}

const DIGEST_SHOWN = 12;
