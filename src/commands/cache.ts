import { loadConfig } from '../config/load.ts';
import { provider } from '../fetch/registry.ts';
import { pathsOf } from '../resolve/paths.ts';
import type { System } from '../platform/system.ts';
import { clear } from './cache-clear.ts';
import { noCache } from './cache-places.ts';
import { stats } from './cache-stats.ts';
import { verify } from './cache-verify.ts';
import { result } from './command.ts';
import { warningText } from './resolving.ts';
import type { CommandGroup, CommandResult } from './command.ts';

/** `usageline cache`: where the cache is, what is in it, and how to empty it. */
export const command: CommandGroup = {
  name: 'cache',
  about: 'the directory with the cached numbers',
  help: `
Examples:
  ls -R "$(usageline cache path)"
  usageline cache stats
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
    clear,
    stats,
    verify,
  ],
};

async function cachePath(system: System): Promise<CommandResult> {
  const paths = pathsOf(system, provider);
  if (paths.cache === null) return noCache(paths.warning ?? '');
  return result(`${paths.cache.root}\n`, { stderr: warningText(await loadConfig(system), paths.warning) });
}
