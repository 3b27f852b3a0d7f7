import { Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowMerge, IconBan, IconFingerprint, IconMessage, IconPencil } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import {
  type Contact,
  contactEligibilityQuery,
  contactKeys,
  contactName,
  contactQuery,
  optOutContact,
} from '../api/contacts.ts';
import { conversationsQuery, inboxKeys } from '../api/inbox.ts';
import { useLive } from '../api/live.ts';
import { rowsOf } from '../api/pages.ts';
import { isProblem } from '../api/problem.ts';
import { mayAct, meQuery } from '../api/session.ts';
import { CopyText } from '../patterns/copy-text.tsx';
import { EmptyState } from '../patterns/empty-state.tsx';
import { formatPhone } from '../patterns/format.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { LoadingSkeleton } from '../patterns/loading-skeleton.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { useShortcuts } from '../patterns/shortcuts.ts';
import { SidePanel } from '../patterns/side-panel.tsx';
import { useFocusBack } from '../patterns/use-focus-back.ts';
import { useLazyDialog } from '../patterns/use-lazy-dialog.ts';
import { ICON_STROKE } from '../theme.ts';
import { ContactConsent } from './contact-consent.tsx';
import { ContactFacts } from './contact-facts.tsx';
import classes from './contact-panel.module.css';
import { ContactStateLine } from './contact-state-line.tsx';
import { ContactTags } from './contact-tags.tsx';
import { ContactTimeline } from './contact-timeline.tsx';
import { showChanged } from './use-contact-change.ts';

/** Both come with libraries of their own, and most visits only look. */
const ContactForm = lazy(() => import('./contact-form.tsx'));
const OptOutDialog = lazy(() => import('../patterns/opt-out-dialog.tsx'));
const MergeDialog = lazy(() => import('./merge-dialog.tsx'));

const route = getRouteApi('/shell/contacts/$contactId');
const icon = { size: 16, stroke: ICON_STROKE, 'aria-hidden': true } as const;

/** One contact beside the list; keyed by its address, so that nothing of the one before stays. */
export function ContactPanel() {
  const { contactId } = route.useParams();
  return <OneContact key={contactId} id={contactId} />;
}

function OneContact({ id }: { readonly id: string }) {
  const navigate = route.useNavigate();
  const query = useQuery(contactQuery(id));
  // Asked for together with the contact, so that the panel appears whole.
  useInfiniteQuery(conversationsQuery({ view: 'all', contactId: id }));
  useQuery(contactEligibilityQuery(id));
  useLive('contacts', [
    contactKeys.one(id),
    contactKeys.timeline(id),
    contactKeys.eligibility(id),
    contactKeys.consents(id),
  ]);
  useLive('inbox', [contactKeys.timeline(id), inboxKeys.list({ view: 'all', contactId: id })]);
  const name = query.data === undefined ? undefined : contactName(query.data);
  return (
    <SidePanel
      title={name === undefined ? 'Contact' : name || formatPhone(query.data?.phone ?? '')}
      beside={
        query.data === undefined ? undefined : (
          <span className={classes.number}>
            <PhoneNumber phone={query.data.phone} />
            <CopyText value={query.data.phone} label="Copy the number" quiet />
          </span>
        )
      }
      onClose={() => void navigate({ to: '/contacts', search: true })}
    >
      {isProblem(query.error, 404) ? (
        <EmptyState icon={IconBan} title="No such contact">
          This address leads to nobody. Look for the person in the list.
        </EmptyState>
      ) : (
        <Loaded query={query} what="The contact could not be loaded" skeleton={<LoadingSkeleton shape="detail" />}>
          {(contact) => <ContactDetail contact={contact} />}
        </Loaded>
      )}
    </SidePanel>
  );
}

function ContactDetail({ contact }: { readonly contact: Contact }) {
  const { role } = useSuspenseQuery(meQuery).data.user;
  const mayChange = mayAct(role, 'agent');
  const [editing, form] = useDisclosure();
  const dialog = useLazyDialog();
  const merging = useLazyDialog();
  const queryClient = useQueryClient();
  const editButton = useFocusBack(editing || dialog.opened || merging.opened);
  const optedOut = contact.suppressed?.reason === 'opt_out';
  useShortcuts('Contact', mayChange && !editing ? [{ keys: 'e', label: 'Edit the contact', run: form.open }] : []);
  return (
    <div className={classes.detail}>
      <ContactStateLine contact={contact} />
      <Group gap="xs" className={classes.actions ?? ''}>
        <ConversationLink contactId={contact.id} />
        {mayChange && !editing ? (
          <Button
            ref={editButton}
            size="xs"
            variant="default"
            leftSection={<IconPencil {...icon} />}
            onClick={form.open}
          >
            Edit
          </Button>
        ) : null}
        {mayChange && !optedOut && !editing ? (
          <Button size="xs" variant="default" leftSection={<IconBan {...icon} />} onClick={dialog.open}>
            Record opt-out
          </Button>
        ) : null}
        {mayAct(role, 'manager') && !editing ? (
          <Button size="xs" variant="default" leftSection={<IconArrowMerge {...icon} />} onClick={merging.open}>
            Merge
          </Button>
        ) : null}
        {mayAct(role, 'manager') && !editing ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconFingerprint {...icon} />}
            renderRoot={(props) => <Link {...props} to="/compliance/evidence" search={{ phone: contact.phone }} />}
          >
            Evidence
          </Button>
        ) : null}
      </Group>
      {editing ? (
        <Suspense fallback={<LoadingSkeleton shape="lines" count={6} />}>
          <ContactForm contact={contact} onClose={form.close} />
        </Suspense>
      ) : (
        <>
          <ContactTags contact={contact} mayChange={mayChange} />
          <ContactFacts contact={contact} />
        </>
      )}
      <ContactConsent contact={contact} mayChange={mayChange} />
      <ContactTimeline contactId={contact.id} />
      <Suspense fallback={null}>
        {dialog.wanted ? (
          <OptOutDialog
            name={contactName(contact) || formatPhone(contact.phone)}
            phone={contact.phone}
            record={async (note, key) => showChanged(queryClient, await optOutContact(contact.id, { note }, key))}
            opened={dialog.opened}
            onClose={dialog.close}
          />
        ) : null}
        {merging.wanted ? <MergeDialog contact={contact} opened={merging.opened} onClose={merging.close} /> : null}
      </Suspense>
    </div>
  );
}

/** To the thread with this person; the one with the newest text when several numbers wrote to them. */
function ConversationLink({ contactId }: { readonly contactId: string }) {
  const [newest] = rowsOf(useInfiniteQuery(conversationsQuery({ view: 'all', contactId })).data);
  if (newest === undefined) return null;
  return (
    <Button
      size="xs"
      variant="light"
      leftSection={<IconMessage {...icon} />}
      renderRoot={(props) => (
        <Link {...props} to="/inbox/$conversationId" params={{ conversationId: newest.id }} search={{ view: 'all' }} />
      )}
    >
      Conversation
    </Button>
  );
}
