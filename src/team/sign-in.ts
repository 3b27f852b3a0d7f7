import { betterAuth } from 'better-auth';
import { APIError } from 'better-auth/api';
import pg from 'pg';
import { z } from 'zod';
import type { NewUuid, Uuid } from '../platform/ids.ts';
import type { Log } from '../platform/log.ts';
import { PASSWORD_MAX, PASSWORD_MIN, ROLES, type Role } from './team.ts';

/**
 * E-mail and password through better-auth, called as a library: its own HTTP endpoints are not mounted, so there is no sign-up
 * and nothing else to reach. Members are made by `manage-members.ts`. Sessions live in real time, whatever our clock does.
 */
export interface SignIn {
  /** `undefined`: wrong e-mail or password, not told which, and after about the same time. */
  signIn(input: {
    readonly email: string;
    readonly password: string;
    readonly headers: Headers;
  }): Promise<{ readonly session: SessionMember; readonly cookies: readonly string[] } | undefined>;
  /** Whose session cookie this is; `cookies` renews one that is used, or removes one that has ended. */
  find(headers: Headers): Promise<{ readonly session: SessionMember | undefined; readonly cookies: readonly string[] }>;
  /** Which session the request belongs to, if any. */
  sessionId(headers: Headers): Promise<string | undefined>;
  signOut(headers: Headers): Promise<readonly string[]>;
  /** Whether the request brings a session cookie at all. */
  hasCookie(headers: Headers): boolean;
  close(): Promise<void>;
}

export interface SessionMember {
  readonly memberId: Uuid;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly active: boolean;
}

const SESSION_SECONDS = 14 * 24 * 3600;
const SESSION_RENEWED_AFTER_SECONDS = 24 * 3600;
const COOKIE_PREFIX = 'textwright';
const CONNECTIONS_MAX = 4;

export interface SignInOptions {
  readonly connectionString: string;
  /** Signs the cookies; the same on every process of the installation. */
  readonly secret: string;
  /** Cookies go over https only. */
  readonly secureCookies: boolean;
  readonly newUuid: NewUuid;
  readonly log: Log;
}

const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  active: z.boolean(),
});

const sessionMember = (user: unknown): SessionMember => {
  const { id, ...member } = userSchema.parse(user);
  return { memberId: id, ...member };
};

export function openSignIn(options: SignInOptions): SignIn {
  // Its own pool: our own one returns Temporal instants where better-auth expects dates.
  const pool = new pg.Pool({
    connectionString: options.connectionString,
    application_name: 'textwright-sign-in',
    max: CONNECTIONS_MAX,
    options: '-c timezone=UTC -c statement_timeout=10000',
    connectionTimeoutMillis: 10_000,
  });
  pool.on('error', (error) => options.log.warn({ error }, 'sign-in connection lost'));
  const auth = betterAuth(authOptions(options, pool));
  return {
    async signIn({ email, password, headers }) {
      try {
        const body = { email: email.toLowerCase(), password };
        const answer = await auth.api.signInEmail({ body, headers, returnHeaders: true });
        return { session: sessionMember(answer.response.user), cookies: answer.headers.getSetCookie() };
      } catch (error) {
        if (error instanceof APIError && error.status === 'UNAUTHORIZED') return undefined;
        throw error;
      }
    },
    async find(headers) {
      const answer = await auth.api.getSession({ headers, returnHeaders: true });
      const session = answer.response === null ? undefined : sessionMember(answer.response.user);
      return { session, cookies: answer.headers.getSetCookie() };
    },
    sessionId: async (headers) => (await auth.api.getSession({ headers }))?.session.id,
    async signOut(headers) {
      const answer = await auth.api.signOut({ headers, returnHeaders: true });
      return answer.headers.getSetCookie();
    },
    hasCookie: (headers) => headers.get('cookie')?.includes(`${COOKIE_PREFIX}.session_token=`) ?? false,
    close: () => pool.end(),
  };
}

const authOptions = ({ secret, secureCookies, newUuid, log }: SignInOptions, pool: pg.Pool) =>
  ({
    database: pool,
    secret,
    // Only cookies depend on it, and only on its scheme, which `useSecureCookies` says.
    baseURL: 'http://localhost',
    telemetry: { enabled: false },
    rateLimit: { enabled: false },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_MIN,
      maxPasswordLength: PASSWORD_MAX,
    },
    advanced: {
      cookiePrefix: COOKIE_PREFIX,
      useSecureCookies: secureCookies,
      // Origins are checked for every route of ours (http/same-origin.ts); peers' own headers are no proof of an address.
      disableOriginCheck: true,
      disableCSRFCheck: true,
      ipAddress: { disableIpTracking: true },
      database: { generateId: () => newUuid() },
    },
    logger: {
      log: (level: string, message: string) =>
        level === 'error' ? log.error(`sign-in: ${message}`) : log.debug(`sign-in: ${message}`),
    },
    user: {
      modelName: 'auth_user',
      fields: { emailVerified: 'email_verified', createdAt: 'created_at', updatedAt: 'updated_at' },
      additionalFields: {
        role: { type: 'string', required: true, input: false },
        active: { type: 'boolean', required: true, input: false },
      },
    },
    session: {
      modelName: 'auth_session',
      expiresIn: SESSION_SECONDS,
      updateAge: SESSION_RENEWED_AFTER_SECONDS,
      fields: {
        expiresAt: 'expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
        userId: 'user_id',
      },
    },
    account: {
      modelName: 'auth_account',
      fields: {
        accountId: 'account_id',
        providerId: 'provider_id',
        userId: 'user_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
        createdAt: 'created_at',
        updatedAt: 'updated_at',
      },
    },
    verification: {
      modelName: 'auth_verification',
      fields: { expiresAt: 'expires_at', createdAt: 'created_at', updatedAt: 'updated_at' },
    },
  }) as const;
