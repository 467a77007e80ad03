import { dirname } from 'node:path';
import { findConfigFile } from '../config/config-file.ts';
import { setInToml, tomlText } from '../config/edit-toml.ts';
import type { TomlValue } from '../config/edit-toml.ts';
import { sampleConfig } from '../config/sample.ts';
import { isSection, KEYS, keyAt, namesBelow } from '../config/schema.ts';
import type { Key } from '../config/schema.ts';
import { accepts, parseToml, readToml, refusal, unknownKey } from '../config/toml.ts';
import { quoteValue } from '../config/warnings.ts';
import { inspectFile, makeDirectories } from '../init/user-file.ts';
import { writeLike, writeWithMode } from '../init/write.ts';
import { errno } from '../platform/errno.ts';
import { isTerminal, printable, STDOUT } from '../platform/stdio.ts';
import type { System } from '../platform/system.ts';
import { result, UsageError } from './command.ts';
import type { CommandResult } from './command.ts';
import { baseUrlProblem } from './resolving.ts';

/** Lines that exist are prerendered anew, so that the next prompt need not. */
const PRERENDER = { kind: 'prerender', wanted: null } as const;

/** The key that a person has typed, such as `output.tmux.percent`. Throws a `UsageError` for any other text. */
export function keyNamed(name: string): { readonly path: readonly string[]; readonly key: Key } {
  const path = name.split('.');
  const key = keyAt(path);
  if (key !== null) return { path, key };
  if (isSection(path)) {
    const names = namesBelow(path).map((below) => `${name}.${below}`);
    throw new UsageError(`${quoteValue(name)} is a table; accepted: ${names.join(', ')}`);
  }
  const known = path.findIndex((_, index) => !isSection(path.slice(0, index + 1)));
  throw new UsageError(unknownKey(path.slice(0, known + 1)));
}

/** `usageline config set`: changes one key of the file, and nothing else in it. */
export function configSet(
  system: System,
  { name, value: typed }: { readonly name: string; readonly value: string },
): CommandResult {
  const { path, key } = keyNamed(name);
  const value = valueOf(name, key, typed);
  const file = fileToChange(system);
  if ('exitCode' in file) return file;
  const old = file.text ?? '';
  const syntax = parseToml(old);
  if ('mistake' in syntax) {
    const { line, column, text } = syntax.mistake;
    throw new UsageError(
      `${printable(file.path)}:${line}:${column}: ${text}, so it cannot be changed`,
      'usageline config edit',
    );
  }
  const text = setInToml(old, path, value);
  if (text === null) {
    return unchanged(
      file.path,
      `${name} cannot be set here without changing more: run \`usageline config edit\``,
    );
  }
  refuseNewMistakes(old, text, name);
  if (text !== old) {
    const reason = write(system, file, text);
    if (reason !== null) return unchanged(file.path, reason);
  }
  const before = readToml(old).values.get(name)?.value ?? KEYS[name]?.default;
  const line = readToml(text).values.get(name)?.line;
  const was = before === undefined ? '' : ` (was ${tomlText(before as TomlValue)})`;
  return result(`${printable(file.path)}:${line}: ${name} = ${tomlText(value)}${was}\n`, {
    stderr: overriding(system, key),
    followUp: PRERENDER,
  });
}

/** A note if a variable goes before the file. */
function overriding({ env }: System, { variable }: Key): string {
  return variable && env[variable] ? `usageline: ${variable} is set, and goes before the file\n` : '';
}

/** The value that a person means: as it is typed, or as TOML has it. Throws a `UsageError` if the key accepts none. */
function valueOf(name: string, key: Key, typed: string): TomlValue {
  const parsed = parseToml(`value = ${typed}`);
  const asToml = 'contents' in parsed ? (parsed.contents as { value: unknown }).value : typed;
  const items = typed.split(',').map((item) => item.trim());
  // A text in quotes is meant without them.
  const readings = /^["'[]/.test(typed) ? [asToml, typed] : [typed, asToml, items];
  const value = readings.find((reading) => accepts(key, reading));
  if (value === undefined) {
    const shown = typeof asToml === 'number' ? asToml : typed;
    throw new UsageError(`${name} is ${quoteValue(shown)}${refusal(key, shown)}`);
  }
  if (name === 'api_base_url') {
    const problem = baseUrlProblem({ value: value as string, source: 'the value' });
    if (problem !== null) throw new UsageError(problem);
  }
  return value as TomlValue;
}

/** Throws a `UsageError` if the change makes a mistake, such as `thresholds.warn` above `thresholds.critical`. */
function refuseNewMistakes(before: string, after: string, name: string): void {
  const known = new Set(readToml(before).mistakes.map(({ text }) => text));
  const { values, mistakes } = readToml(after);
  const made = mistakes.find(({ text }) => !known.has(text));
  if (made !== undefined && !values.has(name)) throw new UsageError(made.text);
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
export function configEdit(system: System, check: (system: System) => CommandResult): CommandResult {
  const editor = editorOf(system);
  const file = fileToChange(system);
  if ('exitCode' in file) return file;
  if (file.text === null) {
    const reason = write(system, file, sampleConfig());
    if (reason !== null) return unchanged(file.path, reason);
  }
  const failure = runEditor(system, editor, file.path);
  const checked = check(system);
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
  throw new UsageError("'edit' needs an editor; accepted: its command in VISUAL or EDITOR");
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
