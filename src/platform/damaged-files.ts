import { join } from 'node:path';
import type { System } from './system.ts';

/*
 * A disk with errors, or a power cut while npm writes, damages an installation. To find the damage, every file is
 * compared with its checksum; that takes too long for an ordinary call.
 */

/** Written by the build: a line for each other file beside it, as `sha256sum --check` reads it. */
const LIST = 'SHA256SUMS';

/** So many names fit into a message of one line. */
const NAMED = 3;

/**
 * What is wrong with this installation, for a person: `this installation is damaged (usage.cjs): install it again`.
 * Null when every file is as it was built, so that a fault has another reason.
 *
 * @param directory where the parts are
 */
export function damageOf(fs: System['fs'], directory = import.meta.dirname): string | null {
  const names = damagedFiles(fs, directory);
  if (names.length === 0) return null;
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `this installation is damaged (${names.slice(0, NAMED).join(', ')}${more}): install it again`;
}

/**
 * Names of the files that are not as they were built: changed, cut off, missing or unreadable. The list of checksums is
 * one of them when it is no list, or does not name every part.
 *
 * @param directory where the parts are
 */
export function damagedFiles(fs: System['fs'], directory: string): string[] {
  const sums = orNull(() => parseSums(fs.readFileSync(join(directory, LIST), 'utf8')));
  if (sums === null) return [LIST];
  const damaged = [...sums].filter(([name, sum]) => sum !== sumOf(fs, join(directory, name)));
  const files = orNull(() => fs.readdirSync(directory)) ?? [];
  const unnamed = files.some((name) => name.endsWith('.cjs') && !sums.has(name));
  return [...damaged.map(([name]) => name), ...(unnamed ? [LIST] : [])];
}

/** Name → checksum; null when a line is anything else. Names are printed: they consist of letters that do no harm. */
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

/** SHA-256 of a file, in hexadecimal digits; null when it cannot be read. */
function sumOf(fs: System['fs'], path: string): string | null {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return orNull(() => createHash('sha256').update(fs.readFileSync(path)).digest('hex'));
}

function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
