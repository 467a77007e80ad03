import type { Usage } from '../usage/model.ts';
import { longMessage } from './messages.ts';

/**
 * What went wrong, in sentences; null when nothing did. That nothing is known yet is not said of numbers that are only
 * too old.
 */
export function errorSentence({ error, state }: Pick<Usage, 'error' | 'state'>): string | null {
  if (error === null) return null;
  if (error.code !== 'no_data' || state !== 'last_known') return longMessage(error);
  return 'No current numbers are known. Run `usageline refresh`, or wait for the next try.';
}
