import type { System } from '../system.ts';
import { DAY, MINUTE, SECOND } from '../usage/time.ts';

/** Everything that configuration decides, in the units the code works with. */
export interface Settings {
  /** How long numbers count as current, ms. */
  readonly cacheDurationMs: number;
  /** How often the endpoint is asked for what only it knows, while Claude Code's status line tells the rest, ms. */
  readonly scopedRefreshMs: number;
  /** Beyond this age numbers count as none for the line, ms. */
  readonly maxStaleMs: number;
  /** Deadline of one request, DNS included, ms. */
  readonly timeoutMs: number;
  /** False: no request is ever made. */
  readonly network: boolean;
}

/** The deadline nobody has to think about, ms. */
export const DEFAULT_TIMEOUT_MS = 2 * SECOND;

/** What `--timeout` accepts, in seconds. */
export const TIMEOUT_RANGE = { min: 0.1, max: 300 } as const;

export function loadSettings(env: System['env']): Settings {
  return {
    cacheDurationMs: 180 * SECOND,
    scopedRefreshMs: 15 * MINUTE,
    maxStaleMs: DAY,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    network: !isSwitchedOn(env.CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC),
  };
}

/** How Claude Code reads its own switches: set, and not one of the ways to say no. */
function isSwitchedOn(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}

/** Whether each decision is to be told on standard error. */
export function wantsLog(env: System['env']): boolean {
  return env.USAGELINE_LOG === 'debug';
}

/** Values in the environment that are set and not understood, in words: named, with what is accepted. */
export function environmentWarnings(env: System['env']): string[] {
  const log = env.USAGELINE_LOG;
  if (log === undefined || log === '' || log === 'debug') return [];
  // Someone may have put anything there: as much of it as names the mistake.
  const value = log.slice(0, 20).replace(/[^\u0020-\u007E]/g, '?');
  return [`USAGELINE_LOG is "${value}"; accepted: debug`];
}
