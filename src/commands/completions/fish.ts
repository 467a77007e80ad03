import { allOf, wordsOf } from './spec.ts';
import type { CommandSpec, OptionSpec } from './spec.ts';

/** The script for fish: to `source`, or as ~/.config/fish/completions/usageline.fish. */
export function fishCompletions(program: CommandSpec): string {
  return `# Completions of usageline for fish. As ~/.config/fish/completions/usageline.fish, or: usageline completions fish | source
complete -c ${program.name} -f
${allOf(program).flatMap(rulesOf).join('\n')}
`;
}

function rulesOf(spec: CommandSpec): string[] {
  const here = conditionOf(spec);
  const words = wordsOf(spec);
  // Only one of them can be given.
  const first = words.length === 0 ? '' : `${here}; and not __fish_seen_subcommand_from ${words.join(' ')}`;
  return [
    ...spec.commands.map((it) => rule(first, `-a ${it.name} -d ${quoted(it.description)}`)),
    ...(spec.arguments[0] ? [rule(first, `-a ${quoted(spec.arguments[0].join(' '))}`)] : []),
    ...spec.options.map((option) => rule(here, optionRule(option))),
  ];
}

/** The condition under which the words on the line name this command, and none below it. */
function conditionOf({ path, commands }: CommandSpec): string {
  const [, ...names] = path.split(' ');
  const above = names.map((name) => `__fish_seen_subcommand_from ${name}`);
  const below = commands.map(({ name }) => name).join(' ');
  return [...above, ...(below === '' ? [] : [`not __fish_seen_subcommand_from ${below}`])].join('; and ');
}

function optionRule({ short, long, description, value }: OptionSpec): string {
  const flags = `${short === null ? '' : `-s ${short} `}-l ${long}`;
  const taken = value?.choices
    ? ` -x -a ${quoted(value.choices.join(' '))}`
    : value?.isFile
      ? ' -r -F'
      : ' -x';
  return `${flags}${value === null ? '' : taken} -d ${quoted(description)}`;
}

function rule(condition: string, what: string): string {
  return `complete -c usageline -n ${quoted(condition)} ${what}`;
}

function quoted(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
