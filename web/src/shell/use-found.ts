import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { findCampaigns } from '../api/campaigns.ts';
import { contactName, findContacts } from '../api/contacts.ts';

const PEOPLE_MAX = 6;
const CAMPAIGNS_MAX = 4;
/** One letter matches nearly everyone. */
const SEARCH_FROM = 2;

/** People and campaigns that match what was typed. */
export function useFound(search: string) {
  const navigate = useNavigate();
  const enabled = search.length >= SEARCH_FROM;
  const people = useQuery({
    queryKey: ['find', 'contacts', search],
    queryFn: ({ signal }) => findContacts(search, PEOPLE_MAX, signal),
    enabled,
    placeholderData: keepPreviousData,
  });
  const campaigns = useQuery({
    queryKey: ['find', 'campaigns', search],
    queryFn: ({ signal }) => findCampaigns(search, CAMPAIGNS_MAX, signal),
    enabled,
    placeholderData: keepPreviousData,
  });
  return {
    busy: enabled && (people.isFetching || campaigns.isFetching),
    people: (enabled ? (people.data?.data ?? []) : []).map((contact) => ({
      id: contact.id,
      name: contactName(contact),
      phone: contact.phone,
      optedOut: contact.suppressed !== null,
      open: () => void navigate({ to: '/contacts/$contactId', params: { contactId: contact.id } }),
    })),
    campaigns: (enabled ? (campaigns.data?.data ?? []) : []).map((campaign) => ({
      id: campaign.id,
      name: campaign.name,
      state: campaign.state,
      open: () => void navigate({ to: '/campaigns/$campaignId', params: { campaignId: campaign.id } }),
    })),
  };
}
