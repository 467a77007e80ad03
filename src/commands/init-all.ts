import { removeCache } from '../cache/cleanup.ts';
import { cacheRoot } from '../cache/root.ts';
import { readInstalled } from '../init/installed.ts';
import { linksToRemoved } from '../init/removal.ts';
import { defaultFiles, planRemoval } from '../init/plan.ts';
import { preview } from '../init/confirm.ts';
import type { Runtime } from '../init/runtime.ts';
import { revert } from '../init/revert.ts';
import { TARGETS } from '../init/targets/index.ts';
import { printable } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { result } from './command.ts';
import type { CommandResult } from './command.ts';
import { keptBackups } from './init-change.ts';
import { failure, withConsent } from './init-consent.ts';
import type { Decision, Job } from './init-consent.ts';

/**
 * `usageline init --uninstall`: every target, the launcher and the cache, as if nothing had been. A file that cannot
 * be understood is named, and does not keep the others.
 */
export function uninstallAll(system: System, runtime: Runtime, job: Job): CommandResult {
  return withConsent(system, job, () => decide(system, runtime, job));
}

function decide(system: System, runtime: Runtime, { notes }: Job): Decision {
  const installed = readInstalled(system, notes);
  const hows = Object.values(TARGETS).flatMap(({ name, install: how }) =>
    typeof how === 'string' ? [] : [{ name, how }],
  );
  const usual = hows.flatMap(({ name, how }) => defaultFiles(name, how, runtime, null));
  const files = [...usual, ...installed.files];
  const plan = planRemoval(system, files, installed);
  const { changes } = plan;
  const cache = cacheRoot(system).path;
  const cached = cache !== null && system.fs.existsSync(cache);
  const stderr = plan.refused.map((line) => `usageline: left as it is: ${printable(line)}\n`).join('');
  const exitCode = stderr === '' ? 0 : 1;
  const refused = (path: string) => plan.refused.some((line) => line.startsWith(`${path}: `));
  const after = { ...installed, files: installed.files.filter(({ path }) => refused(path)) };
  const links = linksToRemoved(
    system,
    hows.flatMap(({ how }) => how.links?.(runtime) ?? []),
    plan,
  );
  const act = () => revert(system, { changes, files, links }, after, notes);
  if (changes.length === 0 && !cached) {
    const nothing = result('nothing is installed\n', { stderr, exitCode });
    return { kind: 'note', result: nothing, note: () => act().problem };
  }
  return {
    kind: 'change',
    shown: `${preview(changes, links)}${cached ? `remove ${printable(cache)}, the cache\n` : ''}`,
    what: [changes, links],
    act: () => {
      const { backups, problem } = act();
      if (problem !== null) return failure(problem);
      if (cached) removeCache(system, cache);
      const text = `removed. Shells that run keep the line until they end.\n${keptBackups(backups)}`;
      return result(text, { stderr, exitCode });
    },
  };
}
