import type { Settings } from '../config/settings.ts';
import type { System } from '../system.ts';
import type { Look } from './context.ts';
import type { Places } from './places.ts';
import type { Known } from './schedule.ts';
import { keychainDueAt } from './stamp.ts';

/** What can be said in advance from a look at the files; null when that is nothing. */
export function knownOf(
  system: System,
  places: Places,
  { read, lock, now }: Look,
  stamp: string | null,
  settings: Settings,
): Known | null {
  const entry = read.kind === 'entry' ? read.entry : null;
  // Whose numbers these are depends on a file that nobody looks at again: nothing to be said in advance. Where the
  // entry does not know whose it is, it does not.
  const sure = entry === null || entry.credentials === stamp || entry.accountId === null;
  const readable = read.kind === 'entry' || read.denied === null;
  if (!sure || !readable || places.cache === null) return null;
  return {
    entry,
    lock,
    now,
    stamp,
    account: entry?.accountUnread ? 'untold' : 'unknown',
    name: places.account.name,
    settings,
    lookAgainAt: keychainDueAt(system, places.cache),
  };
}
