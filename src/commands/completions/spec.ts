/** A command as completions see it, whatever has parsed it. */
export interface CommandSpec {
  /** From the program's name on, e.g. `usageline cache path`. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionSpec[];
  /** What the arguments can be; null where it can be anything. */
  readonly arguments: readonly (readonly string[] | null)[];
  readonly commands: readonly CommandSpec[];
}

export interface OptionSpec {
  /** Without dashes; null: it has none. */
  readonly short: string | null;
  readonly long: string | null;
  readonly description: string;
  readonly value: ValueSpec | null;
}

/** What follows an option. */
export interface ValueSpec {
  readonly name: string;
  /** Null: anything, or a file. */
  readonly choices: readonly string[] | null;
  readonly isFile: boolean;
}

/** What is needed of a command of commander: its only user is `cli.ts`. */
export interface Parsed {
  name(): string;
  description(): string;
  readonly commands: readonly Parsed[];
  /** Its options with those that it has by itself, like `--help`. */
  createHelp(): { visibleOptions(command: never): readonly ParsedOption[] };
  readonly registeredArguments: readonly { readonly argChoices?: readonly string[] | undefined }[];
}

interface ParsedOption {
  readonly short?: string | undefined;
  readonly long?: string | undefined;
  readonly flags: string;
  readonly description: string;
  readonly argChoices?: readonly string[] | undefined;
}

/** The one definition of the command line, as data: what help shows is what is completed. */
export function describe(command: Parsed, parents = ''): CommandSpec {
  const path = `${parents}${command.name()}`;
  return {
    path,
    name: command.name(),
    description: command.description(),
    options: command
      .createHelp()
      .visibleOptions(command as never)
      .map(describeOption),
    arguments: command.registeredArguments.map(({ argChoices }) => argChoices ?? null),
    commands: command.commands.map((it) => describe(it, `${path} `)),
  };
}

function describeOption({ short, long, flags, description, argChoices }: ParsedOption): OptionSpec {
  const name = /<([^>]+)>/.exec(flags)?.[1] ?? null;
  return {
    short: short?.slice(1) ?? null,
    long: long?.slice(2) ?? null,
    description,
    value: name === null ? null : { name, choices: argChoices ?? null, isFile: name === 'path' },
  };
}

/** The command and everything below it. */
export function allOf(spec: CommandSpec): CommandSpec[] {
  return [spec, ...spec.commands.flatMap(allOf)];
}

/** With their dashes, as they are typed. */
export function flagsOf({ short, long }: OptionSpec): string[] {
  return [short === null ? [] : `-${short}`, long === null ? [] : `--${long}`].flat();
}

/** What can stand where no option does: commands, or choices of the first argument. */
export function wordsOf({ commands, arguments: taken }: CommandSpec): readonly string[] {
  return [...commands.map(({ name }) => name), ...(taken[0] ?? [])];
}
