/** The page of the web app on which a do-not-call list is kept. */
export const dncListPage = (shownId: string): string => `/compliance/do-not-call/${shownId}`;
