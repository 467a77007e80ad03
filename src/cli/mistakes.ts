import { argumentsOf } from '../commands/command.ts';
import type { AnyCommand, Argument, CommandGroup, Option, Program } from '../commands/command.ts';
import { HELP } from '../commands/options.ts';
import { didYouMean } from '../usage/nearest.ts';
import { quoteInput } from '../usage/text.ts';

/*
 * What is said about wrong usage, in one voice: what is wrong and its value, what is accepted, the nearest accepted word.
 */

/** A command or a group, as messages name it. */
type Listed = Pick<AnyCommand | CommandGroup, 'name' | 'synonyms' | 'hidden'>;

/** @param commands what could have been meant */
export function unknownCommand(word: string, commands: readonly Listed[]): string {
  const known = commands.find(({ synonyms = [] }) => synonyms.includes(word));
  const near = known ? `; did you mean '${known.name}'?` : didYouMean(word, namesOf(commands));
  return `unknown command '${quoteInput(word)}'; accepted: ${namesOf(commands).join(', ')}${near}`;
}

export function missingCommand({ name, commands }: CommandGroup): string {
  return `'${name}' needs a command; accepted: ${namesOf(commands).join(', ')}`;
}

function namesOf(commands: readonly Listed[]): string[] {
  return commands.filter(({ hidden }) => !hidden).map(({ name }) => name);
}

/**
 * @param typed as it is on the command line, with its value if that is in the same argument
 * @param program where else the option can be; absent if that does not matter
 */
export function unknownOption(typed: string, command: AnyCommand | CommandGroup, program?: Program): string {
  const [flag = ''] = typed.split('=', 1);
  const options: readonly Option<object>[] = 'options' in command ? [...command.options, HELP] : [HELP];
  const known = options.find((option) => flagsOf(option).includes(flag));
  if (known && flag !== typed)
    return `${flag} takes no value, but there is '${quoteInput(typed.slice(flag.length + 1))}'`;
  const flags = options.map((option) => option.flag);
  const accepted = `unknown option '${quoteInput(typed)}'; accepted: ${flags.join(', ')}`;
  const why = 'missing' in command ? command.missing?.[flag] : undefined;
  if (why !== undefined) return `${accepted}; ${why}`;
  const near = didYouMean(flag, flags);
  const users = near === '' && program ? usersOf(flag, program) : [];
  return `${accepted}${users.length > 0 ? `; ${flag} is an option of ${users.join(', ')}` : near}`;
}

/** The commands that have an option, quoted as they are typed. */
function usersOf(flag: string, { main, commands }: Program): string[] {
  const has = ({ options }: AnyCommand) => options.some((option) => flagsOf(option).includes(flag));
  const below = commands.flatMap((it) =>
    'commands' in it
      ? it.commands.filter(has).map(({ name }) => `'${main.name} ${it.name} ${name}'`)
      : has(it) && !it.hidden
        ? [`'${main.name} ${it.name}'`]
        : [],
  );
  return has(main) ? [`'${main.name}'`, ...below] : below;
}

function flagsOf({ flag, short }: Pick<Option<object>, 'flag' | 'short'>): string[] {
  return short === undefined ? [flag] : [short, flag];
}

/** What an option or an argument accepts: the values where they can be listed, else words. */
type Accepts = Pick<Option<object>, 'choices' | 'accepted'>;

/** @param name the flag of an option, or the name of an argument */
export function wrongValue(name: string, text: string, { choices = [], accepted }: Accepts): string {
  const near = didYouMean(text, choices);
  return `${name} is '${quoteInput(text)}'; accepted: ${accepted ?? choices.join(', ')}${near}`;
}

export function missingValue({ flag, value, choices, accepted }: Option<object>): string {
  return `${flag} needs a value; accepted: ${accepted ?? choices?.join(', ') ?? `a ${value}`}`;
}

export function missingArgument({ name }: AnyCommand, { name: argument, choices }: Argument<object>): string {
  const accepted = choices === undefined ? '' : `; accepted: ${choices.join(', ')}`;
  return `'${name}' needs ${/^[aeiou]/.test(argument) ? 'an' : 'a'} ${argument}${accepted}`;
}

const COUNTS = ['no argument', 'one argument', 'two arguments'];

/** For an argument after those that a command takes. */
export function strayArgument(stray: string, command: AnyCommand): string {
  const takes = COUNTS[argumentsOf(command).length] ?? 'fewer arguments';
  return `'${command.name}' takes ${takes}, but there is '${quoteInput(stray)}'`;
}
