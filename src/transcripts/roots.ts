import { posix, win32 } from 'node:path';
import type { System } from '../system.ts';

/**
 * The folders that transcripts are below: `projects` of Claude Code's config directory. That is
 * CLAUDE_CONFIG_DIR and nothing else when it is set, as with credentials: two accounts never see each other's
 * tokens. A relative XDG_CONFIG_HOME is ignored, as its specification says.
 */
export function transcriptRoots({ env, platform, home }: System): string[] {
  const { join, isAbsolute } = platform === 'win32' ? win32 : posix;
  if (env.CLAUDE_CONFIG_DIR) return [join(env.CLAUDE_CONFIG_DIR, 'projects')];
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
