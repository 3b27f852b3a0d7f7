import type { Uuid } from '../platform/ids.ts';

/** Of news that any holder of an account may have to act upon. */
export const ENGINE_TOPIC = 'engine';

/** An account is new or free, or a worker has come: every worker looks which accounts are for it. */
export const ACCOUNTS_TOPIC = 'engine-accounts';

/** Of news about one account, for its holder alone: texts come in by the hundred a second, and would wake the holders of all others. */
export const engineTopicOf = (accountId: Uuid): string => `${ENGINE_TOPIC}:${accountId}`;

/** Undefined: the news is for everybody. */
export const accountOf = (topic: string): Uuid | undefined =>
  topic === ENGINE_TOPIC ? undefined : topic.slice(ENGINE_TOPIC.length + 1);
