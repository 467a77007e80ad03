import { Argument, Command, CommanderError, Option } from 'commander';
import { argumentsOf, isUsageError, result, UsageError } from '../commands/command.ts';
import type {
  AnyCommand,
  CommandGroup,
  CommandResult,
  Option as OptionDefinition,
  Program,
} from '../commands/command.ts';
import { loadAll, loadFor } from '../commands/index.ts';
import { HELP, VERSION } from '../commands/options.ts';
import type { System } from '../platform/system.ts';
import { version } from '../platform/version.ts';
import {
  missingArgument,
  missingCommand,
  missingValue,
  strayArgument,
  unknownCommand,
  unknownOption,
  wrongValue,
} from './mistakes.ts';
import { run } from './run.ts';

/** The full command line: everything that `fast-args.ts` does not understand. */
export async function main(system: System, argv: readonly string[]): Promise<never> {
  const options = { json: argv.includes('--json'), check: argv[0] === 'check', timeoutMs: null };
  return run(system, options, () => interpret(system, argv));
}

/** Runs the command that the arguments name. Throws a `UsageError` that names a mistake in them. */
export async function interpret(system: System, argv: readonly string[]): Promise<CommandResult> {
  const parsed: Parsed = {
    printed: '',
    definitions: new Map(),
    given: new Map(),
    called: null,
    refused: null,
  };
  const words = argv[0] === 'help' ? argv.slice(1) : argv;
  const program = await loadFor(words);
  const root = parserOf(program, parsed);
  if (words !== argv || asksGroupForHelp(program, argv)) {
    parserNamed(root, program, words).outputHelp();
    return result(parsed.printed);
  }
  try {
    root.parse(VERSION_FLAGS.has(argv[0]) ? [VERSION.flag] : [...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw mistakeOf(error, parsed, await loadAll());
  }
  if (parsed.called === null) return result(parsed.printed);
  const [parser, command] = parsed.called;
  try {
    return await command.run(system, optionsOf(parsed, program, root, parser, command), loadAll);
  } catch (error) {
    if (isUsageError(error)) error.hint ??= helpOf(parser);
    throw error;
  }
}

/** What other programs call `--version`. */
const VERSION_FLAGS = new Set(['-v', VERSION.short]);

/** What the parser has found. */
interface Parsed {
  /** The text of `--help` or `--version`. */
  printed: string;
  readonly definitions: Map<Command, AnyCommand | CommandGroup>;
  /** The options on the command line in their order, by command. */
  readonly given: Map<Command, Given[]>;
  called: readonly [parser: Command, command: AnyCommand] | null;
  /** The parser of the command in whose arguments commander has found a mistake. */
  refused: Command | null;
}

/** An option on the command line, and what it sets. */
interface Given {
  readonly option: OptionDefinition<object>;
  readonly values: object;
}

/** commander, set up from the definitions of the commands. */
function parserOf({ main: line, commands = [] }: Partial<Program>, parsed: Parsed): Command {
  const root = new Command('usageline')
    .version(version, `${VERSION.short}, ${VERSION.flag}`, VERSION.about)
    .helpOption(`${HELP.short}, ${HELP.flag}`, HELP.about)
    .helpCommand('help [command]', 'print the help of a command')
    .enablePositionalOptions()
    .showSuggestionAfterError(false)
    // `optionsOf` names them, and what would be accepted.
    .allowExcessArguments()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        parsed.printed += text;
      },
      writeErr: () => {},
    });
  if (line) define(root, line, parsed);
  for (const command of commands) {
    const parser = root.command(command.name, { hidden: command.hidden ?? false });
    if (!('commands' in command)) {
      define(parser, command, parsed);
      continue;
    }
    describe(parser, command, parsed);
    parser.helpCommand('help [command]', 'print the help of a command');
    for (const below of command.commands) define(parser.command(below.name), below, parsed);
  }
  return root;
}

function describe(parser: Command, command: AnyCommand | CommandGroup, parsed: Parsed): void {
  parsed.definitions.set(parser, command);
  parser
    .description(command.about)
    .addHelpText('after', command.help)
    .exitOverride((error) => {
      parsed.refused = parser;
      throw error;
    });
}

function define(parser: Command, command: AnyCommand, parsed: Parsed): void {
  const given: Given[] = [];
  parsed.given.set(parser, given);
  describe(parser, command, parsed);
  for (const { name, required, choices } of argumentsOf(command)) {
    const argument = new Argument(required ? `<${name}>` : `[${name}]`);
    if (choices !== undefined) {
      // In place of the check, and the message, of `choices`.
      argument.choices(choices).argParser((text) => {
        if (choices.includes(text)) return text;
        throw new UsageError(wrongValue(name, text, { choices }), helpOf(parser));
      });
    }
    parser.addArgument(argument);
  }
  for (const option of command.options) {
    parser.addOption(optionOf(option)).on(`option:${option.flag.slice(2)}`, (typed: string | null) => {
      const text = typed ?? '';
      const values = valuesOf(option, text);
      if (values === null) throw new UsageError(wrongValue(option.flag, text, option), helpOf(parser));
      given.push({ option, values });
    });
  }
  parser.action(() => {
    parsed.called = [parser, command];
  });
}

