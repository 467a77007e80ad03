import type { System } from '../../platform/system.ts';
import { checkBaseUrl } from '../../platform/base-url.ts';
import { requestJson } from '../client.ts';
import { failureInBody } from '../error-body.ts';
import type { Fetch } from '../client.ts';
import type { Outcome, Provider, SendOptions, Session } from '../provider.ts';
import type { RefreshFailure } from '../../usage/failure.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import type { Asked, Body, Call, RequestOptions } from './call.ts';
import type { Found, Login } from './login.ts';
import { isOfShape, UNKNOWN_SHAPE } from './shape.ts';

/** The part of a definition that requests need. */
export interface Connection<L extends Login> {
  login(system: System): Promise<Found<L>>;
  ask(login: L, call: Call): Promise<Outcome<Asked>>;
  parse(value: Body): SnapshotData | null;
  /** Whether the object of one response says anything about use. */
  hasUsage(body: Body): boolean;
}

/** The transport of requests, loaded when one is sent. */
const transport: Fetch = async (url, init) => (await import('../transport.ts')).transport(url, init);

/** Requests of a provider. */
export function connected<L extends Login>(
  id: string,
  standardBaseUrl: string,
  connection: Connection<L>,
): Provider {
  return {
    id,
    async authenticate(system): Promise<Outcome<Session>> {
      const found = await connection.login(system);
      if (!found.ok) return { ok: false, failure: found.failure };
      const login = found.value;
      return {
        ok: true,
        value: {
          plan: login.plan ?? null,
          tokenHash(key) {
            const { createHmac } = process.getBuiltinModule('node:crypto');
            return createHmac('sha256', key).update(login.token).digest('hex').slice(0, 32);
          },
          async send(options) {
            const asked = await connection.ask(
              login,
              callOf(system, login, options, standardBaseUrl, connection),
            );
            if (!asked.ok) return asked;
            const data = connection.parse(asked.value.data);
            if (data === null) return { ok: false, failure: { code: 'bad_response' } };
            const plan = asked.value.plan ?? login.plan ?? null;
            return { ok: true, value: { data, plan, loginUntil: login.loginUntil ?? null } };
          },
        },
      };
    },
  };
}

function callOf(
  system: System,
  { token }: Login,
  { baseUrl, timeoutMs, userAgent }: SendOptions,
  standardBaseUrl: string,
  { hasUsage }: Pick<Connection<Login>, 'hasUsage'>,
): Call {
  const start = system.monotonic();
  const left = () => timeoutMs - (system.monotonic() - start);
  const request = async (path: string, body: object | null, options: RequestOptions = {}) => {
    const url = `${originOf(options.origin ?? null, baseUrl, standardBaseUrl)}${path}`;
    const within = Math.min(left(), options.timeoutMs ?? Number.POSITIVE_INFINITY);
    if (within <= 0) return { ok: false, failure: { code: 'timeout' } } as const;
    return requestJson(transport, {
      url,
      headers: withoutNull({
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        // From the configuration: characters that no header can contain must not make the request fail.
        'user-agent': userAgent.replace(/[^\x20-\x7e]/g, ''),
        ...(body && { 'content-type': 'application/json' }),
        ...options.headers,
      }),
      ...(body && { body: JSON.stringify(body) }),
      timeoutMs: within,
      ...(options.onArrival && { onArrival: options.onArrival }),
      failureIn: (answer, retryAfter) => failureOf(answer, retryAfter, options, hasUsage),
    });
  };
  return {
    system,
    askedAt: system.now(),
    baseUrl,
    left,
    get: (path, options) => request(path, null, options),
    post: (path, body, options) => request(path, body, options),
  };
}

/** The failure that the object of a 2xx response is; null for usage. */
function failureOf(
  body: Body,
  retryAfter: string | null,
  { failureIn, fields }: RequestOptions,
  hasUsage: (body: Body) => boolean,
): RefreshFailure | null {
  const own = failureIn?.(body, retryAfter) ?? null;
  if (own !== null || hasUsage(body)) return own;
  const described = failureInBody(body, retryAfter);
  return described ?? (fields === undefined || isOfShape(body, fields) ? null : UNKNOWN_SHAPE);
}

function withoutNull(headers: Readonly<Record<string, string | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

/** The server to ask. One that a login names is checked as a configured one is: the token goes there. */
function originOf(origin: string | null, baseUrl: string, standardBaseUrl: string): string {
  if (origin === null || baseUrl !== standardBaseUrl) return baseUrl;
  const check = checkBaseUrl(origin);
  return check.ok ? check.baseUrl : baseUrl;
}
