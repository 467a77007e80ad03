import { allOf, flagsOf } from './spec.ts';
import type { CommandSpec, OptionSpec } from './spec.ts';

/** The script for zsh: to `eval` after `compinit`, or as a file `_usageline` in `fpath`. */
export function zshCompletions(program: CommandSpec): string {
  return `#compdef ${program.name}
# Completions of usageline for zsh. Into ~/.zshrc, after compinit: eval "$(usageline completions zsh)"
${allOf(program).map(functionOf).join('\n')}
# Read as a file of fpath it is the function itself.
if [[ \${funcstack[1]} == _usageline ]]; then _usageline "$@"; else compdef _usageline ${program.name}; fi
`;
}

function functionOf(spec: CommandSpec): string {
  const specs = [...spec.options.map(optionSpec), ...argumentSpecs(spec)];
  const lines = specs.map((text) => `    ${text}`).join(' \\\n');
  if (spec.commands.length === 0) return `${nameOf(spec.path)}() {\n  _arguments -s -S \\\n${lines}\n}`;
  return `${nameOf(spec.path)}() {
  local context state state_descr line curcontext=$curcontext
  typeset -A opt_args
  local -a commands=(
${spec.commands.map(({ name, description }) => `    ${quoted(`${name}:${description}`)}`).join('\n')}
  )
  _arguments -C -s -S \\
${lines} && return
  case $state in
  command) _describe -t commands command commands ;;
  rest)
    case $line[1] in
${spec.commands.map(({ name, path }) => `    ${name}) ${nameOf(path)} ;;`).join('\n')}
    esac
    ;;
  esac
}`;
}

function argumentSpecs({ commands, arguments: taken }: CommandSpec): string[] {
  if (commands.length > 0) return [`'1: :->command'`, `'*:: :->rest'`];
  return taken.map((choices, index) =>
    quoted(`${index + 1}: :${choices.length > 0 ? `(${choices.join(' ')})` : ' '}`),
  );
}

function optionSpec(option: OptionSpec): string {
  const flags = flagsOf(option);
  const { value } = option;
  const action = value && (value.choices ? `(${value.choices.join(' ')})` : value.isFile ? '_files' : ' ');
  const text = `[${escaped(option.description)}]${value ? `:${escaped(value.name)}:${action}` : ''}`;
  const take = (flag: string) => (value === null ? flag : flag.startsWith('--') ? `${flag}=` : `${flag}+`);
  if (flags.length < 2) return quoted(`${take(flags[0] ?? '')}${text}`);
  return `'(${flags.join(' ')})'{${flags.map(take).join(',')}}${quoted(text)}`;
}

/** The name of a function. It has a hyphen, because the functions of the hook have underscores. */
function nameOf(path: string): string {
  return `_${path.replaceAll(' ', '-')}`;
}

function escaped(text: string): string {
  return text.replace(/[[\]:\\]/g, String.raw`\$&`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
