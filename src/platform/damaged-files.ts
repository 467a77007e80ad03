import { join } from 'node:path';
import type { System } from './system.ts';

/*
 * Finds the damage that a faulty disk, or a power failure during `npm install`, does to an installation. It compares every
 * file with its checksum, which takes too long for ordinary calls.
 */

/**
 * The list of checksums, in the format of `sha256sum --check`. The build writes it, with all other files of `dist/`.
 */
const LIST = 'SHA256SUMS';

/** How many names a message of one line has at most. */
const NAMED = 3;

/**
 * A message about a damaged installation: `this installation is damaged (usage.cjs): install it again`. Null if every
 * file is as it was built, so that an error has another cause.
 *
 * @param directory the directory of the bundled files
 */
export function damageOf(fs: System['fs'], directory = import.meta.dirname): string | null {
  const names = damagedFiles(fs, directory);
  if (names.length === 0) return null;
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `this installation is damaged (${names.slice(0, NAMED).join(', ')}${more}): install it again`;
}

/**
 * The names of the files that are not as they were built: changed, truncated, missing or unreadable. The list of
 * checksums counts as damaged if it has another format or lacks a bundled file.
 *
 * @param directory the directory of the bundled files
 */
export function damagedFiles(fs: System['fs'], directory: string): string[] {
  const sums = orNull(() => parseSums(fs.readFileSync(join(directory, LIST), 'utf8')));
  if (sums === null) return [LIST];
  const damaged = [...sums].filter(([name, sum]) => sum !== sumOf(fs, join(directory, name)));
  const files = orNull(() => fs.readdirSync(directory)) ?? [];
  const unnamed = files.some((name) => name.endsWith('.cjs') && !sums.has(name));
  return [...damaged.map(([name]) => name), ...(unnamed ? [LIST] : [])];
}

/**
 * Parses the list to name → checksum; null for another format. Names are printed, so only harmless characters pass.
 */
function parseSums(text: string): Map<string, string> | null {
  const lines = text.split('\n');
  if (lines.pop() !== '' || lines.length === 0) return null;
  const sums = new Map<string, string>();
  for (const line of lines) {
    const [, sum, name] = /^([0-9a-f]{64}) {2}([\w.-]+)$/.exec(line) ?? [];
    if (sum === undefined || name === undefined) return null;
    sums.set(name, sum);
  }
  return sums;
}

/** The SHA-256 of a file in hexadecimal digits; null if it cannot be read. */
function sumOf(fs: System['fs'], path: string): string | null {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return orNull(() => createHash('sha256').update(fs.readFileSync(path)).digest('hex'));
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
