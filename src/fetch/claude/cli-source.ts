import type { System } from '../../platform/system.ts';
import type { RefreshFailure } from '../../usage/failure.ts';
import type { Snapshot } from '../../usage/snapshot.ts';
import { HOUR, isFromFuture, SECOND } from '../../usage/time.ts';
import { isObject } from '../../usage/values.ts';
import type { Outcome, Provider, SendOptions } from '../provider.ts';
import { cachedUtilization, storedPlan, storedReading } from './cached-utilization.ts';
import type { CachedUtilization } from './cached-utilization.ts';
import { askProgram } from './cli-program.ts';
import { parseResponse } from './data.ts';
import { failureInBody } from './error-body.ts';
import { identity } from './identity.ts';
import { planOf } from './plan.ts';
import type { UsageData } from './wire.ts';

/*
 * Usage through Claude Code's own program: the control request `get_usage` of `claude -p`. The program reads and renews its
 * own login; no token is read here.
 */

/** Time for the program, which starts in one to four seconds and then asks the endpoint, ms. */
const DEADLINE_MS = 10 * SECOND;

/** Up to this age the program repeats its own last answer rather than ask, ms: a minute, and its own time. */
const REPEATED_MS = 65 * SECOND;

/** Up to this age it repeats that answer where the endpoint refuses (429), ms. */
const FALLBACK_MS = HOUR;

export const claudeProgram: Provider = {
  id: 'claude',
  storedReading,
  async authenticate(system) {
    return {
      ok: true,
      value: { plan: null, tokenHash: () => null, send: (options) => ask(system, options) },
    };
  },
};

async function ask(system: System, { timeoutMs }: SendOptions): Promise<Outcome<Snapshot>> {
  const startedAt = system.now();
  const before = ownUtilization(system);
  const asked = await askProgram(system, Math.min(timeoutMs, DEADLINE_MS));
  if (!asked.ok) return asked;
  const { subscription_type: type, rate_limits_available: isAvailable, rate_limits: limits } = asked.value;
  if (isAvailable === false)
    return failed('no_credentials', 'claude has no plan: it is not signed in, or with a key');
  if (limits === null) return failed('network_error', 'claude got no answer itself');
  if (!isObject(limits)) return failed('bad_response', 'claude answered without limits');
  const failure = failureInBody(limits, null);
  if (failure !== null) return { ok: false, failure };
  const after = ownUtilization(system);
  const plan = storedPlan(system) ?? planOf(null, type);
  return { ok: true, value: { plan, ...datedNumbers(limits, before, after, startedAt, system.now()) } };
}

/**
 * The numbers with the time of their reading: when Claude Code read them, according to what it keeps of its reads. Without
 * that it is the time of the request.
 *
 * @param before what it kept before the program was started
 * @param after what it keeps now
 * @param startedAt epoch ms
 * @param now epoch ms
 */
export function datedNumbers(
  limits: Readonly<Record<string, unknown>>,
  before: CachedUtilization | null,
  after: CachedUtilization | null,
  startedAt: number,
  now: number,
): Pick<Snapshot, 'data' | 'readAt' | 'refused'> {
  const data = dataOf(limits);
  if (after === null || isFromFuture(after.fetchedAt, now)) return { data };
  const { fetchedAt: readAt } = after;
  const age = startedAt - readAt;
  const isRead = readAt !== before?.fetchedAt || age <= REPEATED_MS;
  if (isRead && age <= FALLBACK_MS) return { data, readAt };
  // Nothing was read, and the program takes no numbers that are older: these were read, and could not be kept.
  if (age > FALLBACK_MS) return { data };
  // Its answer lacks a part of what it keeps.
  return { data: after.data, readAt, refused: { code: 'rate_limited' } };
}

/** What Claude Code keeps of its own reads, if it is of the account that is signed in. */
function ownUtilization(system: System): CachedUtilization | null {
  const cached = cachedUtilization(system);
  if (cached === null) return null;
  const signedIn = identity(system);
  const isForeign =
    signedIn.kind === 'known' && (cached.accountId ?? signedIn.accountId) !== signedIn.accountId;
  return isForeign ? null : cached;
}

/** The numbers as the endpoint sends them. Limits of one model are in a list of their own where `limits` is absent. */
function dataOf(limits: Readonly<Record<string, unknown>>): UsageData {
  const { limits: rows, model_scoped: models } = limits;
  if (Array.isArray(rows) || !Array.isArray(models)) return parseResponse(limits);
  const scoped = models.filter(isObject).map(({ display_name: name, utilization: percent, resets_at }) => ({
    kind: 'weekly_scoped',
    percent,
    resets_at,
    scope: { model: { id: null, display_name: name } },
  }));
  return parseResponse({ ...limits, limits: scoped });
}

function failed(code: RefreshFailure['code'], detail: string): Outcome<never> {
  return { ok: false, failure: { code, detail } };
}
