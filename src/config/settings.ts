import type { System } from '../platform/system.ts';
import { DAY, MINUTE, SECOND } from '../usage/time.ts';

/** The part of the configuration that decides about requests and freshness, in the units that the code uses. */
export interface Settings {
  /** Age up to which an entry is fresh, ms. */
  readonly cacheDurationMs: number;
  /** Interval of requests for what only the endpoint reports, while status line reports keep the rest fresh, ms. */
  readonly scopedRefreshMs: number;
  /** Age up to which the line shows numbers, ms. */
  readonly maxStaleMs: number;
  /** Deadline of one request, DNS included, ms. */
  readonly timeoutMs: number;
  /** False: no requests. */
  readonly network: boolean;
}

/** Default of `timeoutMs`, ms. */
export const DEFAULT_TIMEOUT_MS = 2 * SECOND;

/** The unit of the key `cache_size`, bytes. */
export const MEGABYTE = 1_000_000;

/** Default of the size of the cache, bytes: that of a thousand accounts, with the largest memory of transcripts. */
export const DEFAULT_CACHE_BYTES = 250 * MEGABYTE;

/** The values that `--timeout` accepts, s. */
export const TIMEOUT_RANGE = { min: 0.1, max: 300 } as const;

/** The settings if nothing is configured. */
export function defaultSettings(env: System['env']): Settings {
  return {
    cacheDurationMs: 180 * SECOND,
    scopedRefreshMs: 15 * MINUTE,
    maxStaleMs: DAY,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    network: !isTrafficDisabled(env),
  };
}

/** The values of the key `network`. */
export const NETWORK_CHOICES = ['auto', 'always', 'never'] as const;
/** The key `network`. `auto`: requests unless Claude Code's variable disables them. */
export type NetworkChoice = (typeof NETWORK_CHOICES)[number];

/** The values of the key `source`. */
export const SOURCE_CHOICES = ['endpoint', 'claude-cli'] as const;
/** The key `source`. `claude-cli`: the provider's own program is asked, where it has one. */
export type SourceChoice = (typeof SOURCE_CHOICES)[number];

/** The variable that makes Claude Code omit requests that it does not need. */
export const DISABLE_TRAFFIC_VARIABLE = 'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC';

/** Whether the variable is set. Claude Code reads an empty value, `0` and `false` as not set. */
export function isTrafficDisabled(env: System['env']): boolean {
  const value = env[DISABLE_TRAFFIC_VARIABLE];
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}

/** Whether requests are allowed. `trafficDisabled`: the result of `isTrafficDisabled`. */
export function allowsRequests(choice: NetworkChoice, trafficDisabled: boolean): boolean {
  return choice === 'auto' ? !trafficDisabled : choice === 'always';
}

/** Whether to log each decision on standard error. */
export function wantsLog(env: System['env']): boolean {
  return env.USAGELINE_LOG === 'debug';
}
