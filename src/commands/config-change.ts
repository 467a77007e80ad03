import { baseUrlProblem } from '../accounts/base-url.ts';
import { dirname } from 'node:path';
import { findConfigFile } from '../config/config-file.ts';
import { setInToml, tomlText, unsetInToml } from '../config/edit-toml.ts';
import type { TomlValue } from '../config/edit-toml.ts';
import { lineIndex } from '../config/line-index.ts';
import { readConfigValues } from '../config/read.ts';
import { sampleConfig } from '../config/sample.ts';
import { KEYS, keyAt } from '../config/schema.ts';
import type { Key } from '../config/schema.ts';
import { accepts, parseToml, readToml, refusal } from '../config/toml.ts';
import type { Contents } from '../config/toml.ts';
import { placeIn, quoteValue } from '../config/warnings.ts';
import { inspectFile, makeDirectories } from '../init/user-file.ts';
import { writeLike, writeWithMode } from '../init/write.ts';
import { errno } from '../platform/errno.ts';
import { isTerminal, printable, STDOUT } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { result, UsageError } from './command.ts';
import type { CommandResult } from './command.ts';
import { appliedValue, keyNamed, keyText, usedValue } from './config-value.ts';

/** Lines that exist are prerendered anew, so that the next prompt need not. */
const PRERENDER = { kind: 'prerender', wanted: null } as const;

/** `usageline config set`: changes one key of the file, and nothing else in it. */
export function configSet(
  system: System,
  { name, value: typed }: { readonly name: string; readonly value: string },
): CommandResult {
  const { path, key } = keyNamed(name);
  const value = valueOf(name, key, typed);
  const file = fileToChange(system);
  if ('exitCode' in file) return file;
  const old = contentsOf(file);
  const text = setInToml(old, path, value);
  if (text === null) return cannot(file.path, `${name} cannot be set`);
  refuseNewMistakes(old, text);
  const failed = replace(system, file, old, text);
  if (failed !== null) return failed;
  const place = placeIn(file.path, readToml(text).values.get(name)?.line ?? null);
  const was = ` (was ${tomlText(valueBefore(readToml(old).values, name))})`;
  return result(`${place}: ${name} = ${tomlText(value)}${was}\n`, {
    stderr: overriding(system, key),
    followUp: PRERENDER,
  });
}

/** `usageline config unset`: removes one key from the file, and nothing else. */
export function configUnset(system: System, { name }: { readonly name: string }): CommandResult {
  const path = name.split('.');
  const isKey = keyAt(path) !== null;
  const file = fileToChange(system);
  if ('exitCode' in file) return file;
  const old = contentsOf(file);
  const text = unsetInToml(old, path);
  // A word that is no key can be in the file by mistake, and can be removed.
  if (!isKey && (text === old || text === null)) keyNamed(name);
  if (text === null) return cannot(file.path, `${name} cannot be removed`);
  if (text !== old) refuseNewMistakes(old, text, `without ${name}, `);
  const failed = replace(system, file, old, text);
  if (failed !== null) return failed;
  const values = readToml(old).values;
  const was = values.has(name) ? ` = ${tomlText(valueBefore(values, name))}` : '';
  const removed =
    text === old
      ? `${printable(file.path)}: ${name} is not set in it\n`
      : `${placeIn(file.path, lineIndex(old)(path))}: removed ${name}${was}\n`;
  if (!isKey) return result(removed, { followUp: PRERENDER });
  const { value, source } = appliedValue(readConfigValues(system, findConfigFile(system)).values, name);
  return result(`${removed}${keyText(name, value)}  # ${source}\n`, { followUp: PRERENDER });
}

/** What the file sets a key to, for an output's key also what it sets for all, else the default; as it may be printed. */
function valueBefore(values: Contents['values'], name: string): TomlValue {
  const common = name.replace(/^output\.[^.]+\./, '');
  const found = values.get(name) ?? values.get(common);
  const sourced = found && { value: found.value, source: '' };
  return usedValue(common, sourced, KEYS[common]?.default) as TomlValue;
}

/** The text of the file, empty if there is none. Throws a `UsageError` if it is not TOML. */
function contentsOf({ path, text }: ConfigText): string {
  const syntax = parseToml(text ?? '');
  if (!('mistake' in syntax)) return text ?? '';
  const { line, column = null, text: problem } = syntax.mistake;
  throw new UsageError(
    `${placeIn(path, line, column)}: ${problem}, so it cannot be changed`,
    'usageline config edit',
  );
}

/** Writes the text if it differs. Returns the result that says why that failed; null if it did not. */
function replace(system: System, file: ConfigText, old: string, text: string): CommandResult | null {
  const reason = text === old ? null : write(system, file, text);
  return reason === null ? null : unchanged(file.path, reason);
}

function cannot(path: string, what: string): CommandResult {
  return unchanged(path, `${what} here without changing more: run \`usageline config edit\``);
}

/** A note if a variable goes before the file. */
function overriding({ env }: System, { variable }: Key): string {
  return variable && env[variable] ? `usageline: ${variable} is set, and overrides the file\n` : '';
}

