import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { contactName, contactQuery } from '../api/contacts.ts';
import { Loaded } from '../patterns/loaded.tsx';
import { PhoneNumber } from '../patterns/phone-number.tsx';
import { SidePanel } from '../patterns/side-panel.tsx';

const route = getRouteApi('/shell/contacts/$contactId');

export function ContactPanel() {
  const { contactId } = route.useParams();
  const navigate = route.useNavigate();
  const query = useQuery(contactQuery(contactId));
  return (
    <SidePanel
      title={query.data === undefined ? 'Contact' : contactName(query.data) || query.data.phone}
      onClose={() => void navigate({ to: '/contacts', search: true })}
    >
      <Loaded query={query} what="The contact could not be loaded">
        {(contact) => <PhoneNumber phone={contact.phone} />}
      </Loaded>
    </SidePanel>
  );
}
