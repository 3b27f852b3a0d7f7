import { createContext, useContext } from 'react';

/** What a thread may ask of the list beside it. */
export interface InboxNavigation {
  /** Opens the neighbour of the conversation that is open, the first one when none is; returns false at the end of the list. */
  readonly step: (step: 1 | -1) => boolean;
  /** Back to the list alone, with its view and search. */
  readonly close: () => void;
}

export const InboxNavigationContext = createContext<InboxNavigation>({ step: () => false, close: () => undefined });
export const useInboxNavigation = (): InboxNavigation => useContext(InboxNavigationContext);
