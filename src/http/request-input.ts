import type { z } from '@hono/zod-openapi';
import { err, ok, type Result } from '../platform/result.ts';
import type { ProblemInput } from './problem.ts';

/** Parsing of what a request carries, each part by its schema; unknown fields are refused everywhere. */
export const JSON_BODY_BYTES_MAX = 1_048_576;

export type Parsed<T> = Result<T, ProblemInput>;

interface RequestParts {
  readonly params?: z.ZodObject | undefined;
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodType | undefined;
}

export type ParseRequest = (request: {
  readonly raw: Request;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string[]>>;
}) => Promise<Parsed<{ params: unknown; query: unknown; body: unknown }>>;

export function requestParser(parts: RequestParts): ParseRequest {
  const params = parts.params?.strict();
  const query = parts.query?.strict();
  return async (request) => {
    const parsedParams = params?.safeParse(request.params);
    if (parsedParams?.success === false)
      return err({
        kind: 'not_found',
        detail: `nothing can be at this address: ${firstMessage(parsedParams.error)}`,
        errors: pointersOf(parsedParams.error, '/path'),
      });
    if (!isStorable(request.query)) return err(unstorable);
    const parsedQuery = query?.safeParse(singleValues(request.query));
    if (parsedQuery?.success === false) return err(invalidPart('query', parsedQuery.error));
    const parsedBody = parts.body === undefined ? ok(undefined) : await parseBody(parts.body, request.raw);
    if (!parsedBody.ok) return parsedBody;
    return ok({ params: parsedParams?.data ?? {}, query: parsedQuery?.data ?? {}, body: parsedBody.value });
  };
}

/** A parameter given twice stays an array, which no schema of ours takes. */
const singleValues = (query: Readonly<Record<string, string[]>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(query).map(([key, values]) => [key, values.length === 1 ? values[0] : values]));

async function parseBody(schema: z.ZodType, request: Request): Promise<Parsed<unknown>> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type))
    return err({
      kind: 'unsupported_media_type',
      detail: `content-type: expected application/json, got "${type}"; send the body as JSON`,
    });
  const bytes = await readAtMost(request, JSON_BODY_BYTES_MAX);
  if (bytes === undefined)
    return err({
      kind: 'too_large',
      detail: `a JSON body may have at most ${JSON_BODY_BYTES_MAX} bytes; send less at once`,
    });
  const json = parseJson(bytes);
  if (!json.ok) return json;
  const parsed = schema.safeParse(json.value);
  return parsed.success ? ok(parsed.data) : err(invalidPart('body', parsed.error));
}

/** The whole body, or `undefined` when it is larger; refused as soon as that is known, so that nothing large is ever held. */
export async function readAtMost(request: Request, bytesMax: number): Promise<Uint8Array | undefined> {
  const announced = request.headers.get('content-length');
  if (announced !== null) {
    if (Number(announced) > bytesMax) return undefined;
    // node:http delivers no more than was announced; reading at once is several times as fast as a stream.
    return new Uint8Array(await request.arrayBuffer());
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parseJson(bytes: Uint8Array): Parsed<unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const value: unknown = JSON.parse(text);
    // Only an escape can bring in what UTF-8 cannot.
    return text.includes('\\u') && !isStorable(value) ? err(unstorable) : ok(value);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return err({ kind: 'malformed', detail: `the body is not JSON: ${reason}` });
  }
}

/** PostgreSQL keeps neither NUL nor half a surrogate pair. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}

const unstorable: ProblemInput = {
  kind: 'malformed',
  detail: 'the request contains a NUL character or half of a surrogate pair; remove it',
};

const invalidPart = (part: 'query' | 'body', error: z.ZodError): ProblemInput => ({
  kind: 'invalid',
  detail: firstMessage(error),
  errors: pointersOf(error, part === 'query' ? '/query' : ''),
});

function firstMessage(error: z.ZodError): string {
  const [first, ...rest] = pointersOf(error, '');
  const more = rest.length === 0 ? '' : ` (and ${rest.length} more)`;
  return `${first?.pointer === '' ? '' : `${first?.pointer.slice(1)}: `}${first?.message}${more}`;
}

/** JSON pointers (RFC 6901); body fields from the root, the others below `/path` and `/query`. */
function pointersOf(error: z.ZodError, prefix: string): { pointer: string; message: string }[] {
  return error.issues.flatMap((issue) => {
    const at = prefix + issue.path.map(pointerStep).join('');
    if (issue.code !== 'unrecognized_keys') return [{ pointer: at, message: issue.message }];
    return issue.keys.map((key) => ({ pointer: at + pointerStep(key), message: 'unknown field; remove it' }));
  });
}

const pointerStep = (step: PropertyKey): string => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
