import { join } from 'node:path';
import { launcherPath } from '../init/runtime.ts';
import type { Runtime } from '../init/runtime.ts';
import type { InitTarget } from '../init/names.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import type { System } from '../system.ts';
import { UsageError } from './command.ts';
import type { Prepare } from './command.ts';
import { hookName, readyPlace } from './ready.ts';

/** This machine, as snippets see it. Throws a `UsageError` for paths that no snippet can hold. */
export function runtimeOf(system: System): Runtime {
  const { env, fs, platform } = system;
  const home = system.home();
  if (home === null) throw new UsageError('there is no home directory: HOME is not set');
  const program = [process.execPath, join(import.meta.dirname, 'hot.cjs')] as const;
  for (const path of [home, ...program]) {
    if (/\p{Cc}/u.test(path))
      throw new UsageError(`a path has a control character in it: ${JSON.stringify(path)}`);
  }
  const exists = (path: string) => fs.existsSync(path);
  return {
    env,
    platform,
    home,
    program,
    launcher: exists(launcherPath({ home })) ? launcherPath({ home }) : null,
    user: `${system.userName()} ${home}`,
    packagePath,
    packageText: (...path) => fs.readFileSync(packagePath(...path), 'utf8'),
    hook: (shell) => {
      const { file, logins, config } = readyPlace(system, shell);
      return { ready: file, logins, config };
    },
    exists,
  };
}

/** dist/commands-init.cjs lies beside dist/hot.cjs; what is not code of ours lies beside dist/. */
function packagePath(...path: readonly string[]): string {
  return join(import.meta.dirname, '..', ...path);
}

/** Whose first line shall be there already when they ask for it. */
const KINDS: Partial<Record<InitTarget, LineKind>> = {
  zsh: 'zsh',
  bash: 'bash',
  fish: 'fish',
  p10k: 'zsh',
  tmux: 'tmux',
  starship: 'starship',
};

export function prepareFor(system: System, target: InitTarget): Prepare | null {
  const output = KINDS[target];
  if (output === undefined) return null;
  return { wanted: hookName(system, output), aheadMs: Number.POSITIVE_INFINITY };
}
