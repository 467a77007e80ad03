import { allOf, flagsOf, wordsOf } from './spec.ts';
import type { CommandSpec } from './spec.ts';

/** The script for bash 3.2 and later. It does without the package bash-completion. */
export function bashCompletions(program: CommandSpec): string {
  const all = allOf(program);
  return `# Completions of usageline for bash. Into ~/.bashrc: eval "$(usageline completions bash)"
_complete_usageline() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local command=${program.name} given=0 skip='' words='' options='' word index
  # bash takes --color=auto for three words.
  if [[ $cur == = ]]; then cur=''; elif [[ $prev == = ]]; then prev=\${COMP_WORDS[COMP_CWORD - 2]}; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    if [[ $word == = ]]; then skip=1; continue; fi
    if [[ -n $skip ]]; then skip=''; continue; fi
    case "$command $word" in
${commandCases(all)}
    ${valuePatterns(all)}) skip=1 ;;
    *' '-*) ;;
    *) given=$((given + 1)) ;;
    esac
  done
  COMPREPLY=()
  case "$command $prev" in
${valueCases(all)}
  esac
  if [[ -z $words ]]; then
    case $command in
${wordCases(all)}
    esac
    if [[ $cur == -* ]]; then words=$options; elif ((given)); then words=''; fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
_complete_usageline_files() {
  local file
  while IFS= read -r file; do COMPREPLY+=("$file"); done < <(compgen -f -- "$1")
  compopt -o filenames 2>/dev/null || :
}
complete -F _complete_usageline usageline
`;
}

function commandCases(all: readonly CommandSpec[]): string {
  const paths = all.filter(({ path }) => path.includes(' ')).map(({ path }) => `'${path}'`);
  return `    ${paths.join(' | ')}) command="$command $word" given=0 ;;`;
}

/** The patterns of options whose next word is a value. */
function valuePatterns(all: readonly CommandSpec[]): string {
  return all
    .flatMap((spec) =>
      spec.options.filter(({ value }) => value).flatMap((it) => patternsOf(spec, flagsOf(it))),
    )
    .join(' | ');
}

function valueCases(all: readonly CommandSpec[]): string {
  return all
    .flatMap((spec) =>
      spec.options.flatMap((option) => {
        if (option.value === null) return [];
        const { choices, isFile } = option.value;
        const then = choices
          ? `words='${choices.join(' ')}'`
          : isFile
            ? '_complete_usageline_files "$cur"; return'
            : 'return';
        return [`  ${patternsOf(spec, flagsOf(option)).join(' | ')}) ${then} ;;`];
      }),
    )
    .join('\n');
}

function wordCases(all: readonly CommandSpec[]): string {
  return all
    .map((spec) => {
      const options = spec.options.flatMap(flagsOf).join(' ');
      return `    '${spec.path}') words='${wordsOf(spec).join(' ')}' options='${options}' ;;`;
    })
    .join('\n');
}

function patternsOf({ path }: CommandSpec, flags: readonly string[]): string[] {
  return flags.map((flag) => `'${path} ${flag}'`);
}
