import type { System } from '../platform/system.ts';
import { absoluteDirectory } from './runtime.ts';

/** How long zsh may take to read `.zshenv`, ms. */
const TIMEOUT_MS = 2000;
/** What stands before the answer: `.zshenv` may print something, too. */
const MARK = 'usageline-zdotdir:';

/**
 * The directory of `.zshrc`, as zsh itself has it: `ZDOTDIR` can be set in `.zshenv` without being exported, or only for
 * zsh. Null if there is no zsh, or it does not answer in time.
 */
export function zshDirectory({ env }: System): string | null {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { stdout } = spawnSync('zsh', ['-c', `print -r -- "${MARK}\${ZDOTDIR-$HOME}"`], {
    encoding: 'utf8',
    env: { ...env },
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const line = (stdout ?? '').split('\n').findLast((text) => text.startsWith(MARK));
  return line === undefined ? null : absoluteDirectory(line.slice(MARK.length));
}
