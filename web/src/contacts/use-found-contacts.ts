import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { type Contact, contactKeys, findContacts } from '../api/contacts.ts';

const DEBOUNCE_MS = 150;
const FOUND_MAX = 8;

/** The first few people who match what is being typed. */
export function useFoundContacts(typed: string, enabled: boolean): readonly Contact[] {
  const [search] = useDebouncedValue(typed, DEBOUNCE_MS);
  const found = useQuery({
    queryKey: [...contactKeys.all, 'found', search],
    queryFn: ({ signal }) => findContacts(search, FOUND_MAX, signal),
    placeholderData: keepPreviousData,
    enabled,
  });
  return found.data?.data ?? [];
}
