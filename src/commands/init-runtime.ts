import { join } from 'node:path';
import { DISABLE_TRAFFIC_VARIABLE } from '../config/settings.ts';
import { environment } from '../fetch/registry.ts';
import { installedPath, readInstalled } from '../init/installed.ts';
import { locateProgram } from '../init/program.ts';
import { configHome, dataHome, launcherPath } from '../init/runtime.ts';
import type { Runtime } from '../init/runtime.ts';
import type { InitTarget } from '../init/target.ts';
import { printable } from '../platform/stdio.ts';
import type { LineKind } from '../render/outputs/kinds.ts';
import type { System } from '../platform/system.ts';
import { UsageError } from './command.ts';
import { NO_FOLLOW_UP } from '../prerender/follow-up.ts';
import type { FollowUp } from '../prerender/follow-up.ts';
import { hookVariant, hookFiles } from './ready.ts';

/** This machine, as snippets see it. Throws a `UsageError` for paths that no snippet can hold. */
export function runtimeOf(system: System): Runtime {
  const { env, fs, platform } = system;
  const home = system.home();
  if (home === null) throw new UsageError('there is no home directory: HOME is not set');
  const place = locateProgram(system, process.execPath, import.meta.dirname);
  const homes = [home, dataHome({ env, home }), configHome({ env, home })];
  for (const path of [...homes, place.node, place.script, place.command ?? '']) {
    if (/\p{Cc}/u.test(path))
      throw new UsageError(`a path has a control character in it: "${printable(path)}"`);
  }
  const exists = (path: string) => fs.existsSync(path);
  return {
    env,
    platform,
    home,
    program: place,
    launcher: ownLauncher(system, home),
    user: `${system.userName()} ${home}`,
    packagePath: (...path) => join(place.root, ...path),
    packageText: (...path) => fs.readFileSync(join(place.root, ...path), 'utf8'),
    hookVariables: HOOK_VARIABLES,
    hookPaths: (shell) => {
      const { file, logins, config } = hookFiles(system, shell);
      return { prerendered: file, credentials: logins, config };
    },
    exists,
  };
}

/** See `Runtime.hookVariables`: the provider's first, then those that change the paths, the text or the requests. */
export const HOOK_VARIABLES: readonly string[] = [
  environment.directory,
  'USAGELINE_CACHE_DIR',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'HOME',
  'NO_COLOR',
  'FORCE_COLOR',
  'CLICOLOR_FORCE',
  DISABLE_TRAFFIC_VARIABLE,
  'USAGELINE_CONFIG',
  'USAGELINE_NETWORK',
  'USAGELINE_FORMAT',
];

/** The launcher, unless it is there only for targets that use it, and goes with them. */
function ownLauncher(system: System, home: string): string | null {
  const path = launcherPath({ home });
  if (!system.fs.existsSync(path)) return null;
  const { files } = readInstalled(system, installedPath(dataHome({ env: system.env, home })));
  const record = files.find((file) => file.path === path);
  return record?.users?.includes('sh') === false ? null : path;
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

export function followUpFor(system: System, target: InitTarget): FollowUp {
  const output = KINDS[target];
  if (output === undefined) return NO_FOLLOW_UP;
  return { kind: 'prerender', wanted: hookVariant(system, output), horizonMs: Number.POSITIVE_INFINITY };
}
