import type { z } from '@hono/zod-openapi';

/** Types of a route of `src/http/contract/`, so that a change there shows up here at compile time. */

export type BodyOf<Route> = Route extends {
  request: { body: { content: { 'application/json': { schema: infer Schema extends z.ZodType } } } };
}
  ? z.input<Schema>
  : never;

export type QueryOf<Route> = Route extends { request: { query: infer Schema extends z.ZodType } }
  ? z.input<Schema>
  : never;

/** Query of a list route without the paging, which `pages` adds. */
export type FiltersOf<Route> = Omit<QueryOf<Route>, 'cursor' | 'limit'>;

export type AnswerOf<Route> = Route extends { responseSchema: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : never;
