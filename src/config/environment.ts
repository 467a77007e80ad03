import type { System } from '../platform/system.ts';
import { quoteValue } from './quote-value.ts';

/** The variables that need the schema to be read; an empty one is none. */
export const VARIABLES = [
  'USAGELINE_NETWORK',
  'USAGELINE_TIMEOUT',
  'USAGELINE_USER_AGENT',
  'USAGELINE_FORMAT',
] as const;

/** Whether the environment has a word in what the file could say, apart from the base URL. */
export function isConfigured(env: System['env']): boolean {
  return VARIABLES.some((name) => env[name]);
}

/** Values in the environment that are set and not understood, in words: named, with what is accepted. */
export function environmentWarnings(env: System['env']): string[] {
  const log = env.USAGELINE_LOG;
  if (log === undefined || log === '' || log === 'debug') return [];
  return [`USAGELINE_LOG is ${quoteValue(log)}; accepted: debug`];
}
