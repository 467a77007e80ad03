import type { System } from '../../platform/system.ts';
import { isObject } from '../../usage/values.ts';
import type { StoredReading } from '../provider.ts';
import { parseResponse } from './data.ts';
import { filesOf } from './identity.ts';
import { planOf } from './plan.ts';
import { findTopLevel } from './top-level.ts';
import type { Bounds } from './top-level.ts';
import { windowsOf } from './windows.ts';
import type { UsageData } from './wire.ts';

/*
 * `cachedUsageUtilization` of Claude Code's `.claude.json`: its own last answer of the endpoint. It is written by every read
 * of usage (`/usage`, the meter of the editor, `get_usage`), at most once a minute, and read for up to an hour.
 */

/** Half of a usual deadline: a request is about to be made. */
const READING_BOUNDS: Bounds = { bytes: 512 * 1024 * 1024, ms: 1000 };

/** Claude Code's own reading. */
export interface CachedUtilization {
  /** When it was read, epoch ms. */
  readonly fetchedAt: number;
  /** Null where it names no account. */
  readonly accountId: string | null;
  readonly data: UsageData;
}

/** Claude Code's last reading with a limit in it; null without one. Of two files the later reading counts. */
export function cachedUtilization(
  system: System,
  bounds: Bounds = READING_BOUNDS,
): (CachedUtilization & { readonly path: string }) | null {
  const readings = filesOf(system).flatMap(({ path }) => {
    const value = objectIn(system, path, 'cachedUsageUtilization', bounds);
    const reading = value && readingOf(value);
    return reading ? [{ ...reading, path }] : [];
  });
  return readings.sort((one, other) => other.fetchedAt - one.fetchedAt)[0] ?? null;
}

/** The same as a reading of the endpoint; null where it names no account. */
export function storedReading(system: System, bounds?: Bounds): StoredReading | null {
  const cached = cachedUtilization(system, bounds);
  if (cached === null || cached.accountId === null) return null;
  const { fetchedAt, accountId, data, path } = cached;
  return { data, readAt: fetchedAt, accountId, plan: planIn(system, path, bounds) };
}

/** The plan that `.claude.json` names; null without one. */
export function storedPlan(system: System): string | null {
  for (const { path } of filesOf(system)) {
    const plan = planIn(system, path);
    if (plan !== null) return plan;
  }
  return null;
}

function planIn(system: System, path: string, bounds: Bounds = READING_BOUNDS): string | null {
  const account = objectIn(system, path, 'oauthAccount', bounds);
  const type = account?.organizationType;
  // Here it is `claude_max` where the credentials have `max`.
  const isLong = typeof type === 'string' && type.startsWith('claude_');
  return planOf(account?.organizationRateLimitTier, isLong ? type.slice('claude_'.length) : type);
}

function readingOf({
  fetchedAtMs,
  accountUuid,
  utilization,
}: Record<string, unknown>): CachedUtilization | null {
  if (typeof fetchedAtMs !== 'number' || !(fetchedAtMs > 0) || !isObject(utilization)) return null;
  const data = parseResponse(utilization);
  // Without any limit it can be an error. A request finds out.
  if (windowsOf(data, fetchedAtMs, fetchedAtMs).length === 0) return null;
  const accountId = typeof accountUuid === 'string' && accountUuid !== '' ? accountUuid : null;
  return { fetchedAt: fetchedAtMs, accountId, data };
}

/** One object of the outermost object of a file, which can be very large; null where it cannot be read. */
function objectIn(system: System, path: string, key: string, bounds: Bounds): Record<string, unknown> | null {
  const search = findTopLevel(system, path, key, bounds);
  if (search.kind !== 'found') return null;
  try {
    const value: unknown = JSON.parse(search.text);
    return isObject(value) ? value : null;
  } catch {
    // The error is not kept: its message quotes the text.
    return null;
  }
}
