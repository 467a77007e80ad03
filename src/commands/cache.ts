import { removeOwnFile } from '../cache/own-files.ts';
import { readSessionReports, serializeSessionReports } from '../cache/session-reports.ts';
import { replaceFile } from '../cache/replace-file.ts';
import { loadConfig } from '../config/load.ts';
import { errno } from '../platform/errno.ts';
import { provider } from '../fetch/registry.ts';
import { printable } from '../platform/stdio.ts';
import { pathsOf } from '../resolve/paths.ts';
import type { Paths } from '../resolve/paths.ts';
import type { System } from '../platform/system.ts';
import { NO_SESSION_REPORTS } from '../usage/session-reports.ts';
import { result, warningText } from './command.ts';
import type { CommandResult } from './command.ts';

/** `usageline cache path`: the cache root. */
export async function cachePath(system: System): Promise<CommandResult> {
  const paths = pathsOf(system, provider);
  if (paths.cache === null) return nowhere(paths);
  return result(`${paths.cache.root}\n`, { stderr: warningText(await loadConfig(system), paths.warning) });
}

/**
 * `usageline cache clear`: forgets what is known of the account in use. The backoff and the record of
 * requests stay: clearing a cache must not be a way to ask more often.
 */
export function cacheClear(system: System): CommandResult {
  const paths = pathsOf(system, provider);
  if (paths.cache === null) return nowhere(paths);
  const { entry, reports: readings } = paths.cache;
  forgetReadings(system, readings);
  try {
    removeOwnFile(system, entry);
    return result(`removed ${printable(entry)}\n`, { followUp: { kind: 'prerender', wanted: null } });
  } catch (error) {
    const reason = errno(error);
    if (reason === 'ENOENT' || reason === 'ENOTDIR')
      return result(`nothing to remove: no ${printable(entry)}\n`);
    return result('', { exitCode: 1, stderr: `usageline: cannot remove ${printable(entry)}: ${reason}\n` });
  }
}

/** Keeps the sessions' last reports: without them an old number that an idle session repeats would count as new. */
function forgetReadings(system: System, path: string): void {
  const names = provider.reportedWindows ?? {};
  const known = readSessionReports(system, path, system.now(), names);
  const { windows, disputes, spend } = NO_SESSION_REPORTS;
  const numbers = [...Object.values(known.windows), ...Object.values(known.disputes), known.spend];
  if (numbers.every((number) => number === null)) return;
  replaceFile(system, path, serializeSessionReports({ ...known, windows, disputes, spend }, names));
}

function nowhere({ warning }: Paths): CommandResult {
  return result('', { exitCode: 1, stderr: `usageline: ${printable(warning ?? '')}\n` });
}
