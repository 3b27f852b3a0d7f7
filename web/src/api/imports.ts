import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/contacts.ts';
import type { Import, ImportMapping, ImportPreview } from '../../../src/http/contract/contacts.ts';
import { address, get, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { pages } from './pages.ts';
import { type UploadWatch, uploadFile } from './upload-file.ts';

export type { Import, ImportMapping, ImportPreview };
export type ImportRefusal = AnswerOf<typeof contract.importRefusals>['data'][number];

export const importKeys = {
  all: ['imports'],
  list: ['imports', 'list'],
  one: (id: string) => ['imports', 'one', id],
  refusals: (id: string) => ['imports', 'refusals', id],
} as const;

export const importsQuery = pages<Import>({ queryKey: importKeys.list, path: '/v1/imports', limit: 50 });
export const importQuery = (id: string) =>
  queryOptions({
    queryKey: importKeys.one(id),
    queryFn: ({ signal }) => get<Import>(`/v1/imports/${id}`, undefined, signal),
  });
export const importRefusalsQuery = (id: string) =>
  pages<ImportRefusal>({ queryKey: importKeys.refusals(id), path: `/v1/imports/${id}/refusals` });
/** Address of the refused rows as a CSV file, for a download link. */
export const refusalsFile = (id: string): string => `/v1/imports/${id}/refusals.csv`;

export const uploadSampleImport = () => post<Import>('/v1/imports/sample');
export const previewImport = (id: string, body: BodyOf<typeof contract.previewImport>) =>
  post<Import>(`/v1/imports/${id}/preview`, body);
export const commitImport = (id: string, body: BodyOf<typeof contract.commitImport>, key: string) =>
  post<Import>(`/v1/imports/${id}/commit`, body, key);

/** Sends the file as the request body. */
export const uploadImport = (file: File, watch: UploadWatch): Promise<Import> =>
  uploadFile<Import>(address('/v1/imports', { fileName: file.name }), file, watch);
