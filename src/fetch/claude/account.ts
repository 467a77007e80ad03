import {
  configDirectory,
  join,
  CREDENTIALS_FILE,
  canonicalPath,
  secondDirectory,
} from './config-directory.ts';
import type { System } from '../../platform/system.ts';
import type { Account } from '../provider.ts';

// On the hot path: a hash is computed only where CLAUDE_CONFIG_DIR names another directory than the default one.

/**
 * The first 8 hex digits of SHA-256 of CLAUDE_CONFIG_DIR's NFC form, in exactly its spelling; null when it is not set.
 * Claude Code uses the same digits in the names of its keychain items.
 */
export function configDirHash({ env }: System): string | null {
  return env.CLAUDE_CONFIG_DIR ? hashOf(env.CLAUDE_CONFIG_DIR) : null;
}

/** The account of this environment: one for each configuration directory, in any spelling. */
export function account(system: System): Account {
  const directory = configDirectory(system);
  if (directory === null) return { name: 'default', directory: 'claude' };
  const hash = hashOf(canonicalPath(system, directory));
  return { name: hash, directory: `claude-${hash}` };
}

/**
 * The files that can contain credentials, in order of preference. None without CLAUDE_CONFIG_DIR, a home directory, and
 * an absolute XDG_CONFIG_HOME.
 */
export function credentialFiles(system: System): string[] {
  const { platform } = system;
  const directory = configDirectory(system);
  if (directory !== null) return [join(platform, directory, CREDENTIALS_FILE)];
  const home = system.home();
  const second = secondDirectory(system);
  return [
    ...(home ? [join(platform, home, '.claude', CREDENTIALS_FILE)] : []),
    ...(second ? [join(platform, second, CREDENTIALS_FILE)] : []),
  ];
}

function hashOf(text: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text.normalize('NFC')).digest('hex').slice(0, 8);
}
