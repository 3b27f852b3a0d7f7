import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/contacts.ts';
import type { Import, ImportMapping, ImportPreview } from '../../../src/http/contract/contacts.ts';
import { address, get, parseProblem, post } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { pages } from './pages.ts';
import { ApiProblem, unreachable } from './problem.ts';

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

/** Sends the file as the request body. XMLHttpRequest, because fetch does not report how much has been sent. */
export function uploadImport(
  file: File,
  watch: { readonly onProgress?: (share: number) => void; readonly signal?: AbortSignal } = {},
): Promise<Import> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', address('/v1/imports', { fileName: file.name }));
    request.responseType = 'json';
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) watch.onProgress?.(event.loaded / event.total);
    };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Import);
      else reject(new ApiProblem(parseProblem(request.response, request.status)));
    };
    request.onerror = () => reject(new ApiProblem(unreachable));
    request.onabort = () => reject(new DOMException('The upload was stopped', 'AbortError'));
    watch.signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
