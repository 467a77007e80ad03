import { MAX_FILE_BYTES } from '../platform/files.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { ageOf, DAY, HOUR } from '../usage/time.ts';
import type { AccountDirectory } from './directory.ts';
import { ensureDirectory } from './make-directory.ts';
import { readClosedFile } from './own-files.ts';
import { replaceFile } from './replace-file.ts';

/*
 * `after.json`: what the commands of `statusline --after` printed last, to be shown when they are too slow. It contains
 * hashes of commands and sessions, because a command can contain a secret.
 */

const SCHEMA_VERSION = 1;
/** How many outputs are kept. */
const MAX_OUTPUTS = 16;
/** The longest output that is kept, in UTF-16 units: a few rows. */
const MAX_CHARACTERS = 8192;
/** Age at which an output is no longer used, ms. */
const MAX_AGE_MS = DAY;
/** How often an unchanged output is written again, ms. */
const RENEW_EVERY_MS = HOUR;

interface Output {
  /** A hash of the session and the command. */
  readonly key: string;
  /** When the command printed this, epoch ms; up to `RENEW_EVERY_MS` early. */
  readonly at: number;
  readonly text: string;
}

/**
 * What a command printed last; null where nothing is stored.
 *
 * @param of identifies session and command
 */
export function rememberedOutput(system: System, directory: AccountDirectory, of: string): string | null {
  const key = keyOf(of);
  return outputsIn(system, directory).find((output) => output.key === key)?.text ?? null;
}

/** Stores what a command printed. An empty or too long output removes the stored one. */
export function rememberOutput(system: System, directory: AccountDirectory, of: string, text: string): void {
  const key = keyOf(of);
  const stored = outputsIn(system, directory);
  const output = text.length > MAX_CHARACTERS ? '' : text;
  const before = stored.find((it) => it.key === key);
  if ((before?.text ?? '') === output && (before === undefined || system.now() - before.at < RENEW_EVERY_MS))
    return;
  const others = stored.filter((it) => it.key !== key);
  const own = output === '' ? [] : [{ key, at: system.now(), text: output }];
  const outputs = [...others, ...own].slice(-MAX_OUTPUTS);
  const file = `${JSON.stringify({ schema_version: SCHEMA_VERSION, outputs })}\n`;
  const replaced = () => replaceFile(system, pathIn(directory), file) === null;
  // The directory usually exists.
  if (!replaced() && ensureDirectory(system, directory) === null) replaced();
}

/** Outputs are shown as they are, so those of another user are not read, not even by root. */
function outputsIn(system: System, directory: AccountDirectory): Output[] {
  const { now } = system;
  try {
    const file: unknown = JSON.parse(readClosedFile(system, pathIn(directory), MAX_FILE_BYTES) ?? 'null');
    if (!isObject(file) || file.schema_version !== SCHEMA_VERSION || !Array.isArray(file.outputs)) return [];
    return file.outputs.filter(isOutput).filter(({ at }) => ageOf(at, now()) < MAX_AGE_MS);
  } catch {
    return [];
  }
}

function isOutput(value: unknown): value is Output {
  if (!isObject(value)) return false;
  const { key, at, text } = value;
  const isText = typeof text === 'string' && text.length <= MAX_CHARACTERS;
  return typeof key === 'string' && Number.isFinite(at) && isText;
}

function pathIn({ path }: AccountDirectory): string {
  return `${path}${SEPARATOR}after.json`;
}

function keyOf(of: string): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(of).digest('hex').slice(0, 32);
}
