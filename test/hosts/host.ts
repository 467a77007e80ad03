import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { anEndpoint, closeAtTheEnd, fixture, json } from '../support/endpoint.ts';
import type { Answer, Endpoint } from '../support/endpoint.ts';
import { Machine, unlessMissing, until } from '../support/program.ts';

const root = new URL('../../', import.meta.url).pathname;
export const entry = join(root, 'bin', 'usageline.cjs');
export const launcher = join(root, 'bin', 'usageline-prompt');
const hot = join(root, 'dist', 'hot.cjs');

/**
 * The first and the later responses of the endpoint. Their resets count from now; countdowns stay the same for
 * 50 s.
 */
export const firstNumbers = () => fixture('2026-04-18-max.json');
export const newNumbers: Answer = (request, response) =>
  json(fixture('2026-07-03-limits.json'))(request, response);
/** The lines for these responses, without colours. */
export const OLD_LINE = '5h 22% 4h37m · 7d 33% 4d3h';
export const NEW_LINE = '5h 11% 4h37m · 7d 9% 4d3h';

const run = promisify(execFile);

/** Waits until a condition holds; a timeout names what it waited for. */
export function eventually(what: string, holds: () => unknown, within?: number): Promise<void> {
  return until(async () => Boolean(await holds()), within, what);
}

/** A machine with numbers in the cache, and with hooks whose program starts are counted. */
export class Host {
  readonly machine: Machine;

  constructor(
    readonly endpoint: Endpoint,
    env: Record<string, string> = {},
  ) {
    this.machine = new Machine(endpoint.url, { TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ...env });
    this.write(
      'counted',
      [
        '#!/bin/sh',
        `printf '%s\\n' "\${*:-line}" >>'${this.home}/started'`,
        `case $* in *--refresh) while [ -e '${this.home}/hold' ]; do sleep 0.05; done ;; esac`,
        `exec '${process.execPath}' '${hot}' "$@"`,
        '',
      ].join('\n'),
    );
    fs.chmodSync(join(this.home, 'counted'), 0o755);
    // Without this directory fish reads all manuals of the machine at its first start.
    fs.mkdirSync(join(this.home, '.local/share/fish/generated_completions'), { recursive: true });
  }

  get home(): string {
    return this.machine.home;
  }

  /** The directory of the prerendered lines. */
  get prerendered(): string {
    return join(this.machine.cache, 'ready');
  }

  /** The arguments of every program start by the hooks or the launcher, in order. */
  get started(): string[] {
    const path = join(this.home, 'started');
    return fs.existsSync(path) ? fs.readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** Blocks every refresh until it is called with `false`. */
  holdRefreshes(on: boolean): void {
    if (on) this.write('hold', '');
    else fs.unlinkSync(join(this.home, 'hold'));
  }

  get refreshes(): number {
    return this.started.filter((args) => args.endsWith('--refresh')).length;
  }

  get requests(): number {
    return this.endpoint.requests.length;
  }

  write(name: string, text: string): string {
    const path = join(this.home, name);
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, text);
    return path;
  }

  /** The line that the program itself prints, without a request. */
  async printedLine(kind: string, env: Record<string, string> = {}): Promise<string> {
    return (await this.machine.run(['--no-wait', '--output', kind], env)).stdout.trimEnd();
  }

  /** Makes the cached numbers older by `ms`, and prerenders the given kinds again. */
  async ageBy(ms: number, ...kinds: string[]): Promise<void> {
    this.machine.ageBy(ms);
    for (const kind of kinds) await this.machine.run(['ready', kind]);
  }

  /** Moves the times in the prerendered lines into the past, as if `seconds` had passed for shells that read them. */
  letTimePass(seconds: number): void {
    for (const name of fs.readdirSync(this.prerendered)) {
      if (!/^[a-z]/.test(name) || /^(since|till)\./.test(name)) continue;
      unlessMissing(() => this.#pass(join(this.prerendered, name), seconds));
    }
  }

  #pass(path: string, seconds: number): void {
    const { mtimeMs } = fs.statSync(path);
    const text = fs
      .readFileSync(path, 'utf8')
      .replace(/^(usageline-ready 1) (\d+) (\d+)/, (_, tag, refresh, from) =>
        [tag, refresh - seconds, from - seconds].join(' '),
      )
      .replace(/^(\d{10}) /gm, (_, until) => `${until - seconds} `);
    replaceFile(path, text, mtimeMs / 1000 - seconds);
  }

  /** Replaces a prerendered line of the program; with `later` the texts go into the second file. */
  plant(name: string, lines: readonly string[], { refresh = 600, from = 0, later = false } = {}): void {
    const now = Math.floor(Date.now() / 1000);
    const head = `usageline-ready 1 ${now + refresh} ${now + from} 4711`;
    replaceFile(join(this.prerendered, `${name}.later`), ['4711', ...(later ? lines : []), ''].join('\n'));
    const path = join(this.prerendered, name);
    replaceFile(path, [head, ...(later ? [`${now - 1} gone`] : lines), '# planted', ''].join('\n'), now + 60);
    this.plantShort(name, {});
  }

  /** Replaces the files with one text each. Each text is valid until its time (epoch seconds). */
  plantShort(name: string, texts: Readonly<Record<string, number>>): void {
    for (let turn = 1; turn <= 27; turn += 1)
      fs.rmSync(join(this.prerendered, `${name}.${turn}`), { force: true });
    for (const [index, [text, until]] of Object.entries(texts).entries()) {
      replaceFile(join(this.prerendered, `${name}.${index + 1}`), `${text}\n`, until);
    }
  }

