import { MAX_FILE_BYTES } from '../platform/files.ts';
import { SEPARATOR } from '../platform/paths.ts';
import type { System } from '../platform/system.ts';
import { isObject } from '../usage/values.ts';
import { DAY, HOUR } from '../usage/time.ts';
import type { AccountDirectory } from './directory.ts';
import { ensureDirectory } from './make-directory.ts';
import { readClosedFile } from './own-files.ts';
import { replaceFile } from './replace-file.ts';

/*
 * `after.json`: what the status line commands behind `statusline --after` printed last, for when they are too slow.
 * Neither the commands nor the names of sessions stand in it: a command can have a secret in it.
 */

const SCHEMA_VERSION = 1;
/** The latest ones, each of at most so many characters: a few sessions with a few rows each. */
const MAX_OUTPUTS = 16;
const MAX_CHARACTERS = 8192;
/** Older outputs are not used. */
const MAX_AGE = DAY;
/** How often an unchanged output is written again. */
const RENEW_EVERY = HOUR;

interface Output {
  /** Hash of session and command. */
  readonly key: string;
  /** Epoch ms: when the command printed this, as of the last hour. */
  readonly at: number;
  readonly text: string;
}

/**
 * What a command printed last.
 * @param of names session and command
 * @returns null where nothing is remembered
 */
export function rememberedOutput(system: System, directory: AccountDirectory, of: string): string | null {
  const key = keyOf(of);
  return outputsIn(system, directory).find((output) => output.key === key)?.text ?? null;
}

/** Stores what a command printed. An empty or too long output removes the stored one. */
export function rememberOutput(system: System, directory: AccountDirectory, of: string, text: string): void {
  const key = keyOf(of);
  const known = outputsIn(system, directory);
  const kept = text.length > MAX_CHARACTERS ? '' : text;
  const before = known.find((output) => output.key === key);
  if ((before?.text ?? '') === kept && (before === undefined || system.now() - before.at < RENEW_EVERY))
    return;
  const others = known.filter((output) => output.key !== key);
  const own = kept === '' ? [] : [{ key, at: system.now(), text: kept }];
  const outputs = [...others, ...own].slice(-MAX_OUTPUTS);
  const file = `${JSON.stringify({ schema_version: SCHEMA_VERSION, outputs })}\n`;
  const replaced = () => replaceFile(system, pathIn(directory), file) === null;
  // The directory usually exists.
  if (!replaced() && ensureDirectory(system, directory) === null) replaced();
}

/** Shown as the commands printed them, so those of another user are not read, not by root either. */
function outputsIn(system: System, directory: AccountDirectory): Output[] {
  const { now } = system;
  try {
    const file: unknown = JSON.parse(readClosedFile(system, pathIn(directory), MAX_FILE_BYTES) ?? 'null');
    if (!isObject(file) || file.schema_version !== SCHEMA_VERSION || !Array.isArray(file.outputs)) return [];
    return file.outputs.filter(isOutput).filter(({ at }) => Math.abs(now() - at) < MAX_AGE);
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
