import { execFileSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a host may take to show the line, ms. */
const PATIENCE = 20_000;
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A program in a terminal of its own: a tmux without a status line and without a configuration. */
export class Terminal {
  #socket;

  constructor(socket) {
    this.#socket = socket;
  }

  static async open(stage, { argv, columns, rows, directory }) {
    const terminal = new Terminal(stage.path('terminal.socket'));
    const env = Object.entries(stage.env).map(([name, value]) => quoted(`${name}=${value}`));
    const command = `cd ${quoted(directory)} && exec env -i ${env.join(' ')} ${argv.map(quoted).join(' ')}`;
    terminal.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, command, ';', 'set', '-g', 'status', 'off');
    return terminal;
  }

  #tmux(...args) {
    return execFileSync('tmux', ['-S', this.#socket, ...args], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', SHELL: '/bin/sh' },
    });
  }

  async type(text) {
    this.#tmux('send-keys', '-l', text);
  }

  async press(key) {
    this.#tmux('send-keys', key);
  }

  /** What is on the screen, with its colours, without empty rows at the end. */
  async colours() {
    return this.#tmux('capture-pane', '-p', '-e').replace(/\s+$/, '');
  }

  /** Waits until the screen has the text; presses a key each second meanwhile. */
  async shows(pattern, { press = null } = {}) {
    const end = Date.now() + PATIENCE;
    for (let turn = 1; ; turn += 1) {
      const screen = this.#tmux('capture-pane', '-p');
      if (pattern.test(screen)) return;
      if (Date.now() > end) throw new Error(`the screen never has ${pattern}; it has:\n${screen}`);
      if (press !== null && turn % 10 === 0) await this.press(press);
      await pause(100);
    }
  }

  async close() {
    try {
      this.#tmux('kill-server');
    } catch {
      // The program has ended, and the server with it.
    }
  }
}
