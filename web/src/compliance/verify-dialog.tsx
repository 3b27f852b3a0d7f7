import { Anchor, Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import {
  type AuditChain,
  type AuditVerdict,
  auditChainQuery,
  auditKeys,
  type VerifyInput,
  verifyAudit,
} from '../api/audit.ts';
import { useAction } from '../api/use-action.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { Notice } from '../patterns/details.tsx';
import { ErrorState } from '../patterns/error-state.tsx';
import { headOf, headText, VERDICT_TONES } from './audit-words.ts';

interface VerifyDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Recomputes every seal, and holds the log against a head that was noted before. */
export default function VerifyDialog({ opened, onClose }: VerifyDialogProps) {
  const [noted, setNoted] = useState('');
  const expect = headOf(noted);
  const wrong = noted.trim() !== '' && expect === undefined;
  const verify = useAction({ run: (body: VerifyInput) => verifyAudit(body), touches: [auditKeys.chain] });
  const chain = useQuery(auditChainQuery).data;
  const head = verify.data?.head ?? chain?.head;
  const { reset } = verify;
  useEffect(() => {
    if (opened) reset();
  }, [opened, reset]);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!wrong) verify.mutate(expect === undefined ? {} : { expect });
  };
  return (
    <Modal opened={opened} onClose={onClose} title="Has anybody changed the log?">
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">
            Each entry carries a seal that follows from its content and from the seal before it. All of them are
            computed anew, and the first that does not fit is named.
          </Text>
          <TextInput
            label="Head that was noted before (optional)"
            description="No chain shows that its end was cut off. Whoever noted its head elsewhere can tell."
            placeholder="1204:da0d67831ad5…"
            autoComplete="off"
            spellCheck={false}
            value={noted}
            error={wrong ? 'A place, a colon and 64 hex digits, as it was copied here' : undefined}
            onChange={(event) => setNoted(event.currentTarget.value)}
          />
          <div role="status">
            {verify.data === undefined ? null : <Verdict verdict={verify.data} onClose={onClose} />}
          </div>
          {head === undefined || head.seq === 0 ? null : <NewestHead head={head} />}
          {chain === undefined ? null : <Guard {...chain.databaseRole} />}
          {verify.error === null ? null : <ErrorState compact error={verify.error} what="Not verified" />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            <Button type="submit" loading={verify.isPending} disabled={wrong} data-autofocus>
              {verify.data === undefined ? 'Verify every entry' : 'Verify again'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Verdict({ verdict, onClose }: { readonly verdict: AuditVerdict; readonly onClose: () => void }) {
  const { state, sentence, broken } = verdict;
  return (
    <Stack gap="sm">
      <Notice tone={VERDICT_TONES[state]}>{sentence}</Notice>
      {broken?.entryId == null ? null : <BrokenEntry entryId={broken.entryId} onClose={onClose} />}
    </Stack>
  );
}

const NewestHead = ({ head }: { readonly head: AuditVerdict['head'] }) => (
  <div>
    <Text size="sm" fw={550}>
      The newest head
    </Text>
    <CopyText value={headText(head)} label="Copy the head" />
    <Text size="xs" c="dimmed">
      Keep it where nobody of this server can change it: in a mail, on paper, with a notary.
    </Text>
  </div>
);

/** Whether the database itself keeps the log from the program. */
const Guard = ({ mayChange, sentence }: AuditChain['databaseRole']) =>
  mayChange ? (
    <Notice tone="amber">{sentence}</Notice>
  ) : (
    <Text size="sm" c="dimmed">
      {sentence}
    </Text>
  );

const BrokenEntry = ({ entryId, onClose }: { readonly entryId: string; readonly onClose: () => void }) => (
  <Anchor
    size="sm"
    w="fit-content"
    renderRoot={(props) => (
      <Link {...props} to="/compliance/audit-log/$entryId" params={{ entryId }} search={true} onClick={onClose} />
    )}
  >
    See that entry
  </Anchor>
);
