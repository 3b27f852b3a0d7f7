import { Button, Text, TextInput } from '@mantine/core';
import { IconFileTypePdf, IconFingerprint, IconJson } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { type EvidenceTimeline, evidenceFile, evidenceQuery } from '../api/evidence.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { Notice } from '../patterns/details.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatPhone } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { NoRight } from '../patterns/no-right.tsx';
import { Page, PageHeader, Section } from '../patterns/page.tsx';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import classes from './compliance.module.css';
import { ComplianceTabs } from './compliance-tabs.tsx';
import { EvidenceEntries } from './evidence-entries.tsx';

const EraseDialog = lazy(() => import('./erase-dialog.tsx'));
const route = getRouteApi('/shell/compliance/evidence');
const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** All that is known of one number: for a court, and for the person who asks. */
export function EvidencePage() {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const { phone = '' } = route.useSearch();
  return (
    <Page width="start">
      <ComplianceTabs />
      <PageHeader
        title="Evidence"
        summary="What a court or a person may ask for: all that is known of one number, with the proof that nothing was changed."
      />
      {mayAct(role, 'manager') ? (
        <>
          <AskForNumber key={phone} phone={phone} />
          {phone === '' ? (
            <EmptyState icon={IconFingerprint} title="Whose records?">
              Consents with their exact wording, each text with the record of why it was allowed, and how soon each
              opt-out took effect. Also of people who were erased: ask for their number.
            </EmptyState>
          ) : (
            <OfNumber phone={phone} mayErase={role === 'owner'} />
          )}
        </>
      ) : (
        <NoRight least="manager" act="see all that is known of a person" />
      )}
    </Page>
  );
}

function AskForNumber({ phone }: { readonly phone: string }) {
  const navigate = route.useNavigate();
  const [typed, setTyped] = useState(phone === '' ? '' : formatPhone(phone));
  const ask = (event: FormEvent): void => {
    event.preventDefault();
    void navigate({ search: { phone: typed.trim() } });
  };
  return (
    <search>
      <form className={classes.ask} onSubmit={ask}>
        <TextInput
          aria-label="Phone number"
          type="tel"
          placeholder="(617) 555-0123"
          autoComplete="off"
          maxLength={40}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button type="submit" variant="default" disabled={typed.trim() === ''}>
          Show the records
        </Button>
      </form>
    </search>
  );
}

function OfNumber({ phone, mayErase }: { readonly phone: string; readonly mayErase: boolean }) {
  const query = useQuery(evidenceQuery(phone));
  return (
    <Loaded query={query} what="The records could not be read" skeleton={<LoadingSkeleton shape="lines" count={8} />}>
      {(evidence) => <Records evidence={evidence} mayErase={mayErase} />}
    </Loaded>
  );
}

function Records({ evidence, mayErase }: { readonly evidence: EvidenceTimeline; readonly mayErase: boolean }) {
  const { phone, name, erased, complete, findings, entries, head, provenEntries } = evidence;
  const dialog = useLazyDialog();
  return (
    <>
      <Section
        title={name === null || name === '' ? formatPhone(phone) : `${name}, ${formatPhone(phone)}`}
        note={erased ? 'This person was erased. What the law asks to keep is here, without name and words.' : undefined}
        actions={
          <div className={classes.files}>
            <FileLink phone={phone} format="pdf" />
            <FileLink phone={phone} format="json" />
            {mayErase && !erased ? (
              <Button size="xs" variant="default" color="red" onClick={dialog.open}>
                Erase this person
              </Button>
            ) : null}
          </div>
        }
      >
        <div className={classes.findings}>
          {findings.map(({ holds, sentence }) => (
            <Notice key={sentence} tone={holds ? 'green' : 'red'}>
              {sentence}
            </Notice>
          ))}
          {complete ? null : <Notice tone="amber">There are more records than fit; the newest are here.</Notice>}
        </div>
      </Section>
      <Section title="What happened" note="The oldest first. Every line is in the files too.">
        <EvidenceEntries entries={entries} />
      </Section>
      <Section title="Proof">
        <Text size="sm">
          Entries of the audit log about this number: {provenEntries}. The JSON file ties each of them to the head of
          the log, and can be checked without this program or its database. Note the head elsewhere:
        </Text>
        <div className={classes.head}>
          <code>{`${head.seq}:${head.hash.slice(0, 16)}…`}</code>
          <CopyText value={`${head.seq}:${head.hash}`} label="Copy the head" quiet />
        </div>
      </Section>
      <Suspense fallback={null}>
        {dialog.wanted ? (
          <EraseDialog phone={phone} name={name ?? ''} opened={dialog.opened} onClose={dialog.close} />
        ) : null}
      </Suspense>
    </>
  );
}

const FileLink = ({ phone, format }: { readonly phone: string; readonly format: 'json' | 'pdf' }) => (
  <Button
    component="a"
    href={evidenceFile(phone, format)}
    download
    size="xs"
    variant="default"
    leftSection={format === 'pdf' ? <IconFileTypePdf {...icon} /> : <IconJson {...icon} />}
  >
    {format === 'pdf' ? 'PDF' : 'JSON'}
  </Button>
);
