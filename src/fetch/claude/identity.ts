import { readTextFile } from '../../files.ts';
import type { System } from '../../system.ts';
import { isObject } from '../../usage/data.ts';
import { configDir, join } from './account.ts';

/**
 * Who is signed in: `oauthAccount.accountUuid` of Claude Code's `.claude.json`, which stands in
 * CLAUDE_CONFIG_DIR when that is set, else in the home directory. Null when it does not say.
 */
export function accountId(system: System): string | null {
  const dir = configDir(system) ?? system.home();
  if (dir === null) return null;
  const read = readTextFile(system.fs, join(system, dir, '.claude.json'), 'follow');
  if (read.kind !== 'file') return null;
  try {
    const config: unknown = JSON.parse(read.text.trim());
    const account = isObject(config) ? config.oauthAccount : null;
    const id = isObject(account) ? account.accountUuid : null;
    return typeof id === 'string' && id !== '' ? id : null;
  } catch {
    return null;
  }
}
