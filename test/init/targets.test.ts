import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { INIT_TARGETS } from '../../src/init/target.ts';
import type { InitTarget } from '../../src/init/target.ts';
import { TARGETS } from '../../src/init/targets/index.ts';
import { fakeSystem } from '../support/system.ts';
import { describeWith } from '../support/tools.ts';
import { aLocation, aRuntime } from './runtime.ts';

const runtime = aRuntime();
/** The words with which a pasted command starts the program. */
const program = ['/bin/sh', '-c', expect.any(String), runtime.program.node, runtime.program.script];
const launcher = `/home/it's 100% "ada"/#1/$HOME/.local/bin/usageline-prompt`;
const snippetOf = (target: InitTarget, changes = {}) => TARGETS[target].snippet(aRuntime(changes));

/** The arguments that the program gets when `/bin/sh -c` runs a command. */
function wordsOf(command: string): string[] {
  return execFileSync('sh', ['-c', `set -- ${command}\nprintf '%s\\n' "$@"`], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
}

/** The only line with this beginning, without the beginning. */
function lineAfter(text: string, beginning: string): string {
  const lines = text.split('\n').filter((line) => line.startsWith(beginning));
  expect(lines).toHaveLength(1);
  return (lines[0] ?? '').slice(beginning.length);
}

/** JSON between comments of whole lines. */
function withoutComments(text: string): string {
  return text.replace(/^\/\/.*\n/gm, '');
}

/** The shell command in a snippet, as the host understands it. */
const commandIn: Partial<Record<InitTarget, (snippet: string) => string>> = {
  starship: (snippet) => JSON.parse(lineAfter(snippet, 'command = ')),
  claude: (snippet) => JSON.parse(withoutComments(snippet)).statusLine.command,
  waybar: (snippet) =>
    JSON.parse(`{${withoutComments(snippet).trimEnd().slice(0, -1)}}`)['custom/usageline'].exec,
  polybar: (snippet) => lineAfter(snippet, 'exec = '),
  i3blocks: (snippet) => lineAfter(snippet, 'command='),
  sketchybar: (snippet) => {
    const script = execFileSync('sh', ['-c', `sketchybar() { printf '%s\\n' "$@"; }\n${snippet}`], {
      encoding: 'utf8',
    });
    return lineAfter(script, 'script=').replace(' | xargs sketchybar --set "$NAME"', '');
  },
  xbar: (snippet) => lineAfter(snippet, 'exec '),
  // A percent sign without a backslash would end the command.
  cron: (snippet) =>
    snippet
      .replace(/^#.*\n/, '')
      .replace(/^\d-59\/10( \*){4} /, '')
      .split(/(?<!\\)%/)[0]!
      .replaceAll(String.raw`\%`, '%'),
  prometheus: (snippet) => lineAfter(snippet, 'if ').replace(/ >"\$new".*$/, ''),
};

describe('a snippet', () => {
  const arguments_: Partial<Record<InitTarget, string[]>> = {
    claude: ['statusline'],
    cron: ['refresh', '--quiet'],
    polybar: ['--output', 'polybar', '--format', 'compact'],
    prometheus: ['--output', 'openmetrics'],
  };
  it.each(Object.keys(commandIn) as InitTarget[])(
    'runs the program, whatever is in its path: %s',
    (target) => {
      const command = commandIn[target]!(snippetOf(target));
      const rest = arguments_[target] ?? ['--output', target];
      expect(wordsOf(command)).toEqual([...program, ...rest]);
    },
  );

  it.each(['starship', 'waybar', 'polybar', 'i3blocks', 'sketchybar'] as const)(
    'runs the launcher where there is one: %s',
    (target) => {
      const command = commandIn[target]!(snippetOf(target, { launcher }));
      expect(wordsOf(command)).toEqual([launcher, ...(arguments_[target] ?? ['--output', target])]);
    },
  );

  it('is a task of VS Code that runs a process and no shell', () => {
    const { tasks } = JSON.parse(withoutComments(snippetOf('vscode')));
    expect(tasks).toHaveLength(1);
    expect(tasks[0]).toMatchObject({ type: 'process', command: program[0] });
    expect(tasks[0].args).toEqual([...program.slice(1), 'show']);
  });

  it('is a segment that oh-my-posh accepts', () => {
    expect(JSON.parse(withoutComments(snippetOf('oh-my-posh')))).toMatchObject({
      type: 'text',
      style: 'plain',
    });
  });

  it('has the other options of Waybar, i3blocks and polybar', () => {
    const waybar = JSON.parse(`{${withoutComments(snippetOf('waybar')).trimEnd().slice(0, -1)}}`);
    expect(waybar['custom/usageline']).toMatchObject({ 'return-type': 'json', interval: 15 });
    expect(snippetOf('i3blocks')).toMatch(/^\[usageline\]\n(.*\n)*interval=15\nformat=json$/m);
    expect(snippetOf('polybar')).toMatch(/^\[module\/usageline\]\ntype = custom\/script$/m);
  });

  it('runs at another minute for another user', () => {
    const minutes = Array.from(
      { length: 40 },
      (_, n) => snippetOf('cron', { user: `user${n}` }).split('\n')[1],
    );
    const first = new Set(minutes.map((line) => Number(line?.split('-')[0])));
    expect(first.size).toBeGreaterThan(5);
    for (const minute of first) expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).toContain(minute);
  });

  it('has slashes on Windows, because Git Bash removes backslashes', () => {
    const location = aLocation('C:\\Program Files\\node.exe', 'C:\\npm\\hot.cjs');
    const command = commandIn.claude!(snippetOf('claude', { platform: 'win32', program: location }));
    expect(command).toBe("'C:/Program Files/node.exe' C:/npm/hot.cjs statusline");
  });

  it.each(['fish', 'sh'] as const)('is a script whose program is set: %s', (target) => {
    const text = snippetOf(target);
    expect(text).toContain('hot.cjs');
    expect(text.split('\n').length).toBeGreaterThan(50);
  });

  it.each(['zsh', 'bash'] as const)(
    'reads a script whose program is set, without a comment: %s',
    (target) => {
      const text = snippetOf(target);
      expect(text).toContain('hot.cjs');
      expect(text).toContain(`shell/usageline.${target}`);
      // An interactive shell may execute a comment; in quotes it is text.
      expect(text.replaceAll(/'[^']*'|\\'/g, '')).not.toMatch(/^\s*#/m);
    },
  );
});

describe('the list of targets', () => {
  it('is the same everywhere', () => {
    expect(Object.keys(TARGETS)).toEqual(Object.keys(INIT_TARGETS));
    for (const [name, target] of Object.entries(TARGETS)) expect(target.name).toBe(name);
  });

  it('has a file for each target', () => {
    const files = fs.readdirSync(new URL('../../src/init/targets', import.meta.url));
    for (const name of Object.keys(INIT_TARGETS)) expect(files).toContain(`${name}.ts`);
  });

  it('is in the documentation', () => {
    const page = fs.readFileSync(new URL('../../docs/specs/hosts.md', import.meta.url), 'utf8');
    for (const name of Object.keys(INIT_TARGETS)) expect(page).toContain(`\`${name}\``);
  });
});

describeWith('systemd-analyze', 'the units', () => {
  it('has units that systemd accepts, with any characters in their paths', () => {
    const { root } = fakeSystem();
    const directory = join(root, `it's 50% "more" $HOME`);
    fs.mkdirSync(directory);
    const { install } = TARGETS.systemd;
    if (typeof install === 'string') throw new Error(install);
    const steps = install
      .steps(aRuntime({ home: directory }), null)
      .filter(({ path }) => path.includes('/systemd/'));
    const paths = steps.map((step) => {
      const path = join(root, step.path.slice(step.path.lastIndexOf('/') + 1));
      fs.writeFileSync(path, step.kind === 'whole' ? step.text : '');
      return path;
    });
    const env = { PATH: process.env.PATH, HOME: root, XDG_RUNTIME_DIR: root };
    const output = execFileSync(
      'sh',
      ['-c', 'systemd-analyze --user verify "$@" 2>&1; true', 'sh', ...paths],
      {
        encoding: 'utf8',
        env,
      },
    );
    expect(output.split('\n').filter((line) => line.includes('usageline'))).toEqual([]);
  });
});
