import { removeCache } from '../cache/remove.ts';
import { cacheRoot } from '../cache/root.ts';
import { readInstalled } from '../init/installed.ts';
import { linksToRemoved, planRemoval } from '../init/plan-removal.ts';
import { usualFiles } from '../init/plan.ts';
import { preview } from '../init/preview.ts';
import type { Runtime } from '../init/runtime.ts';
import { takeBack } from '../init/take-back.ts';
import { TARGETS } from '../init/targets/index.ts';
import type { System } from '../system.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';
import { keptBackups } from './init-change.ts';
import { failure, withConsent } from './init-consent.ts';
import type { InitOptions } from './init.ts';

/**
 * `usageline init --uninstall`: every target, the launcher and the cache, as if nothing had been. A file that cannot
 * be understood is named, and does not keep the others.
 */
export function uninstallAll(
  system: System,
  runtime: Runtime,
  options: InitOptions & { readonly notes: string },
): CommandResult {
  const installed = readInstalled(system, options.notes);
  const usual = Object.values(TARGETS).flatMap(({ name, install }) =>
    typeof install === 'string' ? [] : usualFiles(name, install, runtime, null),
  );
  const plan = planRemoval(system, [...usual, ...installed.files], installed);
  const cache = cacheRoot(system).path;
  const cached = cache !== null && system.fs.existsSync(cache);
  const stderr = plan.refused.map((line) => `usageline: left as it is: ${line}\n`).join('');
  const exitCode = stderr === '' ? 0 : 1;
  if (plan.changes.length === 0 && !cached) return result('nothing is installed\n', { stderr, exitCode });
  const links = linksToRemoved(
    system,
    Object.values(TARGETS).flatMap(({ install }) =>
      typeof install === 'string' ? [] : (install.links?.(runtime) ?? []),
    ),
    plan,
  );
  const refused = (path: string) => plan.refused.some((line) => line.startsWith(`${path}: `));
  const after = { ...installed, files: installed.files.filter(({ path }) => refused(path)) };
  const shown = `${preview(plan.changes, links)}${cached ? `remove ${cache}, the cache\n` : ''}`;
  return withConsent(system, options, shown, () => {
    const { backups, problem } = takeBack(system, plan.changes, after, options.notes, links);
    if (problem !== null) return failure(problem);
    if (cached) removeCache(system, cache);
    const text = `removed. Shells that run keep the line until they end.\n${keptBackups(backups)}`;
    return result(text, { stderr, exitCode });
  });
}
