import type { System } from '../platform/system.ts';
import { quoteValue } from './quote-value.ts';

/** The variables that are validated with the schema. An empty variable counts as not set. */
export const VARIABLES = [
  'USAGELINE_NETWORK',
  'USAGELINE_TIMEOUT',
  'USAGELINE_USER_AGENT',
  'USAGELINE_FORMAT',
] as const;

/** Whether a variable overrides a key of the file. `USAGELINE_API_BASE_URL` is left out: it needs no schema. */
export function isConfigured(env: System['env']): boolean {
  return VARIABLES.some((name) => env[name]);
}

/** A warning for each variable that has no key in the schema and an unknown value. */
export function environmentWarnings(env: System['env']): string[] {
  const log = env.USAGELINE_LOG;
  if (log === undefined || log === '' || log === 'debug') return [];
  return [`USAGELINE_LOG is ${quoteValue(log)}; accepted: debug`];
}
