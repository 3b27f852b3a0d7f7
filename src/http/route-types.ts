import type { z } from '@hono/zod-openapi';
import type { Instant } from '../platform/time.ts';
import type { Caller } from './caller.ts';
import type { Access } from './contract/shared.ts';

/** What the types of a route in `contract/` say about its handler. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

interface RouteBase {
  readonly method: Method;
  readonly path: string;
  readonly access: Access;
  readonly request?: {
    readonly params?: z.ZodObject | undefined;
    readonly query?: z.ZodObject | undefined;
    readonly body?: unknown;
  };
}

/** A route made by `jsonRoute`. */
export interface JsonRoute extends RouteBase {
  readonly idempotent: boolean;
  readonly responses: object;
  readonly responseSchema: z.ZodType;
}

/** A route whose answer is not JSON, or whose body the handler reads itself. Made by `rawRoute`. */
export interface RawRoute extends RouteBase {
  readonly summary: string;
  readonly tag: string;
  /** Media type of the answer, for the description. */
  readonly produces: string;
  /** A page of another site may send it: the handler says which. For routes that ask for no sign-in. */
  readonly foreignPages?: boolean;
}

export const rawRoute = <const R extends RawRoute>(route: R): R => route;

type Part<R, Name extends 'params' | 'query'> = R extends { readonly request: infer Request }
  ? Request extends { readonly [K in Name]: infer Schema extends z.ZodType }
    ? z.output<Schema>
    : Record<never, never>
  : Record<never, never>;

export type BodySchema<Schema extends z.ZodType> = {
  readonly content: { readonly 'application/json': { readonly schema: Schema } };
};
type BodyOf<R> = R extends { readonly request: { readonly body: BodySchema<infer Schema> } }
  ? z.output<Schema>
  : undefined;

export interface RouteInput<R extends RouteBase> {
  readonly params: Part<R, 'params'>;
  readonly query: Part<R, 'query'>;
  readonly body: BodyOf<R>;
  readonly caller: Caller;
  /** The request as it came; its `signal` aborts when the client leaves. */
  readonly request: Request;
  readonly requestId: string;
  /** Of the client, as far as our own proxies say it; an empty text when unknown. */
  readonly remoteAddress: string;
  /** Headers to add to the answer (cookies). */
  readonly answerHeaders: Headers;
}

/** The JSON that a handler gives: lists may be readonly. */
export type RouteAnswer<R extends { readonly responseSchema: z.ZodType }> = ReadonlyDeep<z.input<R['responseSchema']>>;

type ReadonlyDeep<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly ReadonlyDeep<Item>[]
    : { readonly [K in keyof T]: ReadonlyDeep<T[K]> };

/** ISO 8601 UTC, as every instant is shown. */
export const isoText = (at: Instant): string => at.toString();
export const isoTextOrNull = (at: Instant | null): string | null => at?.toString() ?? null;
