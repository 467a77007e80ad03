import { posix, win32 } from 'node:path';
import { configDirectory } from '../config-directory.ts';
import type { System } from '../../../platform/system.ts';

/**
 * The folders that hold transcripts: `projects` in Claude Code's configuration directory. When CLAUDE_CONFIG_DIR names
 * another directory than the default, that directory alone, as with credentials: no account sees another's tokens. A
 * relative XDG_CONFIG_HOME is ignored, as its specification demands.
 */
export function transcriptRoots(system: System): string[] {
  const { env, platform, home } = system;
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix;
  const directory = configDirectory(system);
  if (directory !== null) return [join(directory, 'projects')];
  const at = home();
  const xdg = env.XDG_CONFIG_HOME && isAbsolute(env.XDG_CONFIG_HOME) ? env.XDG_CONFIG_HOME : null;
  const config = xdg ?? (at === null ? null : join(at, '.config'));
  return [
    ...(at === null ? [] : [join(at, '.claude', 'projects')]),
    ...(config === null ? [] : [join(config, 'claude', 'projects')]),
  ];
}

/** The real paths of the roots that are directories, each once: a root can be a link to another one. */
export function realRoots({ fs }: System, roots: readonly string[]): string[] {
  const real = roots.flatMap((root) => {
    try {
      const path = fs.realpathSync(root);
      return fs.statSync(path).isDirectory() ? [path] : [];
    } catch {
      return [];
    }
  });
  return [...new Set(real)];
}

/** Whether something read from a file names these very roots. */
export function areSame(read: unknown, roots: readonly string[]): boolean {
  return JSON.stringify(read) === JSON.stringify(roots);
}
