import { Button, Group, Text } from '@mantine/core';
import { IconDownload, IconHelp } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import {
  askReassigned,
  type NewReassignedCheck,
  questionsFile,
  type ReassignedCheck,
  reassignedKeys,
  reassignedQuery,
  recordFile,
} from '../api/reassigned-numbers.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useAction } from '../api/use-action.ts';
import { DigitsInput } from '../patterns/digits-input.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { plural } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { rightSentence } from '../patterns/no-right.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { TimeText } from '../patterns/time-text.tsx';
import { toastDone } from '../patterns/toast.tsx';
import { ICON_STROKE } from '../theme.ts';
import { ChoosePeople, chosenRule, EVERYBODY } from './choose-people.tsx';
import classes from './compliance.module.css';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { answerWords, questionWords } from './reassigned-words.ts';
import { UploadAnswers } from './upload-answers.tsx';

/** Which numbers may be somebody else's by now: questions to the Reassigned Numbers Database, and its answers. */
export function ReassignedPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader
        title="Reassigned numbers"
        summary="Numbers that people give up go to others. The Reassigned Numbers Database (reassigned.us) tells which; campaigns leave those out."
      />
      {mayAct(role, 'manager') ? <Checks /> : <Text>{rightSentence('manager', 'ask about numbers')}</Text>}
    </Page>
  );
}

function Checks() {
  const query = useQuery(reassignedQuery);
  return (
    <>
      <AskForm />
      <Section title="What was asked" note="Kept as the proof of what was asked, when, and what was answered.">
        <Loaded query={query} what="The questions could not be loaded">
          {({ data }) =>
            data.length === 0 ? (
              <EmptyState icon={IconHelp} title="Nothing yet">
                Make the questions, upload their file at reassigned.us, and bring the answers here.
              </EmptyState>
            ) : (
              <ol className={classes.versions}>
                {data.map((check) => (
                  <Check key={check.id} check={check} />
                ))}
              </ol>
            )
          }
        </Loaded>
      </Section>
    </>
  );
}

const DAYS_MAX = 365;

function AskForm() {
  const [rule, setRule] = useState(EVERYBODY);
  const [notAskedForDays, setDays] = useState<number | undefined>(30);
  const ask = useAction({
    run: (body: NewReassignedCheck, key) => askReassigned(body, key),
    touches: [reassignedKeys.all],
    onDone: ({ questions }) => toastDone(`${plural(questions, 'question is', 'questions are')} made`),
  });
  const audience = chosenRule(rule);
  return (
    <Section
      title="Ask about numbers"
      note="Each question names the newest day that shows the number to be the person’s: a consent, or a text of theirs."
    >
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (audience !== undefined) ask.mutate({ audience, notAskedForDays: notAskedForDays ?? 0 });
        }}
      >
        <ChoosePeople rule={rule} onChange={setRule} />
        <DigitsInput
          label="Skip numbers that it answered in the last (days)"
          min={0}
          max={DAYS_MAX}
          value={notAskedForDays}
          onChange={setDays}
        />
        {ask.error === null ? null : <ErrorState compact error={ask.error} what="No questions were made" />}
        <Button type="submit" w="fit-content" loading={ask.isPending} disabled={audience === undefined}>
          Make the questions
        </Button>
      </form>
    </Section>
  );
}

function Check({ check }: { readonly check: ReassignedCheck }) {
  const { id, chosen, askedAt, askedBy, answers } = check;
  const file = answers === null ? questionsFile(id) : recordFile(id);
  return (
    <li>
      <div>
        <Text fw={550} component="div">
          About <bdi>{chosen}</bdi>
        </Text>
        <Text size="sm" c="dimmed" component="div">
          {questionWords(check)}. Asked by <bdi>{askedBy}</bdi>, <TimeText at={askedAt} look="when" />.
        </Text>
        <Text size="sm" component="div" data-tabular>
          {answerWords(check)}
        </Text>
        {answers === null ? <UploadAnswers check={check} /> : null}
      </div>
      <Group gap="xs">
        <Button
          component="a"
          variant="default"
          href={file}
          download
          leftSection={<IconDownload size={16} stroke={ICON_STROKE} aria-hidden />}
        >
          {answers === null ? 'Questions' : 'Record'}
        </Button>
      </Group>
    </li>
  );
}
