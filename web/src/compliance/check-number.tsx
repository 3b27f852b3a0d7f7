import { Anchor, Button, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { type DncExemption, type DncStanding, dncCheckQuery, dncKeys, endExemption } from '../api/dnc-lists.ts';
import { useAction } from '../api/use-action.ts';
import { ErrorState } from '../patterns/error-state.tsx';
import { Section } from '../patterns/page.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone, toastProblem } from '../patterns/toast.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import classes from './compliance.module.css';
import { dayWords, EXEMPTIONS, isRegistry } from './dnc-words.ts';

const ExemptionDialog = lazy(() => import('./exemption-dialog.tsx'));
const route = getRouteApi('/shell/compliance/do-not-call');

/** On which lists one number is, and whether it is exempt. */
export function CheckNumber({ mayRecord }: { readonly mayRecord: boolean }) {
  const navigate = route.useNavigate();
  const { check = '' } = route.useSearch();
  const [typed, setTyped] = useState(check);
  const answer = useQuery({ ...dncCheckQuery(check), enabled: check !== '' });
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    void navigate({ search: { check: typed.trim() }, replace: true });
    if (typed.trim() === check) void answer.refetch();
  };
  return (
    <Section title="Check one number" note="On which lists it is, and why it may be texted all the same.">
      <search>
        <form className={classes.ask} onSubmit={ask}>
          <TextInput
            aria-label="Phone number to check"
            type="tel"
            placeholder="(617) 555-0123"
            autoComplete="off"
            maxLength={40}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
          <Button type="submit" variant="default" loading={answer.isFetching} disabled={typed.trim() === ''}>
            Check
          </Button>
        </form>
      </search>
      <div aria-live="polite" className={classes.answer}>
        {check === '' || answer.data === undefined || answer.error !== null ? null : (
          <Standing standing={answer.data} mayRecord={mayRecord} />
        )}
        {answer.error === null ? null : <ErrorState compact error={answer.error} what="Not checked" />}
      </div>
    </Section>
  );
}

function Standing({ standing, mayRecord }: { readonly standing: DncStanding; readonly mayRecord: boolean }) {
  const { phone, listedOn, exemptions } = standing;
  const dialog = useLazyDialog();
  return (
    <>
      <Text>
        <b>
          <PhoneNumber phone={phone} />
        </b>{' '}
        {listedOn.length === 0 ? 'is on no list.' : 'is on:'}
      </Text>
      {listedOn.length === 0 ? null : (
        <ul className={classes.listed} aria-label="Lists that it is on">
          {listedOn.map(({ id, name, kind, asOf }) => (
            <li key={id}>
              <div>
                <Anchor
                  underline="always"
                  inherit
                  renderRoot={(props) => (
                    <Link {...props} to="/compliance/do-not-call/$listId" params={{ listId: id }} />
                  )}
                >
                  <bdi>{name}</bdi>
                </Anchor>
                , of {dayWords(asOf)}
                {isRegistry(kind) ? '' : '. Nobody is exempt from it'}
              </div>
            </li>
          ))}
        </ul>
      )}
      {exemptions.length === 0 ? null : (
        <ul className={classes.listed} aria-label="Exemptions">
          {exemptions.map((exemption) => (
            <Exemption key={exemption.id} exemption={exemption} mayEnd={mayRecord} />
          ))}
        </ul>
      )}
      {mayRecord ? (
        <Button size="xs" variant="default" w="fit-content" onClick={dialog.open}>
          Record an exemption
        </Button>
      ) : null}
      <Suspense fallback={null}>
        {dialog.wanted ? <ExemptionDialog phone={phone} opened={dialog.opened} onClose={dialog.close} /> : null}
      </Suspense>
    </>
  );
}

function Exemption({ exemption, mayEnd }: { readonly exemption: DncExemption; readonly mayEnd: boolean }) {
  const { id, kind, reason, validUntil, endedAt, recordedBy, ruleVersion } = exemption;
  const end = useAction({
    run: (one: string, key) => endExemption(one, key),
    touches: [dncKeys.all],
    onDone: () => toastDone('The exemption has ended'),
    onProblem: (error) => toastProblem('The exemption was not ended', error),
  });
  return (
    <li>
      <div>
        {EXEMPTIONS[kind].label}: <bdi>{reason}</bdi>
        <Text size="sm" c="dimmed" component="div">
          {endedAt === null ? (
            <>
              Exempt until <TimeText at={validUntil} />
            </>
          ) : (
            <>
              Ended <TimeText at={endedAt} />
            </>
          )}
          , recorded by {recordedBy}, rules {ruleVersion}
        </Text>
      </div>
      {endedAt === null && mayEnd ? (
        <Button size="xs" variant="default" loading={end.isPending} onClick={() => end.mutate(id)}>
          End it now
        </Button>
      ) : null}
    </li>
  );
}
