import { tomlText } from './edit-toml.ts';
import type { TomlValue } from './edit-toml.ts';
import { KEYS, namesBelow } from './schema.ts';
import type { Key } from './schema.ts';

/** Longest line of a comment, characters. */
const WIDTH = 80;

/** The file that `usageline config init` writes: every key with what it means, as a comment, so that nothing changes. */
export function sampleConfig(): string {
  const keys = Object.entries(KEYS);
  const top = keys.filter(([name]) => !name.includes('.'));
  const tables = [...new Set(keys.filter(([name]) => name.includes('.')).map(([name]) => tableOf(name)))];
  return [
    comment(
      'The configuration of usageline. Each key stands here with its default, as a comment: remove the "# " ' +
        'before a key to change it, or run `usageline config set <key> <value>`. ' +
        '`usageline config check` names every mistake.',
    ),
    ...top.map(([name, key]) => keyLines(name, key)),
    ...tables.map((table) =>
      [
        `[${table}]\n`,
        ...keys
          .filter(([name]) => name.startsWith(`${table}.`))
          .map(([name, key]) => keyLines(name.slice(table.length + 1), key)),
      ].join('\n'),
    ),
    comment(
      `Exceptions for one output, which can have its own ${namesBelow(['output', 'show']).join(', ')}. An output is a ` +
        'kind of --output, or statusline, or show.',
    ) + '# [output.tmux]\n# percent = "left"\n',
  ].join('\n');
}

function tableOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'));
}

function keyLines(name: string, { description, accepted, default: usual }: Key): string {
  return `${comment(description)}${comment(`Accepted: ${accepted}.`)}# ${name} = ${tomlText(usual as TomlValue)}\n`;
}

/** A text as lines of comment. */
function comment(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line.length + word.length + 3 > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines.map((line) => `# ${line}\n`).join('');
}
