import { DNC_LISTS_PAGE, dncListPage } from '../compliance/dnc-list-page.ts';
import { numbersPage } from '../gateways/numbers-page.ts';
import { showId, type Uuid } from '../platform/ids.ts';

/** Where a person can safely end a waiting, or see who waits. */
export interface WaitingAction {
  readonly label: string;
  /** A page of the web app. */
  readonly link: string;
  /** What the API does at once, without a page: POST /v1/campaigns/{id}/resume, POST /v1/sending/resume. */
  readonly act: 'resume_campaign' | 'resume_sending' | null;
}

const see = (label: string, link: string): WaitingAction => ({ label, link, act: null });

export const RESUME_SENDING: WaitingAction = { label: 'Resume sending', link: '/', act: 'resume_sending' };

export const resumeCampaign = (id: Uuid): WaitingAction => ({
  label: 'Resume it',
  link: campaignPage(id),
  act: 'resume_campaign',
});

const campaignPage = (id: Uuid): string => `/campaigns/${showId('campaign', id)}`;

/** The page asks what becomes of those whose text has become pointless. */
export const answerQuestion = (id: Uuid): WaitingAction => see('Answer it', campaignPage(id));

/** The dialog in which hours, pace, priority, numbers and the pointless instant of a running campaign are changed. */
export const editSending = (id: Uuid, label: string): WaitingAction => see(label, `${campaignPage(id)}?edit=sending`);

/** People of the campaign; `filter` as the list has it in its address. */
export const seePeople = (id: Uuid, filter: string): WaitingAction =>
  see('See who', `${campaignPage(id)}/people?${filter}`);

export const seeAccount = (id: Uuid): WaitingAction => see('See the account', numbersPage(showId('account', id)));

/** The first of them in sight, with its cap, its state and its limits. */
export const openNumber = (lanes: readonly { readonly id: Uuid }[], label: string): WaitingAction => {
  const [first] = lanes;
  return see(label, first === undefined ? '/settings/numbers' : numbersPage(showId('lane', first.id)));
};

/** Where a newer file of it is uploaded. */
export const openDncList = (id: Uuid): WaitingAction => see('Upload a newer file', dncListPage(showId('dncList', id)));

/** Where one is made. */
export const MAKE_DNC_LIST: WaitingAction = see('Make the list', DNC_LISTS_PAGE);

/** Who sends for which account, and how a worker is started. */
export const SEE_WORKERS: WaitingAction = see('See the workers', '/operations/workers');
