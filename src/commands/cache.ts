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
import { result } from './command.ts';
import { warningText } from './resolving.ts';
import type { CommandGroup, CommandResult } from './command.ts';

/** `usageline cache`: where the cache is, and how to empty it. */
export const command: CommandGroup = {
  name: 'cache',
  about: 'the directory with the cached numbers',
  help: `
Examples:
  ls -R "$(usageline cache path)"
  usageline cache clear
`,
  commands: [
    {
      name: 'path',
      about: 'print the cache directory',
      options: [],
      defaults: {},
      help: `
Examples:
  ls -R "$(usageline cache path)"
`,
      run: cachePath,
    },
    {
      name: 'clear',
      about: 'remove the cached numbers; backoff and request budget stay',
      options: [],
      defaults: {},
      help: `
Examples:
  usageline cache clear
  usageline cache clear && usageline --wait    within the request budget all the same
`,
      run: cacheClear,
    },
  ],
};

async function cachePath(system: System): Promise<CommandResult> {
  const paths = pathsOf(system, provider);
  if (paths.cache === null) return noCache(paths);
  return result(`${paths.cache.root}\n`, { stderr: warningText(await loadConfig(system), paths.warning) });
}

/**
 * Removes the entry of the account in use, and the reported numbers. The backoff and the record of requests stay, so
 * clearing the cache does not allow more requests.
 */
function cacheClear(system: System): CommandResult {
  const paths = pathsOf(system, provider);
  if (paths.cache === null) return noCache(paths);
  const { entry, reports } = paths.cache;
  removeReports(system, reports);
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

/** Keeps each session's last report: without it an old number that an idle session repeats would count as new. */
function removeReports(system: System, path: string): void {
  const names = provider.reportedWindows ?? {};
  const known = readSessionReports(system, path, system.now(), names);
  const { windows, disputes, spend } = NO_SESSION_REPORTS;
  const numbers = [...Object.values(known.windows), ...Object.values(known.disputes), known.spend];
  if (numbers.every((number) => number === null)) return;
  replaceFile(system, path, serializeSessionReports({ ...known, windows, disputes, spend }, names));
}

function noCache({ warning }: Paths): CommandResult {
  return result('', { exitCode: 1, stderr: `usageline: ${printable(warning ?? '')}\n` });
}
