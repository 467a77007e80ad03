import fs from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../../src/usage/data.ts';
import { unlessMissing } from '../support/program.ts';

/**
 * Moves everything in an account's directory into the past, as if time had passed: times in the files and
 * mtimes, the mutex included. A process that reads meanwhile sees the old file or the new one.
 */
export function passTime(directory: string, ms: number): void {
  for (const name of fs.existsSync(directory) ? fs.readdirSync(directory) : []) {
    // Temporary files of a worker appear and disappear.
    unlessMissing(() => passTimeFor(directory, name, ms));
  }
}

function passTimeFor(directory: string, name: string, ms: number): void {
  const path = join(directory, name);
  const { mtimeMs } = fs.lstatSync(path);
  const text = shifted(path, name, ms);
  if (text !== null) {
    const aside = join(directory, '..', `${name}.aside`);
    fs.writeFileSync(aside, text, { mode: 0o600 });
    fs.renameSync(aside, path);
  }
  fs.lutimesSync(path, (mtimeMs - ms) / 1000, (mtimeMs - ms) / 1000);
}

/** The text of a cache file, shifted; null for other files, and for a file that a killed process left torn. */
function shifted(path: string, name: string, ms: number): string | null {
  if (!/^(usage\.json|usage\.lock|(attempt|background)\.\d+)$/.test(name) || !fs.lstatSync(path).isFile()) {
    return null;
  }
  const file = parsed(fs.readFileSync(path, 'utf8'));
  if (file === null) return null;
  const seconds = Math.round(ms / 1000);
  if (name === 'usage.json') file.cached_at = new Date(Date.parse(String(file.cached_at)) - ms).toISOString();
  else if (name === 'usage.lock') {
    file.blocked_until = Number(file.blocked_until) - seconds;
    file.written_at = Number(file.written_at) - seconds;
    file.requests = (file.requests as number[]).map((at) => at - seconds);
  } else {
    file.at = Number(file.at) - ms;
    file.until = Number(file.until) - ms;
  }
  return JSON.stringify(file);
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const file: unknown = JSON.parse(text);
    return isObject(file) ? { ...file } : null;
  } catch {
    return null;
  }
}
