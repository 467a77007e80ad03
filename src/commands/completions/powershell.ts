import { allOf, flagsOf, wordsOf } from './spec.ts';
import type { CommandSpec } from './spec.ts';

/** The script for PowerShell 5 and later. */
export function powershellCompletions(program: CommandSpec): string {
  const all = allOf(program);
  return `# Completions of usageline for PowerShell. Into $PROFILE: usageline completions powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName ${program.name} -ScriptBlock {
  param($word, $ast, $position)
  $known = @{
${all.map((spec) => `    ${quoted(spec.path)} = ${list([...wordsOf(spec), ...spec.options.flatMap(flagsOf)])}`).join('\n')}
  }
  $values = @{
${all.flatMap(valuesOf).join('\n')}
  }
  $command = ${quoted(program.name)}
  $previous = ''
  foreach ($element in $ast.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $position) { break }
    $previous = $element.Extent.Text
    if ($known.ContainsKey("$command $previous")) { $command = "$command $previous" }
  }
  $candidates = if ($values.ContainsKey("$command $previous")) { $values["$command $previous"] } else { $known[$command] }
  $candidates | Where-Object { $_ -like "$word*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}

/** The values of options. PowerShell offers files for an empty list. */
function valuesOf({ path, options }: CommandSpec): string[] {
  return options.flatMap((option) => {
    if (option.value === null) return [];
    return flagsOf(option).map(
      (flag) => `    ${quoted(`${path} ${flag}`)} = ${list(option.value?.choices ?? [])}`,
    );
  });
}

function list(words: readonly string[]): string {
  return `@(${words.map(quoted).join(', ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
