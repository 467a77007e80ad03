import { execFileSync } from 'node:child_process';
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
    const env = Object.entries(machine.env).map(([name, value]) => `${name}='${value}'`);
    const command = `env -i ${env.join(' ')} ${process.execPath} ${program} ${args}; echo "exit $?"; sleep 60`;
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
    expect(text).toMatch(/7d Fable (\u001B\[[17]m){2}\u001B\[31m82%/);
    expect(text).toContain('\nexit 0');
  });

  it('show fits into 60 columns without a broken line', async () => {
    const text = await screen('show', json(fixture('2026-08-05-max.json')), { width: 60, height: 24 });
    const lines = text.replace(/\u001B\[[\d;]*m/g, '').split('\n');
    expect(lines[0]).toBe('Claude · Ultra');
    const rows = lines.slice(2, 6).map((line) => line.replace(/[━╾─╋┼]+/, '▒'));
    expect(rows[2]).toMatch(/^7d Fable +▒? +82% +in 4d3h, \w{3} \d\d:\d\d/);
    // A line that is too long continues in the next row, which then begins like none of these.
    for (const line of lines.filter(Boolean)) {
      expect(line).toMatch(/^(Claude|5h|7d|extra|Current|endpoint|exit)/);
    }
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