/** The value that a person means: as it is typed, or as TOML has it. Throws a `UsageError` if the key accepts none. */
function valueOf(name: string, key: Key, typed: string): TomlValue {
  const parsed = parseToml(`value = ${typed}`);
  const asToml = 'contents' in parsed ? (parsed.contents as { value: unknown }).value : typed;
  const items = typed
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  // A text in quotes is meant without them.
  const readings = /^["'[]/.test(typed) ? [asToml, typed] : [typed, asToml, items];
  const value = readings.find((reading) => accepts(key, reading));
  if (value === undefined) {
    const shown = typeof key.default === 'number' && Number.isFinite(asToml) ? asToml : typed;
    throw new UsageError(`${name} is ${quoteValue(shown)}${refusal(key, shown)}`);
  }
  if (name === 'api_base_url') {
    const problem = baseUrlProblem({ value: value as string, source: 'the value' });
    if (problem !== null) throw new UsageError(problem);
  }
  return value as TomlValue;
}

/**
 * Throws a `UsageError` if the change makes a mistake, such as `thresholds.warn` above `thresholds.critical`. One that was
 * there does not count: it can be what is being corrected.
 *
 * @param about the beginning of the message
 */
function refuseNewMistakes(before: string, after: string, about = ''): void {
  const old = readToml(before).mistakes;
  const known = new Set(old.map(({ text }) => text));
  const { mistakes } = readToml(after);
  const made = mistakes.find(({ text }) => !known.has(text));
  if (made !== undefined && mistakes.length >= old.length) throw new UsageError(about + made.text);
}

/** `usageline config init`: a file to begin with. One that is there stays. */
export function configInit(system: System): CommandResult {
  const file = fileToChange(system);
  if ('exitCode' in file) return file;
  if (file.text !== null) return result(`kept as it is: ${printable(file.path)}\n`);
  const reason = write(system, file, sampleConfig());
  if (reason !== null) return unchanged(file.path, reason);
  return result(`created ${printable(file.path)}: all defaults, as comments\n`, { followUp: PRERENDER });
}

/** `usageline config edit`: opens the file in the user's editor, and checks it afterwards. */
export async function configEdit(
  system: System,
  check: (system: System) => Promise<CommandResult>,
): Promise<CommandResult> {
  const editor = editorOf(system);
  const file = fileToChange(system);
  if ('exitCode' in file) return file;
  if (file.text === null) {
    const reason = write(system, file, sampleConfig());
    if (reason !== null) return unchanged(file.path, reason);
  }
  const failure = runEditor(system, editor, file.path);
  const checked = await check(system);
  if (failure === null) return { ...checked, followUp: PRERENDER };
  const stderr = `usageline: the editor ${quoteValue(editor)} has failed: ${failure}\n${checked.stderr}`;
  return result('', { exitCode: 1, stderr, followUp: PRERENDER });
}

/** The user's editor as a command of the shell. */
function editorOf(system: System): string {
  const { VISUAL, EDITOR } = system.env;
  const editor = VISUAL || EDITOR;
  if (editor) return editor;
  if (isTerminal(system, STDOUT)) return system.platform === 'win32' ? 'notepad' : 'vi';
  throw new UsageError("'config edit' needs an editor; accepted: its command in VISUAL or EDITOR");
}

/** Runs the editor in this terminal. Returns why it failed; null if it did not. */
function runEditor({ platform }: System, editor: string, path: string): string | null {
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { error, status, signal } =
    platform === 'win32'
      ? spawnSync(`${editor} "${path}"`, { shell: true, stdio: 'inherit' })
      : spawnSync('/bin/sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
  if (error) return errno(error);
  return status === 0 ? null : `it ended with ${signal ?? status}`;
}

/** The configuration, whether or not it exists. */
interface ConfigText {
  readonly path: string;
  /** The path without a link at its end. */
  readonly real: string;
  /** Null: there is no file. */
  readonly text: string | null;
}

/** The file if it may be changed; else the result that says why not. */
function fileToChange(system: System): ConfigText | CommandResult {
  const { path, warning } = findConfigFile(system);
  if (path === null) {
    const reason = warning ?? 'there is no home directory, so no place for a configuration';
    return result('', { exitCode: 1, stderr: `usageline: ${reason}\n` });
  }
  const found = inspectFile(system, path);
  return typeof found === 'string' ? unchanged(path, found) : { path, ...found };
}

/** Replaces the file by a rename. Returns why that failed; null if it did not. */
function write(system: System, { real, text: before }: ConfigText, text: string): string | null {
  try {
    makeDirectories(system, dirname(real));
  } catch (error) {
    return `its directory cannot be made: ${errno(error)}`;
  }
  const now = inspectFile(system, real);
  if (typeof now === 'string') return now;
  if (now.text !== before) return 'another program has changed it meanwhile';
  return before === null ? writeWithMode(system, real, text, 0o644) : writeLike(system, real, text, real);
}

function unchanged(path: string, reason: string): CommandResult {
  return result('', {
    exitCode: 1,
    stderr: `usageline: nothing has been changed: ${printable(path)}: ${printable(reason)}\n`,
  });
}
