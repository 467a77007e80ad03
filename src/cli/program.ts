import { Argument, Command, CommanderError, Option } from 'commander';
import { result, UsageError } from '../commands/command.ts';
import type { AnyCommand, CommandResult, Option as OptionDefinition, Program } from '../commands/command.ts';
import { loadAll, loadFor } from '../commands/index.ts';
import { HELP, VERSION } from '../commands/options.ts';
import type { System } from '../platform/system.ts';
import { version } from '../platform/version.ts';
import { run } from './run.ts';

/** The full command line: everything that `fast-args.ts` does not understand. */
export async function main(system: System, argv: readonly string[]): Promise<never> {
  const options = { json: argv.includes('--json'), check: argv[0] === 'check', timeoutMs: null };
  return run(system, options, () => interpret(system, argv));
}

/** Runs the command that the arguments name. Throws a `UsageError` that names a mistake in them. */
export async function interpret(system: System, argv: readonly string[]): Promise<CommandResult> {
  const parsed: Parsed = { printed: '', given: new Map(), called: null };
  const root = parserOf(await loadFor(argv), parsed);
  try {
    root.parse([...argv], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new UsageError(mistakeOf(error, root, argv));
  }
  if (parsed.called === null) return result(parsed.printed);
  const [parser, command] = parsed.called;
  return command.run(system, optionsOf(parsed, root, parser, command), loadAll);
}

/** What the parser has found. */
interface Parsed {
  /** The text of `--help` or `--version`. */
  printed: string;
  /** The options on the command line in their order, by command. */
  readonly given: Map<Command, Given[]>;
  called: readonly [parser: Command, command: AnyCommand] | null;
}

/** An option on the command line, and what it sets. */
interface Given {
  readonly option: OptionDefinition<object>;
  readonly values: object;
}

/** commander, set up from the definitions of the commands. */
function parserOf({ main: line, commands = [] }: Partial<Program>, parsed: Parsed): Command {
  const root = new Command('usageline')
    .version(version, VERSION.flag, VERSION.about)
    .helpOption(`${HELP.short}, ${HELP.flag}`, HELP.about)
    .helpCommand(false)
    .enablePositionalOptions()
    // `refuseStrays` names them, and what would be accepted.
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
    const parser = root.command(command.name);
    if (!('commands' in command)) {
      define(parser, command, parsed);
      continue;
    }
    parser.description(command.about).addHelpText('after', command.help);
    for (const below of command.commands) define(parser.command(below.name), below, parsed);
  }
  return root;
}

function define(parser: Command, command: AnyCommand, parsed: Parsed): void {
  const { about, help, argument, options } = command;
  const given: Given[] = [];
  parsed.given.set(parser, given);
  parser.description(about).addHelpText('after', help);
  if (argument) {
    const { name, required, choices } = argument;
    parser.addArgument(new Argument(required ? `<${name}>` : `[${name}]`).choices(choices));
  }
  for (const option of options) {
    parser.addOption(optionOf(option)).on(`option:${option.flag.slice(2)}`, (text: string | null) => {
      given.push({ option, values: valuesOf(option, text ?? '') });
    });
  }
  parser.action(() => {
    parsed.called = [parser, command];
  });
}

function optionOf({ flag, short, value, about, choices, usual }: OptionDefinition<object>): Option {
  const flags = `${short === undefined ? '' : `${short}, `}${flag}${value === undefined ? '' : ` <${value}>`}`;
  const option = new Option(flags, about);
  if (choices !== undefined) option.choices(choices);
  return usual === undefined ? option : option.default(usual);
}

function valuesOf({ flag, sets, accepted }: OptionDefinition<object>, text: string): object {
  const values = typeof sets === 'function' ? sets(text) : sets;
  if (values === null) throw new UsageError(`${flag} is '${text}'; accepted: ${accepted}`);
  return values;
}

/** The command's options: its defaults, and what the command line sets. */
function optionsOf(parsed: Parsed, root: Command, parser: Command, command: AnyCommand): object {
  const before = parser === root ? [] : (parsed.given.get(root) ?? []);
  const given = [...before, ...(parsed.given.get(parser) ?? [])];
  refuseContradictions(given, command);
  refuseStrays(root, parser);
  for (const { option } of before) {
    if (command.takesLineOptions && command.options.some(({ flag }) => flag === option.flag)) continue;
    throw new UsageError(`option '${option.flag}' does not apply to '${command.name}'`);
  }
  const argument = parser.args[0] === undefined ? {} : command.argument?.sets(parser.args[0]);
  return Object.assign({}, command.defaults, argument, ...given.map(({ values }) => values));
}

/** Refuses two flags that set different values of the same option. */
function refuseContradictions(given: readonly Given[], { options }: AnyCommand): void {
  const flags = options.filter(
    ({ flag, sets }) => typeof sets === 'object' && given.some(({ option }) => option.flag === flag),
  );
  for (const [index, one] of flags.entries()) {
    const other = flags.slice(index + 1).find(({ sets }) => contradicts(one.sets, sets));
    if (other) throw new UsageError(`option '${one.flag}' cannot be used with option '${other.flag}'`);
  }
}

function contradicts(one: object, other: object): boolean {
  const values = new Map(Object.entries(other));
  return Object.entries(one).some(([key, value]) => values.has(key) && values.get(key) !== value);
}

/** Refuses arguments that would be ignored. */
function refuseStrays(root: Command, parser: Command): void {
  const taken = parser.registeredArguments.length;
  const stray = parser.args[taken];
  if (stray === undefined) return;
  if (parser === root) throw new UsageError(`unknown command '${stray}'; accepted: ${namesOf(root)}`);
  const takes = taken === 0 ? 'no argument' : 'one argument';
  throw new UsageError(`'${parser.name()}' takes ${takes}, but there is '${stray}'`);
}

/** The parser's message in one line, with the accepted commands where one is missing or unknown. */
function mistakeOf({ code, message }: CommanderError, root: Command, argv: readonly string[]): string {
  const group = root.commands.find((it) => it.commands.length > 0 && argv.includes(it.name()));
  if (group && code === 'commander.help')
    return `'${group.name()}' needs a command; accepted: ${namesOf(group)}`;
  const accepted = group && code === 'commander.unknownCommand' ? `; accepted: ${namesOf(group)}` : '';
  return `${message.replace(/^error: /, '').replaceAll('\n', ' ')}${accepted}`;
}

function namesOf(parser: Command): string {
  return parser.commands.map((it) => it.name()).join(', ');
}
