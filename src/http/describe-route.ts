import { type RouteConfig, z } from '@hono/zod-openapi';
import { problemSchema } from './contract/shared.ts';
import type { JsonRoute, RawRoute } from './route-types.ts';

type Description = Required<Pick<RouteConfig, 'request' | 'security' | 'description'>> & RouteConfig;

/** The entry of a route in the API description. */
export function describeRoute(route: JsonRoute | RawRoute): Description {
  const isPublic = route.access === 'public';
  const access = {
    security: isPublic ? [] : [{ sessionCookie: [] }, { apiKey: [] }],
    description: isPublic ? 'Needs no sign-in.' : `Needs the role ${route.access} or a higher one.`,
  };
  // `jsonRoute` made it with createRoute; here only the part that this module reads is known to the types.
  if ('responseSchema' in route)
    return { ...(route as unknown as Description), ...access, request: requestOf(route, route.idempotent) };
  return { ...describeRaw(route), ...access, request: requestOf(route, false) };
}

const idempotencyHeader = z.object({
  'idempotency-key': z.string().openapi({ description: 'A new UUID for each intended effect' }),
});

const requestOf = (route: JsonRoute | RawRoute, idempotent: boolean): Description['request'] =>
  ({ ...route.request, ...(idempotent ? { headers: idempotencyHeader } : {}) }) as Description['request'];

const describeRaw = ({ method, path, summary, tag, produces }: RawRoute) => ({
  method,
  path,
  summary,
  tags: [tag],
  responses: {
    200: { description: summary, content: { [produces]: { schema: z.string() } } },
    default: { description: 'What went wrong', content: { 'application/problem+json': { schema: problemSchema } } },
  },
});

const DOCUMENT_INFO = {
  title: 'Textwright',
  description:
    'Everything that the web pages do goes through this API. Errors are RFC 9457 problem documents; lists have `data` and an opaque `nextCursor`; a POST that creates or sends takes an `Idempotency-Key`.',
} as const;

export const documentConfig = (version: string) => ({
  openapi: '3.1.0',
  info: { ...DOCUMENT_INFO, version },
  servers: [{ url: '/' }],
});
