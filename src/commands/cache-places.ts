import { providerIds, providerOf } from '../accounts/find.ts';
import { accountDirectory } from '../cache/directory.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { isAccount } from '../cache/is-account.ts';
import { namesIn } from '../cache/list.ts';
import { providerOfName } from '../cache/names.ts';
import { rootProblem } from '../cache/root-problem.ts';
import { statOwn } from '../cache/sizes.ts';
import { isOwnDirectory } from '../cache/trust.ts';
import type { Config } from '../config/config.ts';
import type { ProviderDescriptor } from '../fetch/provider.ts';
import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import type { Paths } from '../resolve/paths.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';

/** An account's directory in the cache, whether or not its login is still there. */
export interface Place {
  readonly provider: ProviderDescriptor;
  readonly directory: AccountDirectory;
}

/**
 * The directories of accounts in the cache, by name. Directories that are links, that other users can change, or that have
 * the name of an account and no file of one, are left out.
 *
 * @param provider only those of this provider; null: of all
 * @param known the names of directories to which a login leads: these need no such file
 */
export async function placesIn(
  system: System,
  config: Config,
  root: string,
  provider: string | null,
  known: ReadonlySet<string>,
): Promise<Place[]> {
  const ids = new Set(provider === null ? providerIds(config) : [provider]);
  const places: Place[] = [];
  for (const name of namesIn(system.fs, root, Number.POSITIVE_INFINITY).sort()) {
    const id = providerOfName(name, ids);
    const found = id === null ? null : await providerOf(config, id);
    const directory = accountDirectory(root, name);
    if (found === null || !isPlace(system, directory)) continue;
    if (known.has(name) || isAccount(system, directory.path)) places.push({ provider: found, directory });
  }
  return places;
}

function isPlace(system: System, directory: AccountDirectory): boolean {
  return (statOwn(system, directory.path)?.isDirectory() ?? false) && isOwnDirectory(system, directory);
}

/** The directory of an account in a cache that can be used; the result of the command where there is none. */
export function usableCache(system: System, { cache, warning }: Paths): AccountDirectory | CommandResult {
  if (cache === null) return noCache(warning ?? '');
  const problem = rootProblem(system, cache.root);
  return problem === null ? cache : noCache(problem);
}

/** The result of a command where there is no usable cache. */
export function noCache(reason: string): CommandResult {
  return result('', { exitCode: 1, stderr: `usageline: ${printable(reason)}\n` });
}
