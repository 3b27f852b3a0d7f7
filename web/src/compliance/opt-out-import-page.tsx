import { Button, Group, Text } from '@mantine/core';
import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { importOptOuts, type OptOutImport, previewOptOuts } from '../api/opt-outs.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { useUpload } from '../api/use-upload.ts';
import { plural } from '../patterns/format.ts';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { UploadProblem, UploadProgress } from '../patterns/upload-progress.tsx';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { type GivenList, NO_LIST, OptOutListForm } from './opt-out-list-form.tsx';
import { OptOutOutcome } from './opt-out-outcome.tsx';

/** Numbers that asked elsewhere not to be texted, taken over: seen first, then opted out. */
export function OptOutImportPage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader
        title="Import opt-outs"
        summary="People who asked another system, or you in person, not to be texted. You see what would happen before anything counts."
      />
      {mayAct(role, 'manager') ? <Importing /> : <NoRight least="manager" act="import opt-outs" />}
    </Page>
  );
}

interface Step {
  readonly kind: 'looked_at' | 'done';
  readonly file: File;
  readonly found: OptOutImport;
}

function Importing() {
  const queryClient = useQueryClient();
  const [list, setList] = useState<GivenList>(NO_LIST);
  const [step, setStep] = useState<Step | null>(null);
  const queryOf = (file: File) => ({
    fileName: file.name,
    ...(list.column.trim() === '' ? {} : { column: list.column }),
  });
  const look = useUpload({
    send: async (file, watch) => ({ file, found: await previewOptOuts(queryOf(file), file, watch) }),
    refusal,
    onDone: (answer) => {
      look.reset();
      setStep({ kind: 'looked_at', ...answer });
    },
  });
  const take = useUpload({
    send: async (file, watch) => ({ file, found: await importOptOuts(queryOf(file), file, watch) }),
    refusal,
    onDone: (answer) => {
      take.reset();
      setStep({ kind: 'done', ...answer });
      // Whoever is opted out is so everywhere: in contacts, campaigns, the inbox.
      void queryClient.invalidateQueries();
    },
  });
  const anew = (kept: GivenList): void => {
    setList(kept);
    setStep(null);
    take.reset();
  };
  if (look.state.kind === 'sending')
    return <UploadProgress state={look.state} onStop={look.stop} after="being looked at" />;
  if (take.state.kind === 'sending')
    return <UploadProgress state={take.state} onStop={take.stop} after="being opted out" />;
  if (step === null)
    return (
      <Section title="The list" note="Numbers that are no contacts are opted out too, and do not become contacts.">
        <OptOutListForm
          list={list}
          onChange={setList}
          onLook={look.start}
          problem={<UploadProblem state={look.state} />}
        />
      </Section>
    );
  return (
    <Reached key={step.kind}>
      {step.kind === 'done' ? (
        <Done found={step.found} onMore={() => anew(NO_LIST)} />
      ) : (
        <LookedAt step={step} onTake={() => take.start(step.file)} onBack={() => anew(list)}>
          <UploadProblem state={take.state} />
        </LookedAt>
      )}
    </Reached>
  );
}

/** Takes the focus from what was pressed and is gone. */
function Reached({ children }: { readonly children: ReactNode }) {
  const reached = useRef<HTMLDivElement>(null);
  useEffect(() => reached.current?.focus(), []);
  return (
    <div ref={reached} tabIndex={-1}>
      {children}
    </div>
  );
}

interface LookedAtProps {
  readonly step: Step;
  readonly onTake: () => void;
  readonly onBack: () => void;
  readonly children: ReactNode;
}

function LookedAt({ step: { file, found }, onTake, onBack, children }: LookedAtProps) {
  return (
    <Section
      title="What would happen"
      note={`${plural(found.rows, 'row', 'rows')} of “${file.name}”. Nothing counts yet.`}
    >
      <OptOutOutcome found={found} done={false} />
      {children}
      <Text size="sm" c="dimmed">
        {found.optedOut === 0
          ? 'Nobody new is in it.'
          : 'From then on nobody texts them, contact or not. Only they can undo it, by texting START.'}
      </Text>
      <Group gap="xs">
        {found.optedOut === 0 ? null : (
          <Button onClick={onTake}>Opt out {plural(found.optedOut, 'number', 'numbers')}</Button>
        )}
        <Button variant="default" onClick={onBack}>
          Change the list
        </Button>
      </Group>
    </Section>
  );
}

const Done = ({ found, onMore }: { readonly found: OptOutImport; readonly onMore: () => void }) => (
  <Section title="Done" note="The audit log says who did it, and of each number that it came from this list.">
    <OptOutOutcome found={found} done />
    <Group gap="xs">
      <Button variant="default" onClick={onMore}>
        Import another list
      </Button>
      <Button variant="subtle" renderRoot={(props) => <Link {...props} to="/compliance/opt-out-report" />}>
        See all opt-outs
      </Button>
    </Group>
  </Section>
);

/** What the server looks at before it takes it. */
const FILE_BYTES_MAX = 16 * 1024 ** 2;

function refusal(file: File): string | undefined {
  if (file.size === 0) return `“${file.name}” is empty.`;
  if (file.size > FILE_BYTES_MAX)
    return `“${file.name}” is larger than 16 MB, about a million numbers. Import it in parts, or whole with “textwright optout import”.`;
  return undefined;
}
