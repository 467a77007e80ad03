import { posix, win32 } from 'node:path';
import { configDirectory } from '../config-directory.ts';
import type { System } from '../../../platform/system.ts';

/**
 * The folders that transcripts are below: `projects` of Claude Code's config directory. That is
 * CLAUDE_CONFIG_DIR and nothing else when it names another one than the default, as with credentials: two accounts
 * never see each other's tokens. A relative XDG_CONFIG_HOME is ignored, as its specification says.
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

/** Where the roots really are, each once: a link and what it points to are one. Those that are not there drop out. */
export function realRoots({ fs }: System, roots: readonly string[]): string[] {
  const real = roots.flatMap((root) => {
    try {
      return fs.realpathSync(root);
    } catch {
      return [];
    }
  });
  return [...new Set(real)];
}
