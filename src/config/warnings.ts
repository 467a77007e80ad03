import type { System } from '../platform/system.ts';
import { printable } from '../platform/stdio.ts';
import { asciiOnly } from '../usage/text.ts';
import type { ConfigFile } from './config-file.ts';

/** Characters of a value that a message repeats. */
const MAX_LENGTH = 60;

/**
 * Quotes a value of the configuration for a message: at most 60 characters, and `?` for what is not printable ASCII.
 * A configuration can be copied from anywhere, so its text must not control the terminal.
 */
export function quoteValue(value: unknown): string {
  if (value instanceof Date) return 'a date';
  const isList = Array.isArray(value);
  if (typeof value === 'object' && value !== null && !isList) return 'a table';
  const shown = typeof value === 'string' ? value.slice(0, MAX_LENGTH) : value;
  const text = isList || typeof value === 'string' ? JSON.stringify(shown) : String(value);
  return asciiOnly(text.slice(0, MAX_LENGTH + 2));
}

/** A place in the file as messages name it: `path:line:column`, as far as it is known. */
export function placeIn(path: string, line: number | null, column: number | null = null): string {
  return [printable(path), line, column].filter((part) => part !== null).join(':');
}

/** The warning for a missing file: only if `USAGELINE_CONFIG` named it. */
export function missingFileWarning({ explicit, path }: ConfigFile): string | null {
  return explicit && path !== null
    ? 'USAGELINE_CONFIG names a file that is not there: the defaults apply'
    : null;
}

/** A warning for each variable that has no key in the schema and an unknown value. */
export function environmentWarnings(env: System['env']): string[] {
  const log = env.USAGELINE_LOG;
  if (log === undefined || log === '' || log === 'debug') return [];
  return [`USAGELINE_LOG is ${quoteValue(log)}; accepted: debug`];
}
