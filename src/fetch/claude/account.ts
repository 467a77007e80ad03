import type { System } from '../../system.ts';
import type { Account } from '../provider.ts';

/*
 * On the hot path: nothing is imported, and the hash is computed only when CLAUDE_CONFIG_DIR is set.
 */

/** CLAUDE_CONFIG_DIR as it stands in the environment; null when unset or empty. */
export function configDir(system: System): string | null {
  return system.env.CLAUDE_CONFIG_DIR || null;
}

/**
 * The first 8 hex digits of SHA-256 of CLAUDE_CONFIG_DIR's NFC form; null when it is not set. Claude Code
 * tells its keychain items apart by the same digits.
 */
export function configDirHash(system: System): string | null {
  const dir = configDir(system);
  if (dir === null) return null;
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(dir.normalize('NFC')).digest('hex').slice(0, 8);
}

/** Whose usage is asked for: one account per configuration directory. */
export function account(system: System): Account {
  const hash = configDirHash(system);
  return hash === null
    ? { name: 'default', directory: 'claude' }
    : { name: hash, directory: `claude-${hash}` };
}

/**
 * The files that may hold credentials, in the order in which they count. None where there is neither
 * CLAUDE_CONFIG_DIR nor a home nor an absolute XDG_CONFIG_HOME.
 */
export function credentialFiles(system: System): string[] {
  const dir = configDir(system);
  if (dir !== null) return [join(system, dir, '.credentials.json')];
  const home = system.home();
  const xdg = absolute(system, system.env.XDG_CONFIG_HOME) ?? (home && join(system, home, '.config'));
  return [
    ...(home ? [join(system, home, '.claude', '.credentials.json')] : []),
    ...(xdg ? [join(system, xdg, 'claude', '.credentials.json')] : []),
  ];
}

/** Path parts joined as the system's platform does; nothing is normalised. */
export function join(system: System, ...parts: readonly string[]): string {
  return parts.join(system.platform === 'win32' ? '\\' : '/');
}

/** Relative values are to be ignored, says the XDG Base Directory Specification; empty is unset. */
function absolute(system: System, path: string | undefined): string | null {
  const pattern = system.platform === 'win32' ? /^([A-Za-z]:[\\/]|\\\\)/ : /^\//;
  return path && pattern.test(path) ? path : null;
}