function optionOf({ flag, short, value, about, choices, usual }: OptionDefinition<object>): Option {
  const flags = `${short === undefined ? '' : `${short}, `}${flag}${value === undefined ? '' : ` <${value}>`}`;
  const option = new Option(flags, about);
  // In place of the check, and the message, of `choices`: `valuesOf` checks them.
  if (choices !== undefined) option.choices(choices).argParser((text) => text);
  return usual === undefined ? option : option.default(usual);
}

/** What an option with this value sets; null for a value that is not accepted. */
function valuesOf({ sets, choices }: OptionDefinition<object>, text: string): object | null {
  if (choices !== undefined && !choices.includes(text)) return null;
  return typeof sets === 'function' ? sets(text) : sets;
}

/** The command's options: its defaults, and what the command line sets. */
function optionsOf(
  parsed: Parsed,
  { commands = [] }: Partial<Program>,
  root: Command,
  parser: Command,
  command: AnyCommand,
): object {
  const before = parser === root ? [] : (parsed.given.get(root) ?? []);
  const given = [...before, ...(parsed.given.get(parser) ?? [])];
  refuseContradictions(given, command);
  const taken = argumentsOf(command);
  const stray = parser.args[taken.length];
  if (stray !== undefined) {
    // The line takes no argument, so the name of a command was meant.
    throw new UsageError(
      parser === root ? unknownCommand(stray, commands) : strayArgument(stray, nameOf(parser), command),
    );
  }
  for (const { option } of before) {
    if (command.takesLineOptions && command.options.some(({ flag }) => flag === option.flag)) continue;
    throw new UsageError(unknownOption(option.flag, command));
  }
  const values = taken.map(({ sets }, index) => {
    const text = parser.args[index];
    return text === undefined ? {} : sets(text);
  });
  return Object.assign({}, command.defaults, ...values, ...given.map((it) => it.values));
}

/** Refuses two flags that set different values of the same option. */
function refuseContradictions(given: readonly Given[], { options }: AnyCommand): void {
  const flags = options.filter(
    ({ flag, sets }) => typeof sets === 'object' && given.some(({ option }) => option.flag === flag),
  );
  for (const [index, one] of flags.entries()) {
    const other = flags.slice(index + 1).find(({ sets }) => contradicts(one.sets, sets));
    if (other) throw new UsageError(`${one.flag} cannot be used with ${other.flag}; accepted: one of them`);
  }
}

function contradicts(one: object, other: object): boolean {
  const values = new Map(Object.entries(other));
  return Object.entries(one).some(([key, value]) => values.has(key) && values.get(key) !== value);
}

/** What commander has found, in the words of this program. */
function mistakeOf({ code, message }: CommanderError, parsed: Parsed, program: Program): UsageError {
  const parser = parsed.refused;
  const command = parser === null ? undefined : parsed.definitions.get(parser);
  const hint = parser && helpOf(parser);
  try {
    const text = parser && command && textOf(code, message, parser, command, program);
    return new UsageError(text ?? message.replace(/^error: /, ''), hint);
  } catch (error) {
    // The argument before the missing one is wrong, too.
    if (isUsageError(error)) error.hint ??= hint;
    throw error;
  }
}

/** @returns undefined for a code that no command line leads to */
function textOf(
  code: string,
  message: string,
  parser: Command,
  command: AnyCommand | CommandGroup,
  program: Program,
): string | undefined {
  // commander's messages quote what they are about.
  const quoted = /'(.*)'/s.exec(message)?.[1] ?? '';
  if (code === 'commander.unknownOption') return unknownOption(quoted, command, program);
  if ('commands' in command) {
    return code === 'commander.unknownCommand'
      ? unknownCommand(quoted, command.commands)
      : missingCommand(command);
  }
  if (code === 'commander.missingArgument') {
    const missing = argumentsOf(command).find(({ name }) => name === quoted);
    return missing && missingArgument(nameOf(parser), missing, parser.args);
  }
  if (code !== 'commander.optionMissingArgument') return undefined;
  // Quoted as `-t, --timeout <seconds>`.
  const option = command.options.find(({ flag }) => quoted.split(/[ ,]+/).includes(flag));
  return option && missingValue(option);
}

/** Whether the arguments are `<group> help …`. */
function asksGroupForHelp({ commands = [] }: Partial<Program>, argv: readonly string[]): boolean {
  return argv[1] === 'help' && commands.some((it) => it.name === argv[0] && 'commands' in it);
}

/** The parser of the command that these words name, whatever follows the name; `help` among them means nothing. */
function parserNamed(root: Command, { commands = [] }: Partial<Program>, words: readonly string[]): Command {
  let [parser, listed] = [root, commands];
  for (const name of words.filter((word) => word !== 'help' && !word.startsWith('-'))) {
    if (listed.length === 0) break;
    const below = parser.commands.find((it) => it.name() === name);
    if (below === undefined) throw new UsageError(unknownCommand(name, listed), helpOf(parser));
    const command = listed.find((it) => it.name === name);
    [parser, listed] = [below, command && 'commands' in command ? command.commands : []];
  }
  return parser;
}

/** The names of the program, the group and the command of a parser, as they are typed. */
function namesOf(parser: Command): string[] {
  const names: string[] = [];
  for (let it: Command | null = parser; it !== null; it = it.parent) names.unshift(it.name());
  return names;
}

/** The command of a parser as messages name it: `config set`. */
function nameOf(parser: Command): string {
  return namesOf(parser).slice(1).join(' ');
}

/** The command that prints the help of a parser. */
function helpOf(parser: Command): string {
  return [...namesOf(parser), HELP.flag].join(' ');
}