  /** Writes the file with the first text that calls for a refresh, valid until the given time (epoch seconds). */
  plantOld(name: string, text: string, until: number): void {
    replaceFile(join(this.prerendered, `${name}.9`), `${text}\n`, until);
  }

  /** Writes a file with several texts, valid until the given time (epoch seconds). */
  plantSeveral(
    name: string,
    lines: readonly string[],
    until: number,
    begins: number | string = Math.floor(Date.now() / 1000) - 60,
  ): void {
    replaceFile(join(this.prerendered, `${name}.14`), [begins, ...lines, ''].join('\n'), until);
  }

  /** Removes the launcher's record of the last refresh that it started. */
  forgetStartedRefreshes(): void {
    for (const name of fs.readdirSync(this.prerendered).filter((file) => file.startsWith('.asked.'))) {
      unlessMissing(() => fs.unlinkSync(join(this.prerendered, name)));
    }
  }
}

/** Replaces a file as the program does: a reader sees the old text or the new one. */
export function replaceFile(path: string, text: string, mtime?: number): void {
  fs.writeFileSync(`${path}~`, text, { mode: 0o600 });
  if (mtime !== undefined) fs.utimesSync(`${path}~`, mtime, mtime);
  fs.renameSync(`${path}~`, path);
}

/** A host with a response of this moment in the cache, and a prerendered line of each kind. */
export async function aHost(kinds: readonly string[], env: Record<string, string> = {}): Promise<Host> {
  const endpoint = await anEndpoint(json(firstNumbers()));
  const host = new Host(endpoint, env);
  const [first = 'plain', ...others] = kinds;
  await host.machine.run(['--wait', '--output', first]);
  for (const kind of others) await host.machine.run(['ready', kind]);
  endpoint.requests.length = 0;
  endpoint.answer = newNumbers;
  return host;
}

const socket = `usageline-hosts-${process.pid}-${Math.floor(Math.random() * 1e9)}`;
let server: Promise<void> | null = null;
let names = 0;

export async function tmux(...args: string[]): Promise<string> {
  return (await run('tmux', ['-L', socket, ...args], { encoding: 'utf8' })).stdout;
}

/**
 * Starts the tmux server of this file. A session keeps it alive: a server whose last session ends still answers
 * the next client for a moment, and then exits.
 */
export function tmuxServer(): Promise<void> {
  return (server ??= startServer());
}

async function startServer(): Promise<void> {
  await tmux('-f', '/dev/null', 'new-session', '-d', '-s', 'keeper', 'sleep 600');
  await tmux('set', '-g', 'escape-time', '0');
  closeAtTheEnd(() => void execFile('tmux', ['-L', socket, 'kill-server']));
}

export function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A shell or another program in a real terminal. */
export class Terminal {
  private constructor(readonly session: string) {}

  static async open(host: Host, argv: readonly string[], width = 100): Promise<Terminal> {
    await tmuxServer();
    const session = `s${(names += 1)}`;
    const env = Object.entries({ ...host.machine.env, SHELL: '/bin/sh' }).map(([name, value]) =>
      quoted(`${name}=${value}`),
    );
    const command = `cd ${quoted(host.home)} && exec env -i ${env.join(' ')} ${argv.map(quoted).join(' ')}`;
    await tmux('new-session', '-d', '-s', session, '-x', `${width}`, '-y', '24', command);
    return new Terminal(session);
  }

  /** The text on the screen, without trailing blanks and empty lines. */
  async screen(): Promise<string> {
    return (await tmux('capture-pane', '-p', '-t', this.session)).replace(/ +$/gm, '').trimEnd();
  }

  /** The text on the screen with its colours. */
  async colours(): Promise<string> {
    return (await tmux('capture-pane', '-p', '-e', '-t', this.session)).trimEnd();
  }

  async type(text: string): Promise<void> {
    await tmux('send-keys', '-t', this.session, '-l', text);
  }

  async press(...keys: string[]): Promise<void> {
    await tmux('send-keys', '-t', this.session, ...keys);
  }

  /** The last line on the screen. */
  async last(): Promise<string> {
    return (await this.screen()).split('\n').at(-1) ?? '';
  }

  async shows(what: string | RegExp, within?: number): Promise<string> {
    let screen = '';
    const holds = async () => {
      screen = await this.screen();
      return typeof what === 'string' ? screen.includes(what) : what.test(screen);
    };
    await eventually(`${what}`, holds, within).catch((error) => {
      throw new Error(`${error.message}; there is:\n${screen}`);
    });
    return screen;
  }

  /**
   * Runs a command, waits for the next prompt, and returns the screen. The command and its mark are one line: a
   * terminal shows a second line twice if it arrives while the first one runs.
   */
  async command(line: string): Promise<string> {
    const mark = `done${(names += 1)}`;
    await this.press('C-l');
    await this.type(`${line}; echo ${mark.slice(0, 4)}""${mark.slice(4)}\n`);
    const screen = await this.shows(new RegExp(`^${mark}\\n.+`, 'm'));
    return screen;
  }

  async close(): Promise<void> {
    await tmux('kill-session', '-t', this.session).catch(() => {});
  }
}
