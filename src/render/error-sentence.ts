import type { Usage } from '../usage/model.ts';
import { longMessage } from './messages.ts';

/**
 * What went wrong, in sentences; null when nothing did. `no_data` reads differently beside last known numbers:
 * "nothing is known yet" would contradict them.
 */
export function errorSentence({ error, state }: Pick<Usage, 'error' | 'state'>): string | null {
  if (error === null) return null;
  if (error.code !== 'no_data' || state !== 'last_known') return longMessage(error);
  return 'No current numbers are known. Run `usageline refresh`, or wait for the next try.';
}
