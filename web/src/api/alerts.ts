import { queryOptions } from '@tanstack/react-query';
import type * as contract from '../../../src/http/contract/alerts.ts';
import type { Alert, AlertNotice, AlertSettings } from '../../../src/http/contract/alerts.ts';
import { get, post, put } from './client.ts';
import type { AnswerOf, BodyOf } from './contract.ts';
import { pages } from './pages.ts';

export type { Alert, AlertNotice, AlertSettings };
export type TestOutcome = AnswerOf<typeof contract.testAlert>['data'][number];
export type AlertSettingsInput = BodyOf<typeof contract.putAlertSettings>;

export const alertKeys = {
  lists: ['alerts'],
  list: (state: 'open' | 'resolved') => ['alerts', state],
  settings: ['alert-settings'],
} as const;

const PAGE_ROWS = 50;

/** Newest first, page by page. */
export const alertsQuery = (state: 'open' | 'resolved') =>
  pages<Alert>({ queryKey: alertKeys.list(state), path: '/v1/alerts', filters: { state }, limit: PAGE_ROWS });

export const alertSettingsQuery = queryOptions({
  queryKey: alertKeys.settings,
  queryFn: ({ signal }) => get<AlertSettings>('/v1/alert-settings', undefined, signal),
});

export const acknowledgeAlert = (id: string) => post<Alert>(`/v1/alerts/${id}/acknowledge`);
export const putAlertSettings = (body: AlertSettingsInput) => put<AlertSettings>('/v1/alert-settings', body);
export const testAlert = (key: string) => post<AnswerOf<typeof contract.testAlert>>('/v1/alerts/test', undefined, key);
