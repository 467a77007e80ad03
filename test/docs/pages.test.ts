import fs from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { argumentsOf } from '../../src/commands/command.ts';
import type { AnyCommand, CommandGroup, Program } from '../../src/commands/command.ts';
import { loadAll } from '../../src/commands/index.ts';
import { INIT_TARGETS } from '../../src/init/target.ts';
import { anchorOf, commandsOf, fileOf, linksOf, PAGES, PICTURES, REPOSITORY, root } from './pages.ts';

const manifest = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
const pages = PAGES.map((path) => ({ path, name: relative(root, path), text: fs.readFileSync(path, 'utf8') }));
const readme = pages.find(({ name }) => name === 'README.md')?.text ?? '';

let program: Program;
beforeAll(async () => {
  program = await loadAll();
});

/** What is wrong with a command of a page; null if it exists as it stands there. */
function mistakeOf(line: string): string | null {
  const words = line
    .replace(/^npx /, '')
    .split(/\s+(?:[|>]|&&|\|\|)/)[0]
    ?.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  const [first, ...rest] = words;
  return first === 'npm' ? npmMistakeOf(rest) : usagelineMistakeOf(rest);
}

function npmMistakeOf([command = '', ...rest]: readonly string[]): string | null {
  if (command === 'ci') return null;
  if (['start', 'test', 'run'].includes(command)) {
    const script = command === 'run' ? rest[0] : command;
    return script !== undefined && script in manifest.scripts ? null : `no script ${script}`;
  }
  if (!['install', 'uninstall'].includes(command)) return `npm ${command}`;
  const names = rest.filter((word) => !word.startsWith('-'));
  return names.every((name) => name === manifest.name) ? null : `npm ${command} ${names.join(' ')}`;
}

function usagelineMistakeOf(words: readonly string[]): string | null {
  let rest = [...words];
  let command: AnyCommand | CommandGroup = program.main;
  const found = program.commands.find(({ name }) => name === rest[0]);
  if (found) {
    command = found;
    rest = rest.slice(1);
  }
  if ('commands' in command) {
    const below: AnyCommand | undefined = command.commands.find(({ name }) => name === rest[0]);
    if (below === undefined) return `no command ${command.name} ${rest[0]}`;
    command = below;
    rest = rest.slice(1);
  }
  const taken = [...argumentsOf(command)];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    const [flag, value] = word.split('=');
    if (word.startsWith('-')) {
      if (['--help', '--version'].includes(word)) continue;
      const option = [...command.options, ...program.main.options].find((each) => each.flag === flag || each.short === flag);
      if (option === undefined) return `no option ${word} of ${command.name}`;
      if (option.value === undefined) continue;
      const given = value ?? rest.shift();
      if (given === undefined || (option.choices && !option.choices.includes(given))) return `${word} ${given}`;
      continue;
    }
    const argument = taken.shift();
    if (argument === undefined) return `'${command.name}' takes no further argument: ${word}`;
    if (!(argument.choices?.includes(word) ?? true)) return `no ${word}`;
  }
  return null;
}

describe('each page for users', () => {
  it.each(pages)('$name names commands, options and targets that exist', ({ text }) => {
    const mistakes = commandsOf(text).flatMap((line) => {
      const mistake = mistakeOf(line);
      return mistake === null ? [] : [`${line}: ${mistake}`];
    });
    expect(mistakes).toEqual([]);
  });

  it.each(pages)('$name links to files, headings and pictures that exist', ({ path, text }) => {
    const broken = linksOf(text).filter((link) => {
      const file = fileOf(path, link);
      if (file === null) return !/^https:\/\/[a-z]/.test(link);
      if (!fs.existsSync(file.path)) return true;
      if (file.heading === null) return false;
      const headings = fs.readFileSync(file.path, 'utf8').matchAll(/^#+ (.*)$/gm);
      return ![...headings].some((match) => anchorOf(match[1] ?? '') === file.heading);
    });
    expect(broken).toEqual([]);
  });

  it.each(pages)('$name names no command that does not exist: the check finds one', () => {
    for (const line of ['usageline shwo', 'usageline show --jsno', 'usageline init zhs', 'npm run nothing', 'npm install -g usagelin']) {
      expect(mistakeOf(line)).not.toBeNull();
    }
  });
});

describe('the README', () => {
  it('has absolute addresses, because npm shows it without the repository', () => {
    expect(linksOf(readme).filter((link) => !/^(https:|#)/.test(link))).toEqual([]);
  });

  it('shows how to try and to install it before anything else', () => {
    const [first, second] = commandsOf(readme);
    expect([first, second]).toEqual(['npx usageline demo', 'npm install -g usageline']);
    expect(readme.indexOf('<picture>')).toBeLessThan(1000);
  });

  it('is two screens long', () => {
    expect(readme.split('\n').length).toBeLessThanOrEqual(110);
  });
});

describe('the host pages', () => {
  const index = pages.find(({ name }) => name === 'docs/hosts/README.md')?.text ?? '';

  it('are all in the list', () => {
    const listed = linksOf(index);
    for (const { name } of pages.slice(1)) {
      const file = name.replace('docs/hosts/', '');
      if (file !== 'README.md') expect(listed).toContain(file);
    }
  });

  it('name every target of `usageline init`', () => {
    for (const target of Object.keys(INIT_TARGETS)) {
      const named = pages.slice(1).filter(({ text }) => text.includes(`usageline init ${target}`));
      expect(named.map(({ name }) => name), target).not.toEqual([]);
    }
  });

  it('say how to set the host up, how to change the line and how to undo it', () => {
    for (const { name, text } of pages.slice(1)) {
      if (name === 'docs/hosts/README.md') continue;
      expect([...text.matchAll(/^## (.*)$/gm)].map((match) => match[1]), name).toEqual(
        expect.arrayContaining(['Set up', 'Change it', 'Undo']),
      );
    }
  });

  it('and the README show every picture in the repository, in both themes', () => {
    const shown = new Set(pages.flatMap(({ path, text }) => linksOf(text).map((link) => fileOf(path, link)?.path)));
    const specs = fs.readdirSync(join(root, 'docs/specs')).filter((name) => name.endsWith('.md'));
    for (const name of specs) {
      const path = join(root, 'docs/specs', name);
      for (const link of linksOf(fs.readFileSync(path, 'utf8'))) shown.add(fileOf(path, link)?.path);
    }
    expect(PICTURES.filter((picture) => !shown.has(picture)).map((picture) => relative(root, picture))).toEqual([]);
  });
});

describe('package.json', () => {
  it('leads from npm to the repository, its home page and its issues', () => {
    expect(manifest.repository).toEqual({ type: 'git', url: `git+${REPOSITORY}.git` });
    expect(manifest.homepage).toBe(`${REPOSITORY}#readme`);
    expect(manifest.bugs).toEqual({ url: `${REPOSITORY}/issues` });
  });
});
