import { createRoute, z } from '@hono/zod-openapi';
import { ID_PREFIXES, type IdKind } from '../../platform/ids.ts';

/** Pieces of the API description that every resource uses. The web client imports only the inferred types of this folder. */

export const idOf = (kind: IdKind) =>
  z
    .string()
    .regex(
      new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-f]{32}$`),
      `expected an id like ${ID_PREFIXES[kind]}_0193f6c2a1b47c3d8e5f60718293a4b5`,
    )
    .openapi({ example: `${ID_PREFIXES[kind]}_0193f6c2a1b47c3d8e5f60718293a4b5` });

export const isoInstant = z.string().openapi({ format: 'date-time', example: '2026-11-17T15:00:00Z' });
/** Of an opt-out that staff record. */
export const howAsked = z.string().trim().min(3, 'say how the person asked').max(500);
/** Of an act that somebody answers for. */
export const reasonText = z.string().trim().min(10, 'give a reason that somebody else understands').max(1_000);
export const phoneText = z.string().openapi({ example: '+16175550123' });

export const numberHolder = z
  .object({ id: idOf('contact'), name: z.string() })
  .nullable()
  .openapi({ description: 'Who has the number now; null for a number that is no contact' });

/** Columns of a file without names, in their order. One that is called twice is refused: only one of the two would be read. */
export const columnsInOrder = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.string().transform((text, context) => {
    const given = text.split(',').map((name) => name.trim());
    const parsed = z.array(z.enum(names)).max(50).safeParse(given);
    const twice = given.find((name, place) => name !== 'other' && given.indexOf(name) < place);
    if (parsed.success && twice === undefined) return parsed.data;
    context.addIssue({
      code: 'custom',
      message: parsed.success
        ? `"${twice}" stands there twice; a column that is not to be read is called other`
        : `expected columns out of ${names.join(', ')}`,
    });
    return z.NEVER;
  });

export const laneState = z.enum(['active', 'draining', 'paused', 'off']).openapi({
  description:
    'draining: serves the people who know the number and takes no new ones; paused: its people wait; off: its people move to the other numbers of their campaigns',
});

export const stateRemedy = z.string().nullable().openapi({
  description:
    'What to do, before it is resumed, about a pause that a refusal of the gateway has led to; null for any other',
});

/** RFC 9457. `errors` points into the request body with JSON pointers. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
    /** 409: the state that the thing is in, and what may be done now. */
    state: z.string().optional(),
    allowed: z.array(z.string()).optional(),
  })
  .openapi('Problem');
export type Problem = z.infer<typeof problemSchema>;

export const role = z.enum(['owner', 'manager', 'agent', 'viewer']);
export type Role = z.infer<typeof role>;

export const pageQuery = z.object({
  cursor: z.string().max(500).optional().openapi({ description: 'nextCursor of the page before' }),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullable() });
export interface Page<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** Who may call a route. `public` routes are the sign-in, set-up, health and webhook routes and the link in a text only. */
export type Access = 'public' | Role;

const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: problemSchema } },
});

interface Definition<
  Method extends 'get' | 'post' | 'put' | 'patch' | 'delete',
  Path extends string,
  Response extends z.ZodType,
> {
  readonly method: Method;
  readonly path: Path;
  /** The least role that may call it. */
  readonly access: Access;
  readonly summary: string;
  readonly tag: string;
  readonly response: Response;
  readonly status?: 200 | 201 | 202;
  /** The POST creates or sends something and therefore takes an `Idempotency-Key`. */
  readonly idempotent?: boolean;
}

type JsonBody<B extends z.ZodType> = { body: { content: { 'application/json': { schema: B } }; required: true } };

/** One JSON route with its role, its input and its answer; problems are answered alike everywhere. */
export function jsonRoute<
  Method extends 'get' | 'post' | 'put' | 'patch' | 'delete',
  const Path extends string,
  Response extends z.ZodType,
  Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
>(
  definition: Definition<Method, Path, Response> & {
    readonly params?: Params;
    readonly query?: Query;
    readonly body?: Body;
  },
) {
  const { params, query, body } = definition;
  const request = {
    ...(params === undefined ? {} : { params }),
    ...(query === undefined ? {} : { query }),
    ...(body === undefined ? {} : { body: { content: { 'application/json': { schema: body } }, required: true } }),
  } as { params: Params; query: Query } & (Body extends z.ZodUndefined ? unknown : JsonBody<Body>);
  const route = createRoute({
    method: definition.method,
    path: definition.path,
    summary: definition.summary,
    tags: [definition.tag],
    request,
    responses: {
      [definition.status ?? 200]: {
        description: definition.summary,
        content: { 'application/json': { schema: definition.response } },
      },
      default: problemResponse('What went wrong, with the value and the remedy'),
    },
    'x-access': definition.access,
    'x-idempotent': definition.idempotent ?? false,
  });
  return Object.assign(route, {
    access: definition.access,
    idempotent: definition.idempotent ?? false,
    responseSchema: definition.response,
  });
}

export const done = z.object({ ok: z.literal(true) });
