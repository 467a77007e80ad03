import { configDirectory, join } from './config-directory.ts';
import { fingerprintOf } from '../../platform/fingerprint.ts';
import type { System } from '../../platform/system.ts';
import { isObject } from '../../usage/values.ts';
import { sanitize } from '../../usage/text.ts';
import type { Identity, IdentitySource } from '../provider.ts';
import { findTopLevel } from './top-level.ts';
import type { Bounds } from './top-level.ts';

const FILE = '.claude.json';
const NONE: Identity = { kind: 'none' };
const UNKNOWN: Identity = { kind: 'unknown' };

/**
 * The account that is signed in: `oauthAccount` of Claude Code's `.claude.json`, which is in CLAUDE_CONFIG_DIR when that is
 * set, else in the home directory. For the default directory both files count, since the variable can name that directory,
 * too: the file that was changed last decides.
 */
export function identity(system: System, bounds?: Bounds): Identity {
  for (const { path } of filesOf(system)) {
    const search = findTopLevel(system, path, 'oauthAccount', bounds);
    if (search.kind === 'unknown') return UNKNOWN;
    const found = search.kind === 'found' ? identityIn(search.text) : NONE;
    if (found.kind !== 'none') return found;
  }
  return NONE;
}

/** The state of these files, without reading them. */
export function identitySource(system: System): IdentitySource {
  const files = filesOf(system);
  return {
    fingerprint: files.map(fingerprintOf).join(' '),
    bytes: files.reduce((sum, { size }) => sum + size, 0),
  };
}

/** One of them. */
export interface IdentityFile {
  readonly path: string;
  readonly mtimeMs: number;
  readonly size: number;
  readonly ino: number;
}

/** Claude Code's `.claude.json` files that exist, the one that was changed last first. */
export function filesOf(system: System): IdentityFile[] {
  return paths(system)
    .flatMap((path) => {
      try {
        const stat = system.fs.statSync(path, { throwIfNoEntry: false });
        return stat ? { path, mtimeMs: stat.mtimeMs, size: stat.size, ino: stat.ino } : [];
      } catch {
        // The code that opens the file reports the error.
        return { path, mtimeMs: 0, size: 0, ino: 0 };
      }
    })
    .sort((a, b) => b.mtimeMs - a.mtimeMs);
}

function paths(system: System): string[] {
  const { platform, home } = system;
  const directory = configDirectory(system);
  if (directory !== null) return [join(platform, directory, FILE)];
  const at = home();
  if (at === null) return [];
  const usual = join(platform, at, FILE);
  return platform === 'darwin' ? [usual] : [usual, join(platform, at, '.claude', FILE)];
}

function identityIn(text: string): Identity {
  let account: unknown;
  try {
    account = JSON.parse(text);
  } catch {
    return UNKNOWN;
  }
  if (!isObject(account)) return NONE;
  const accountId = idOf(account.accountUuid);
  if (accountId === null) return NONE;
  return {
    kind: 'known',
    accountId,
    organizationId: idOf(account.organizationUuid),
    accountName: nameOf(account.displayName),
    organizationName: nameOf(account.organizationName),
  };
}

function idOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= 256 ? value : null;
}

/** A name that can be printed; null without one, and for a text that contains an e-mail address. */
function nameOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  // Letters without their accents, because those with accents would be removed.
  const text = value.slice(0, 256).normalize('NFKD');
  return text.includes('@') ? null : sanitize(text) || null;
}
