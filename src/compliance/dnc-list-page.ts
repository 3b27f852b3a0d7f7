/** The page of the web app on which a do-not-call list is kept. */
export const DNC_LISTS_PAGE = '/compliance/do-not-call';
export const dncListPage = (shownId: string): string => `${DNC_LISTS_PAGE}/${shownId}`;
