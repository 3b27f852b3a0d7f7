/** The page of the web app with the row of this account or lane in sight; `id` as people see it. */
export const numbersPage = (id: string): string => `/settings/numbers?show=${id}`;
