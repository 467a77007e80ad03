import { NO_FOLLOW_UP } from '../prerender/follow-up.ts';
import type { FollowUp } from '../prerender/follow-up.ts';
import type { System } from '../platform/system.ts';

/** A command, from which the parser, `--help` and the completions are made. To add one: a file, and a line in `index.ts`. */
export interface Command<Options> {
  readonly name: string;
  /** One sentence, for `--help` and completions. */
  readonly about: string;
  /** Examples, and what else `--help` prints below the options. */
  readonly help: string;
  /** Its argument, or its arguments in their order. */
  readonly argument?: Argument<Options> | readonly Argument<Options>[];
  /** In the order of `--help`. */
  readonly options: readonly Option<Options>[];
  /** The options of a command line without any. */
  readonly defaults: Options;
  /** Options of the line before the name of this command count as its own. */
  readonly takesLineOptions?: true;
  /** Why it lacks an option that people expect: the end of a sentence, by flag. */
  readonly missing?: Readonly<Record<string, string>>;
  /** Other words that people type for it: a message suggests the command. */
  readonly synonyms?: readonly string[];
  /** Words that people type for one way to call it: what a message suggests, as it is typed, by word. */
  readonly instead?: Readonly<Record<string, string>>;
  /** What a message suggests for an argument that it does not take, as it is typed; null for nothing. */
  readonly insteadOf?: (argument: string) => string | null;
  /** For programs only: `--help`, completions and messages do not list it. */
  readonly hidden?: true;
  /** @param all loads every command */
  run(system: System, options: Options, all: () => Promise<Program>): CommandResult | Promise<CommandResult>;
}

/** Commands below a common name. */
export interface CommandGroup {
  readonly name: string;
  readonly about: string;
  readonly help: string;
  readonly synonyms?: readonly string[];
  readonly hidden?: true;
  readonly commands: readonly AnyCommand[];
}

/** A command whose options are not known. */
export type AnyCommand = Command<object>;

/** The whole command line. */
export interface Program {
  /** What runs without the name of a command. */
  readonly main: AnyCommand;
  readonly commands: readonly (AnyCommand | CommandGroup)[];
}

/** What an option sets: always the same, or what its value means; null for a value that is not accepted. */
export type Sets<Options> = Partial<Options> | ((value: string) => Partial<Options> | null);

/** An option of a command. */
export interface Option<Options> {
  /** As it is typed, e.g. `--timeout`. */
  readonly flag: string;
  /** As it is typed, e.g. `-t`. */
  readonly short?: string;
  readonly about: string;
  /** The name of its value in `--help`; absent for an option without one. */
  readonly value?: string;
  /** The accepted values, where they can be listed. */
  readonly choices?: readonly string[];
  /** The accepted values in words, for the message about others. */
  readonly accepted?: string;
  /** The value that `--help` shows as the default. */
  readonly usual?: string | number | undefined;
  readonly sets: Sets<Options>;
}

/** An argument of a command. */
export interface Argument<Options> {
  readonly name: string;
  readonly required: boolean;
  /** The accepted values, where they can be listed. */
  readonly choices?: readonly string[];
  /** Values for completions only: the command itself checks what is accepted. */
  readonly examples?: readonly string[];
  /** The accepted values in words, for the message that it is missing. `before`: the arguments before it. */
  readonly accepted?: (before: readonly string[]) => string;
  readonly sets: (value: string) => Partial<Options>;
}

/** The arguments of a command in their order. */
export function argumentsOf<Options>({ argument = [] }: Command<Options>): readonly Argument<Options>[] {
  return 'name' in argument ? [argument] : argument;
}

/** The result of a command, which itself neither prints nor ends the process. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: ExitCode;
  /** What to do after the text is printed. A function does a part of it and returns the rest. */
  readonly followUp: FollowUp | (() => FollowUp);
}

/** 0 data · 1 internal error · 2 wrong usage · 3 sign in · 4 wait. `check` has its own meanings. */
export type ExitCode = 0 | 1 | 2 | 3 | 4;

/** Wrong usage. The message names the mistake, what is accepted, and the nearest accepted word. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  /** The command that helps, as it is typed; null: the help of the command that was called. */
  hint: string | null;

  constructor(message: string, hint: string | null = null) {
    super(message);
    this.hint = hint;
  }
}

/** Compares the name: each bundle of the program has a class of its own. */
export function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError';
}

export function result(stdout: string, more: Partial<CommandResult> = {}): CommandResult {
  return { stdout, stderr: '', exitCode: 0, followUp: NO_FOLLOW_UP, ...more };
}
