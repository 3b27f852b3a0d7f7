import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/erasures.ts';
import type { Erasure } from '../../../src/http/contract/erasures.ts';
import type { EvidenceTimeline } from '../../../src/http/contract/evidence.ts';
import { address, get, post } from './client.ts';
import type { BodyOf } from './contract.ts';

export type { Erasure, EvidenceTimeline };
export type EvidenceEntry = EvidenceTimeline['entries'][number];
export type EraseInput = BodyOf<typeof contract.erasePerson>;

export const evidenceKeys = {
  all: ['evidence'],
  of: (phone: string) => ['evidence', 'of', phone],
  rehearsal: (phone: string) => ['evidence', 'rehearsal', phone],
} as const;

/** Each look is in the audit log as an export: nothing asks again by itself. */
export const evidenceQuery = (phone: string) =>
  queryOptions({
    queryKey: evidenceKeys.of(phone),
    queryFn: ({ signal }) => get<EvidenceTimeline>('/v1/evidence', { phone }, signal),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
export const rehearsalQuery = (phone: string) =>
  queryOptions({
    queryKey: evidenceKeys.rehearsal(phone),
    queryFn: () => post<Erasure>('/v1/erasures/rehearsal', { phone }),
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
export const erasePerson = (body: EraseInput, key: string) => post<Erasure>('/v1/erasures', body, key);

/** Addresses of files, for download links. */
export const evidenceFile = (phone: string, format: 'json' | 'pdf') =>
  address('/v1/evidence/export', { phone, format });
export const reportFile = (campaignId: string, format: 'json' | 'pdf') =>
  address(`/v1/campaigns/${campaignId}/compliance-report`, { format });
