import { argumentsOf } from '../commands/command.ts';
import type { AnyCommand, Argument, CommandGroup, Option, Program } from '../commands/command.ts';
import { HELP, VERSION } from '../commands/options.ts';
import { didYouMean } from '../usage/nearest.ts';
import { quoteInput } from '../usage/text.ts';

/*
 * What is said about wrong usage, in one voice: what is wrong and its value, what is accepted, the nearest accepted word.
 */

/** A command or a group, as messages name it. */
type Listed = Pick<AnyCommand | CommandGroup, 'name' | 'synonyms' | 'hidden'>;

/** @param commands what could have been meant: those of the program, or of a group */
export function unknownCommand(word: string, commands: readonly (AnyCommand | CommandGroup)[]): string {
  const names = namesOf(commands);
  const known = knownWord(word, commands);
  const near = known.length > 0 ? `; did you mean ${known.join(' or ')}?` : didYouMean(word, names);
  return `unknown command '${quoteInput(word)}'; accepted: ${names.join(', ')}${near}`;
}

/** What a word means that is no command here, but a name below a group, or a synonym; quoted as it is typed. */
function knownWord(word: string, commands: readonly (AnyCommand | CommandGroup)[]): string[] {
  const groups = commands.filter((it) => 'commands' in it);
  const below = groups
    .filter((group) => group.commands.some(({ name }) => name === word))
    .map(({ name }) => `'${name} ${word}'`);
  const is = ({ synonyms = [] }: Listed) => synonyms.includes(word);
  const here = commands.flatMap((it) => {
    const way = 'instead' in it && Object.hasOwn(it.instead ?? {}, word) ? it.instead?.[word] : undefined;
    return is(it) ? [`'${it.name}'`] : way === undefined ? [] : [`'${way}'`];
  });
  if (below.length > 0) return [...here, ...below];
  const isVersion = groups.length > 0 && word === VERSION.flag.slice(2);
  if (isVersion) return [`'${VERSION.flag}'`];
  if (here.length > 0) return here;
  return groups.flatMap((group) => group.commands.filter(is).map(({ name }) => `'${group.name} ${name}'`));
}

export function missingCommand({ name, commands }: CommandGroup): string {
  return `'${name}' needs a command; accepted: ${namesOf(commands).join(', ')}`;
}

function namesOf(commands: readonly Listed[]): string[] {
  return [...commands.filter(({ hidden }) => !hidden).map(({ name }) => name), 'help'];
}

/**
 * @param typed as it is on the command line, with its value if that is in the same argument
 * @param program where else the option can be; absent if that does not matter
 */
export function unknownOption(typed: string, command: AnyCommand | CommandGroup, program?: Program): string {
  const [flag = ''] = typed.split('=', 1);
  const own = 'options' in command ? command.options : [];
  const options: readonly Option<object>[] = [...own, ...(isMain(command, program) ? [VERSION] : []), HELP];
  const known = options.find((option) => flagsOf(option).includes(flag));
  if (known && flag !== typed)
    return `${flag} takes no value, but there is '${quoteInput(typed.slice(flag.length + 1))}'`;
  const flags = options.map((option) => option.flag);
  const accepted = `unknown option '${quoteInput(typed)}'; accepted: ${flags.join(', ')}`;
  const why = 'missing' in command ? command.missing?.[flag] : undefined;
  if (why !== undefined) return `${accepted}; ${why}`;
  const meant = MEANT[flag];
  const near =
    meant !== undefined && flags.includes(meant[0])
      ? `; did you mean '${meant.join(' ')}'?`
      : didYouMean(flag, flags);
  const users = near === '' && program ? usersOf(flag, program) : [];
  return `${accepted}${users.length > 0 ? `; ${flag} is an option of ${users.join(', ')}` : near}`;
}

/** Options of other programs, and the option and its value that mean the same here. */
const MEANT: Readonly<Partial<Record<string, readonly [flag: string, value: string]>>> = {
  '--no-color': ['--color', 'never'],
  '--no-colour': ['--color', 'never'],
  '--nocolor': ['--color', 'never'],
};

function isMain({ name }: Listed, program: Program | undefined): boolean {
  return name === program?.main.name;
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
  return has(main) || flagsOf(VERSION).includes(flag) ? [`'${main.name}'`, ...below] : below;
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

/**
 * @param name of the command, as it is typed
 * @param before the arguments before the one that is missing
 */
export function missingArgument(
  name: string,
  { name: argument, choices, accepted }: Argument<object>,
  before: readonly string[],
): string {
  const values = choices?.join(', ') ?? accepted?.(before);
  const end = values === undefined ? '' : `; accepted: ${values}`;
  return `'${name}' needs ${/^[aeiou]/.test(argument) ? 'an' : 'a'} ${argument}${end}`;
}

const COUNTS = ['no argument', 'one argument', 'two arguments'];

/**
 * For an argument after those that a command takes.
 *
 * @param name of the command, as it is typed
 */
export function strayArgument(stray: string, name: string, command: AnyCommand): string {
  const taken = argumentsOf(command);
  const takes = COUNTS[taken.length] ?? 'fewer arguments';
  // Such as `config set hide 7d Fable`.
  const quotes = taken.at(-1)?.accepted ? '; a value with spaces needs quotes' : '';
  const meant = command.insteadOf?.(stray) ?? null;
  const advice = meant === null ? quotes : `; did you mean '${meant}'?`;
  return `'${name}' takes ${takes}, but there is '${quoteInput(stray)}'${advice}`;
}
