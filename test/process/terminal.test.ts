import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import type { Answer } from '../support/endpoint.ts';
import { Machine, until } from '../support/program.ts';
import { describeWith } from '../support/tools.ts';

const program = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
let servers = 0;
const tmux = (...args: string[]) =>
  execFileSync('tmux', ['-L', `usageline-test-${process.pid}-${servers}`, ...args], { encoding: 'utf8' });

describeWith('tmux', 'in a real terminal', () => {
  afterEach(() => {
    try {
      tmux('kill-server');
    } catch {
      // It ended by itself.
    }
    // A tmux server that is about to exit still answers for a moment, so each test has a server of its own.
    servers += 1;
  });

  /** The text on the screen once the command is done, with escape sequences. */
  async function screen(args: string, answer: Answer, size = { width: 80, height: 24 }): Promise<string> {
    const endpoint = await anEndpoint(answer);
    const machine = new Machine(endpoint.url, { TERM: 'xterm-256color' });
    return screenOf(machine, `usageline ${args}`, size);
  }

  /** The same for commands of the shell, in which `usageline` is the program. */
  async function screenOf(
    machine: Machine,
    script: string,
    size = { width: 80, height: 24 },
  ): Promise<string> {
    const env = Object.entries(machine.env).map(([name, value]) => `${name}='${value}'`);
    const define = `usageline() { env -i ${env.join(' ')} ${process.execPath} ${program} "$@"; }`;
    const command = `${define}; ${script}; echo "exit $?"; sleep 60`;
    tmux('-f', '/dev/null', 'new-session', '-d', '-x', `${size.width}`, '-y', `${size.height}`, command);
    let text = '';
    await until(() => (text = tmux('capture-pane', '-p', '-e')).includes('exit '), undefined, 'its end');
    return text.replace(/\n+$/, '\n');
  }

  const slowly =
    (answer: Answer): Answer =>
    (request, response) =>
      setTimeout(() => answer(request, response), 300);

  it('the line waits for the first response and is coloured', async () => {
    const text = await screen('', slowly(json(fixture('2026-08-05-max.json'))));
    expect(text).toContain('5h \u001B[36m5%\u001B[39m 4h37m · 7d \u001B[33m60%\u001B[39m 4d3h');
    expect(text).toMatch(/7d Fable (\u001B\[(1;7|1|7)m)+\u001B\[31m82%/);
    expect(text).toMatch(/\n(\u001B\[[\d;]*m)*exit 0/);
  });

  it('show fits into 60 columns without a broken line', async () => {
    const text = await screen('show', json(fixture('2026-08-05-max.json')), { width: 60, height: 24 });
    const lines = text.replace(/\u001B\[[\d;]*m/g, '').split('\n');
    expect(lines[0]).toBe('Claude · Ultra');
    const rows = lines.slice(2, 6).map((line) => line.replace(/[━╾─┻┹┸]+/, '▒'));
    expect(rows[2]).toMatch(/^7d Fable +▒? +82% +resets in 4d3h +empty in/);
    // A line that is too long continues in the next row, which then begins like none of these.
    for (const line of lines.filter(Boolean)) {
      expect(line).toMatch(/^(Claude|5h|7d|extra|Current|endpoint|┸ marks|exit)/);
    }
  });

  it.each([
    ['in colour', {}, 'plain-terminal'],
    ['under NO_COLOR', { NO_COLOR: '1' }, 'plain-mono'],
    ['under FORCE_COLOR', { FORCE_COLOR: '1' }, 'plain-color'],
  ])(
    'every line names the first mistake in the configuration, until it is corrected, %s',
    async (_, env, name) => {
      const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
      const machine = new Machine(endpoint.url, { TERM: 'xterm-256color', ...env });
      const directory = join(machine.home, '.config', 'usageline');
      fs.mkdirSync(directory, { recursive: true });
      fs.writeFileSync(join(directory, 'config.toml'), 'fromat = "bars"\ntimeout = 0\nformat = "compact"\n');
      // The hook of a shell, such as `ready`, prerenders every line that exists.
      const script =
        'usageline; usageline ready zsh >/dev/null; usageline; usageline 2>/dev/null; usageline | cat; ' +
        `printf 'format = "compact"\\n' > ${directory}/config.toml; echo corrected; usageline; usageline`;
      const text = (await screenOf(machine, script, { width: 200, height: 30 })).replace(
        /\u001B\[[\d;]*m/g,
        '',
      );
      const message = `usageline: ${directory}/config.toml:1: "fromat" is no key; did you mean "format"? (1 more: usageline config check)`;
      const line = '5h 22% · 7d 33%';
      expect(text.split('\n').filter(Boolean)).toEqual([
        message,
        line,
        message,
        line,
        line,
        line,
        'corrected',
        line,
        line,
        'exit 0',
      ]);
      // The line is prerendered once there is nothing to tell.
      expect(fs.existsSync(join(machine.cache, 'ready', name))).toBe(true);
      expect(endpoint.requests).toHaveLength(1);
    },
  );

  it.each([
    ['LC_ALL', 'C', /5h {2}.*#.*-/, /[━─┸]/],
    // Of the sequences of colours, 30 to 48, none is there.
    ['NO_COLOR', '1', /\u001B\[(1;7|1m\u001B\[7|7m\u001B\[1)m82%/, /\u001B\[(\d+;)*[34][0-8]m/],
  ])('show with %s=%s is drawn for that', async (name, value, there, absent) => {
    const endpoint = await anEndpoint(json(fixture('2026-08-05-max.json')));
    const machine = new Machine(endpoint.url, { TERM: 'xterm-256color', [name]: value });
    const text = await screenOf(machine, 'usageline show');
    expect(text).toMatch(there);
    expect(text).not.toMatch(absent);
  });

  it('an error is coloured, too, and the exit code is 0', async () => {
    const text = await screen('', json({}, 429));
    expect(text).toMatch(/^\u001B\[33mrate limited \dm/);
    expect(text).toContain('exit 0');
  });
});

describe('without a terminal', () => {
  it('nothing is coloured', async () => {
    const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
    const machine = new Machine(endpoint.url, { TERM: 'xterm-256color' });
    expect((await machine.run(['--wait'])).stdout).not.toContain('\u001B');
  });
});
