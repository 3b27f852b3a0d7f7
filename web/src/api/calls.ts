import { queryOptions } from '@tanstack/react-query';
import type { CallWithLines } from '../../../src/http/contract/calls.ts';
import { get } from './client.ts';

/** One call with the lines of its transcript, which threads leave out. */
export const callQuery = (id: string) =>
  queryOptions({
    queryKey: ['calls', 'one', id],
    queryFn: ({ signal }) => get<CallWithLines>(`/v1/calls/${id}`, undefined, signal),
  });
