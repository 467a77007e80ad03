import { argumentsOf } from '../command.ts';
import type { AnyCommand, CommandGroup, Option, Program } from '../command.ts';
import { HELP, VERSION } from '../options.ts';

/** A command as completions need it. */
export interface CommandSpec {
  /** With the names above it, e.g. `usageline cache path`. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionSpec[];
  /** The accepted values of each argument. */
  readonly arguments: readonly (readonly string[])[];
  readonly commands: readonly CommandSpec[];
}

export interface OptionSpec {
  /** Without dashes; null for none. */
  readonly short: string | null;
  readonly long: string;
  readonly description: string;
  readonly value: ValueSpec | null;
}

/** The value of an option. */
export interface ValueSpec {
  readonly name: string;
  /** Null if they cannot be listed. */
  readonly choices: readonly string[] | null;
  readonly isFile: boolean;
}

/** The whole command line, with the options that every command has. */
export function specOf({ main, commands }: Program): CommandSpec {
  const own = commandSpec(main, '');
  return {
    ...own,
    options: [optionSpec(VERSION), ...own.options],
    commands: commands
      .filter(({ hidden }) => !hidden)
      .map((it) => ('commands' in it ? groupSpec(it, main.name) : commandSpec(it, main.name))),
  };
}

function groupSpec({ name, about, commands }: CommandGroup, parent: string): CommandSpec {
  const path = `${parent} ${name}`;
  const below = commands.map((it) => commandSpec(it, path));
  return { path, name, description: about, options: [optionSpec(HELP)], arguments: [], commands: below };
}

function commandSpec(command: AnyCommand, parent: string): CommandSpec {
  const { name, about, options } = command;
  return {
    path: `${parent} ${name}`.trimStart(),
    name,
    description: about,
    options: [...options, HELP].map(optionSpec),
    arguments: argumentsOf(command).map(({ choices, examples }) => choices ?? examples ?? []),
    commands: [],
  };
}

function optionSpec({ flag, short, about, value, choices }: Option<object>): OptionSpec {
  return {
    short: short?.slice(1) ?? null,
    long: flag.slice(2),
    description: about,
    value: value === undefined ? null : { name: value, choices: choices ?? null, isFile: value === 'path' },
  };
}

/** The command and everything below it. */
export function allOf(spec: CommandSpec): CommandSpec[] {
  return [spec, ...spec.commands.flatMap(allOf)];
}

/** The flags of an option as they are typed. */
export function flagsOf({ short, long }: OptionSpec): string[] {
  return [...(short === null ? [] : [`-${short}`]), `--${long}`];
}

/** The words that are no options: commands, or values of the first argument. */
export function wordsOf({ commands, arguments: taken }: CommandSpec): readonly string[] {
  return [...commands.map(({ name }) => name), ...(taken[0] ?? [])];
}
