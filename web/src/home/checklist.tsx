import { Button, Text, Title } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Home, Status } from '../api/operations.ts';
import { mayAct, type Role } from '../api/session.ts';
import { useNewCampaign } from '../campaigns/use-new-campaign.ts';
import { SampleImportButton } from '../imports/sample-import-button.tsx';
import { plural } from '../patterns/format.ts';
import { rightSentence } from '../patterns/no-right.tsx';
import { SANDBOX_SENTENCE, SandboxButton } from '../settings/sandbox-button.tsx';
import classes from './checklist.module.css';

interface ChecklistProps {
  readonly home: Home;
  readonly environment: Status['environment'] | undefined;
  readonly role: Role;
}

/** The three steps to the first campaign; gone once it has been launched. */
export function Checklist({ home, environment, role }: ChecklistProps) {
  const { lane, contacts, campaign } = home.checklist;
  if (campaign) return null;
  const next = !lane ? 1 : !contacts ? 2 : 3;
  return (
    <ol className={classes.steps} aria-label="Steps to the first campaign">
      <NumberStep done={lane} next={next === 1} environment={environment} role={role} />
      <PeopleStep done={contacts} next={next === 2} count={home.contacts} role={role} />
      <CampaignStep next={next === 3} role={role} />
    </ol>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly done: boolean;
  /** The one to do now. */
  readonly next: boolean;
  readonly actions: ReactNode;
  readonly children: ReactNode;
}

function Step({ number, title, done, next, actions, children }: StepProps) {
  return (
    <li className={classes.step} data-done={done || undefined} aria-current={next ? 'step' : undefined}>
      <span className={classes.number} aria-hidden>
        {done ? <IconCheck size={16} stroke={2.25} /> : number}
      </span>
      <div className={classes.what}>
        <Title order={2} size="h3">
          {title}
          {done ? <span className={classes.spoken}>, done</span> : null}
        </Title>
        <Text size="sm" c="dimmed" component="div">
          {children}
        </Text>
      </div>
      <div className={classes.actions}>{actions}</div>
    </li>
  );
}

const Unavailable = ({ least, act }: { readonly least: Role; readonly act: string }) => (
  <Text size="xs" c="dimmed" maw={240}>
    {rightSentence(least, act)}
  </Text>
);

function NumberStep(props: {
  readonly done: boolean;
  readonly next: boolean;
  readonly environment: Status['environment'] | undefined;
  readonly role: Role;
}) {
  const { done, next, environment, role } = props;
  const connect = mayAct(role, 'owner') ? (
    <>
      {done ? null : <SandboxButton variant="subtle" />}
      <Button
        variant={next ? 'filled' : 'default'}
        renderRoot={(rest) => <Link to="/settings/numbers" search={{ connect: 'yes' }} {...rest} />}
      >
        {done ? 'Connect a real number' : 'Connect a number'}
      </Button>
    </>
  ) : (
    <Unavailable least="owner" act="connect numbers" />
  );
  return (
    <Step
      number={1}
      title="Connect a number"
      done={done}
      next={next}
      actions={done && environment === 'live' ? null : connect}
    >
      {!done
        ? `Texts go out from your own business number at Quo (formerly OpenPhone) or Twilio; you need a key from there. Or look around first. ${SANDBOX_SENTENCE}`
        : environment === 'sandbox'
          ? 'You are in the sandbox, a made-up carrier on this machine: nobody real is texted. The made-up people answer, and their opt-outs stay with your contacts: try it with the sample contacts.'
          : 'Your number is connected.'}
    </Step>
  );
}

function PeopleStep(props: {
  readonly done: boolean;
  readonly next: boolean;
  readonly count: number;
  readonly role: Role;
}) {
  const { done, next, count, role } = props;
  const actions = mayAct(role, 'manager') ? (
    <>
      {done ? null : <SampleImportButton variant="subtle" />}
      <Button variant={next ? 'filled' : 'default'} renderRoot={(rest) => <Link to="/imports" {...rest} />}>
        {done ? 'Import more' : 'Import a CSV file'}
      </Button>
    </>
  ) : (
    <Unavailable least="manager" act="import contacts" />
  );
  return (
    <Step number={2} title="Import people" done={done} next={next} actions={actions}>
      {done
        ? `${plural(count, 'person is', 'people are')} in your contacts.`
        : 'A spreadsheet saved as CSV is enough. You see what would come in, and what would not, before anything is changed.'}
    </Step>
  );
}

function CampaignStep({ next, role }: { readonly next: boolean; readonly role: Role }) {
  const newCampaign = useNewCampaign();
  return (
    <Step
      number={3}
      title="Send the first campaign"
      done={false}
      next={next}
      actions={
        mayAct(role, 'manager') ? (
          <Button variant={next ? 'filled' : 'default'} loading={newCampaign.busy} onClick={newCampaign.start}>
            Write a campaign
          </Button>
        ) : (
          <Unavailable least="manager" act="send campaigns" />
        )
      }
    >
      Write the text, see it as each person would get it, and launch when the review says that all is well. Nothing is
      sent before that.
    </Step>
  );
}
