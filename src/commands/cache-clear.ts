import { NO_CHOICE, isUnchosen } from '../accounts/account.ts';
import type { Choice } from '../accounts/account.ts';
import type { Asked } from '../accounts/base-url.ts';
import { providerIds } from '../accounts/find.ts';
import { readClaims } from '../cache/claims.ts';
import { removeOwnFile } from '../cache/own-files.ts';
import { replaceFile } from '../cache/replace-file.ts';
import { readSessionReports, serializeSessionReports } from '../cache/session-reports.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import { provider as mainProvider } from '../fetch/registry.ts';
import { throughSource } from '../fetch/source.ts';
import { errno } from '../platform/errno.ts';
import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { forgetLines } from '../prerender/forget.ts';
import { clockTime } from '../render/clock.ts';
import { countdown } from '../render/values.ts';
import { judgeBudget } from '../resolve/budget.ts';
import { diskFingerprint } from '../resolve/credentials-fingerprint.ts';
import { isBlocking, nextTry } from '../resolve/decide.ts';
import { pathsOf } from '../resolve/paths.ts';
import { readBackoffOf } from '../resolve/read-state.ts';
import { NO_SESSION_REPORTS } from '../usage/session-reports.ts';
import { localZone } from '../zone/local.ts';
import { choicesOf } from './cache-accounts.ts';
import { placesIn, usableCache } from './cache-places.ts';
import type { Place } from './cache-places.ts';
import { result } from './command.ts';
import type { Command, CommandResult } from './command.ts';
import { CHOICE } from './fast-options.ts';
import { withTexts } from './options.ts';
import { accountsOf } from './resolving.ts';

/** `usageline cache clear`: removes the numbers of accounts; backoff and record of requests stay. */
export const clear: Command<Choice> = {
  name: 'clear',
  synonyms: ['clean', 'remove', 'rm', 'delete', 'reset', 'empty'],
  about: 'remove the cached numbers; backoff and request budget stay',
  options: withTexts<Choice>(CHOICE, {
    '--provider': { about: 'all accounts of this provider, also those without a login' },
    '--all': { about: 'all accounts in the cache, also those without a login' },
  }),
  defaults: NO_CHOICE,
  help: `
Examples:
  usageline cache clear
  usageline cache clear --all
  usageline cache clear && usageline --wait    within the request budget
Without an option: the account that this environment leads to.
`,
  run: cacheClear,
};

/** The largest number of accounts that are listed one by one. */
const MAX_LISTED = 20;

/**
 * Removes the entries of accounts, the numbers that sessions reported, and the prerendered lines with them. The backoff and
 * the record of requests stay, so clearing the cache does not allow more requests.
 */
async function cacheClear(system: System, choice: Choice): Promise<CommandResult> {
  const paths = pathsOf(system, mainProvider);
  const cache = usableCache(system, paths);
  if ('exitCode' in cache) return cache;
  const config = await loadConfig(system);
  const known = new Set([paths.account.directory, ...(await choicesOf(system, config)).keys()]);
  const places = await placesOf(system, config, cache.root, choice, known);
  const removed: string[] = [];
  const problems: string[] = [];
  for (const { provider, directory } of places) {
    removeReports(system, directory.reports, provider);
    try {
      removeOwnFile(system, directory.entry);
      removed.push(printable(directory.entry));
    } catch (error) {
      const reason = errno(error);
      if (reason !== 'ENOENT' && reason !== 'ENOTDIR')
        problems.push(`usageline: cannot remove ${printable(directory.entry)}: ${reason}\n`);
    }
  }
  const { prerendered } = cache;
  const homes = await placesIn(system, config, cache.root, mainProvider.id, known);
  const directories = places.map(({ directory }) => directory);
  forgetLines(
    system,
    homes.map(({ directory }) => directory),
    directories,
    prerendered,
  );
  const [only] = places;
  const about = places.length === 1 && only !== undefined ? printable(only.directory.entry) : 'entry';
  if (removed.length === 0 && problems.length === 0) return result(`nothing to remove: no ${about}\n`);
  const listed = removed.length > MAX_LISTED ? [`the entries of ${removed.length} accounts`] : removed;
  const lines = listed.map((path) => `removed ${path}\n`).join('');
  const asked = removed.length === 1 && !choice.all ? await chosenBy(system, config, choice) : [];
  const next = asked.length === 1 ? `${nextRequest(asked[0] as Asked, config)}\n` : '';
  return result(lines + next, {
    exitCode: problems.length > 0 ? 1 : 0,
    stderr: problems.join(''),
    followUp: { kind: 'prerender', wanted: null },
  });
}

/** The directories of a choice. Those of a provider, and all, are found in the cache: their logins may be gone. */
async function placesOf(
  system: System,
  config: Config,
  root: string,
  choice: Choice,
  known: ReadonlySet<string>,
): Promise<Place[]> {
  const { account, provider, all } = choice;
  if (account === null && (provider !== null) !== all) {
    if (provider !== null && !providerIds(config).includes(provider))
      await accountsOf(system, config, choice);
    return placesIn(system, config, root, provider, known);
  }
  const accounts = await chosenBy(system, config, choice);
  return accounts.flatMap((it) => {
    const { cache } = pathsOf(it.system, it.provider);
    return cache === null ? [] : [{ provider: it.provider, directory: cache }];
  });
}

/** The accounts of a choice: without one, that of this environment. */
async function chosenBy(system: System, config: Config, choice: Choice): Promise<readonly Asked[]> {
  return isUnchosen(choice)
    ? [{ system, provider: mainProvider }]
    : (await accountsOf(system, config, choice)).accounts;
}

/** When there will be numbers again: a sentence. */
function nextRequest({ system, provider }: Asked, { settings, source }: Config): string {
  if (!settings.network) return 'Requests are switched off, so no new numbers come from the endpoint.';
  const now = system.now();
  const paths = pathsOf(system, provider);
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
function removeReports(system: System, path: string, { reportedWindows }: ProviderDescriptor): void {
  if (reportedWindows === null) return;
  const names = reportedWindows;
  const known = readSessionReports(system, path, system.now(), names);
  const { windows, disputes, spend } = NO_SESSION_REPORTS;
  const numbers = [...Object.values(known.windows), ...Object.values(known.disputes), known.spend];
  if (numbers.every((number) => number === null)) return;
  replaceFile(system, path, serializeSessionReports({ ...known, windows, disputes, spend }, names));
}
