import type { System } from '../platform/system.ts';
import { DAY, MINUTE, SECOND } from '../usage/time.ts';

/** What configuration decides of asking and remembering, in the units the code works with. */
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

/** The settings where nothing is configured. */
export function defaultSettings(env: System['env']): Settings {
  return {
    cacheDurationMs: 180 * SECOND,
    scopedRefreshMs: 15 * MINUTE,
    maxStaleMs: DAY,
    timeoutMs: DEFAULT_TIMEOUT_MS,
    network: !isTrafficDisabled(env),
  };
}

export const NETWORK_CHOICES = ['auto', 'always', 'never'] as const;
/** Whether requests are made: as Claude Code's switch says, or whatever it says. */
export type NetworkChoice = (typeof NETWORK_CHOICES)[number];

/** The variable with which Claude Code is told to keep to what it needs. */
export const DISABLE_TRAFFIC_VARIABLE = 'CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC';

/** Whether that variable is set as Claude Code reads its own switches: and not to one of the ways to say no. */
export function isTrafficDisabled(env: System['env']): boolean {
  const value = env[DISABLE_TRAFFIC_VARIABLE];
  return value !== undefined && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}

export function allowsRequests(choice: NetworkChoice, quiet: boolean): boolean {
  return choice === 'auto' ? !quiet : choice === 'always';
}

/** Whether each decision is to be told on standard error. */
export function wantsLog(env: System['env']): boolean {
  return env.USAGELINE_LOG === 'debug';
}
