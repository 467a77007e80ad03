import { readClaims } from '../cache/claims.ts';
import { removeOwnFile } from '../cache/own-files.ts';
import { readSessionReports, serializeSessionReports } from '../cache/session-reports.ts';
import { replaceFile } from '../cache/replace-file.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { errno } from '../platform/errno.ts';
import { provider } from '../fetch/registry.ts';
import { throughSource } from '../fetch/source.ts';
import { printable } from '../platform/stdio.ts';
import { clockTime } from '../render/clock.ts';
import { countdown } from '../render/values.ts';
import { judgeBudget } from '../resolve/budget.ts';
import { diskFingerprint } from '../resolve/credentials-fingerprint.ts';
import { isBlocking, nextTry } from '../resolve/decide.ts';
import { readBackoffOf } from '../resolve/read-state.ts';
import { pathsOf } from '../resolve/paths.ts';
import type { Paths } from '../resolve/paths.ts';
import type { System } from '../platform/system.ts';
import { NO_SESSION_REPORTS } from '../usage/session-reports.ts';
import { localZone } from '../zone/local.ts';
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
      synonyms: ['dir', 'directory', 'where'],
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
      synonyms: ['clean', 'remove', 'rm', 'delete', 'reset', 'empty'],
      about: 'remove the cached numbers; backoff and request budget stay',
      options: [],
      defaults: {},
      help: `
Examples:
  usageline cache clear
  usageline cache clear && usageline --wait    within the request budget
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
async function cacheClear(system: System): Promise<CommandResult> {
  const paths = pathsOf(system, provider);
  if (paths.cache === null) return noCache(paths);
  const { entry, reports } = paths.cache;
  removeReports(system, reports);
  try {
    removeOwnFile(system, entry);
    const next = nextRequest(system, paths, await loadConfig(system));
    return result(`removed ${printable(entry)}\n${next}\n`, {
      followUp: { kind: 'prerender', wanted: null },
    });
  } catch (error) {
    const reason = errno(error);
    if (reason === 'ENOENT' || reason === 'ENOTDIR')
      return result(`nothing to remove: no ${printable(entry)}\n`);
    return result('', { exitCode: 1, stderr: `usageline: cannot remove ${printable(entry)}: ${reason}\n` });
  }
}

/** When there will be numbers again: a sentence. */
function nextRequest(system: System, paths: Paths, { settings, source }: Config): string {
  if (!settings.network) return 'Requests are switched off, so no new numbers come from the endpoint.';
  const now = system.now();
  const { fingerprint } = diskFingerprint(system, provider, paths.cache);
  const backoff = readBackoffOf(system, paths, now);
  const attempts = paths.cache ? readClaims(system, paths.cache.path, 'attempt') : [];
  const budget = judgeBudget({ backoff, attempts }, now, fingerprint, throughSource(provider, source).budget);
  const at = nextTry(backoff !== null && isBlocking(backoff, now, fingerprint) ? backoff : null, budget);
  if (at === null || at <= now) return 'New numbers come with the next request, which the next call makes.';
  const time = clockTime(at, now, { clock: '24h', zone: localZone(system) });
  return `New numbers come with the next request, in ${countdown(at - now)} at the earliest${time === null ? '' : ` (${time})`}.`;
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
