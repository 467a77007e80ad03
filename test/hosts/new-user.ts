import { execFileSync, spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { closeAtTheEnd } from '../support/endpoint.ts';
import { runProgram, TOKEN, unlessMissing } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';
import { eventually } from './host.ts';

/*
 * A new user of the machine, with a home that has only what a system puts there, Claude Code's login, and the package
 * installed by npm. And what bars draw for that user, as pixels.
 */

const root = new URL('../../', import.meta.url).pathname;

/** A file of a home: its path, its bytes and its mode. */
type HomeFile = readonly [path: string, bytes: string, mode: number];

export class NewUser {
  readonly name = `usageline${process.pid}`;
  readonly home: string;
  readonly env: Record<string, string>;

  constructor(url: string) {
    const base = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-users-'));
    removeAtTheEnd(base);
    fs.chmodSync(base, 0o755);
    this.home = join(base, this.name);
    execFileSync('useradd', ['--create-home', '--base-dir', base, '--shell', '/bin/bash', this.name]);
    closeAtTheEnd(() => void spawnSync('userdel', ['--force', this.name]));
    const login = {
      accessToken: TOKEN,
      expiresAt: 4_102_444_800_000,
      scopes: ['user:inference', 'user:profile'],
    };
    this.write('.claude/.credentials.json', JSON.stringify({ claudeAiOauth: login }), 0o600);
    this.env = {
      HOME: this.home,
      USER: this.name,
      PATH: [
        join(this.home, '.npm-global/bin'),
        dirname(process.execPath),
        '/usr/local/bin:/usr/bin:/bin',
      ].join(':'),
      SHELL: '/bin/sh',
      TERM: 'xterm-256color',
      LC_ALL: 'C.UTF-8',
      TZ: 'UTC',
      USAGELINE_API_BASE_URL: url,
    };
  }

  /** Writes a file of the user's. */
  write(name: string, text: string, mode = 0o644): string {
    const path = join(this.home, name);
    this.#own(dirname(path));
    fs.writeFileSync(path, text, { mode });
    this.#own(path);
    return path;
  }

  #own(path: string): void {
    if (!fs.existsSync(path)) {
      this.#own(dirname(path));
      fs.mkdirSync(path);
    }
    const [uid = 0, gid = 0] = ['-u', '-g'].map((option) =>
      Number(execFileSync('id', [option, this.name], { encoding: 'utf8' })),
    );
    if (path !== this.home) fs.chownSync(path, uid, gid);
  }

  /** The words that start a program as this user. */
  argv(...words: readonly string[]): string[] {
    return ['setpriv', `--reuid=${this.name}`, `--regid=${this.name}`, '--init-groups', ...words];
  }

  run(...words: readonly string[]): Promise<Run> {
    const [file = '', ...args] = this.argv('sh', '-c', 'cd && exec "$@"', 'sh', ...words);
    return runProgram(file, args, this.env);
  }

  /** Starts a program, and ends it when the tests of the file are over. */
  start(words: readonly string[], env: Record<string, string> = {}): ChildProcess {
    const [file = '', ...args] = this.argv(...words);
    const child = spawn(file, args, { env: { ...this.env, ...env }, cwd: this.home, stdio: 'ignore' });
    closeAtTheEnd(() => void child.kill());
    return child;
  }

  /** `npm install -g` of the built package, without a registry. */
  async installPackage(): Promise<void> {
    const directory = fs.mkdtempSync(join(dirname(this.home), 'package-'));
    fs.chmodSync(directory, 0o755);
    const options = { cwd: root, encoding: 'utf8' } as const;
    const pack = ['pack', '--ignore-scripts', '--silent', '--pack-destination', directory];
    const name = execFileSync('npm', pack, options).trim();
    const prefix = join(this.home, '.npm-global');
    const tarball = join(directory, name);
    const install = [
      'npm',
      'install',
      '-g',
      '--offline',
      '--no-audit',
      '--no-fund',
      '--prefix',
      prefix,
      tarball,
    ];
    const { code, stderr } = await this.run(...install);
    if (code !== 0) throw new Error(`npm install: ${stderr}`);
  }

  /** Every file of the home. */
  files(directory = this.home): HomeFile[] {
    return fs.readdirSync(directory).flatMap((name): HomeFile[] => {
      const path = join(directory, name);
      const stat = unlessMissing(() => fs.lstatSync(path));
      if (stat?.isDirectory()) return this.files(path);
      const bytes = stat?.isFile() ? unlessMissing(() => fs.readFileSync(path, 'latin1')) : undefined;
      return stat === undefined || bytes === undefined
        ? []
        : [[path.slice(this.home.length + 1), bytes, stat.mode]];
    });
  }
}

/** A picture of a screen: three bytes a pixel. */
export interface Pixels {
  /** How many pixels have exactly this colour, e.g. `#a40000`. */
  count(color: string): number;
}

function pixelsOf(bytes: Buffer, size: 3 | 4, isBlueFirst: boolean): Pixels {
  return {
    count(color) {
      const rgb = Buffer.from(color.slice(1), 'hex');
      const wanted = isBlueFirst ? rgb.reverse() : rgb;
      let found = 0;
      for (let at = 0; at + size <= bytes.length; at += size) {
        if (bytes[at] === wanted[0] && bytes[at + 1] === wanted[1] && bytes[at + 2] === wanted[2]) found += 1;
      }
      return found;
    },
  };
}

let displays = 0;

/** Starts a program of X on a screen of its own, and waits until the screen has what is expected. */
export async function onXScreen(
  user: NewUser,
  words: readonly string[],
  what: string,
  holds: (pixels: Pixels) => boolean,
): Promise<void> {
  const display = `:${100 + (process.pid % 800) + (displays += 1)}`;
  const frame = fs.mkdtempSync(join(dirname(user.home), 'frame-'));
  const server = spawn(
    'Xvfb',
    [display, '-screen', '0', '1400x60x24', '-fbdir', frame, '-nolisten', 'tcp', '-ac'],
    { stdio: 'ignore' },
  );
  closeAtTheEnd(() => void server.kill());
  const screen = join(frame, 'Xvfb_screen0');
  await eventually('a screen of X', () => fs.existsSync(`/tmp/.X11-unix/X${display.slice(1)}`));
  const child = user.start(words, { DISPLAY: display });
  await eventually(what, () => {
    const file = fs.readFileSync(screen);
    // Behind the header: one entry of 12 bytes for each colour.
    const from = file.readUInt32BE(0) + file.readUInt32BE(19 * 4) * 12;
    return holds(pixelsOf(file.subarray(from), 4, true));
  });
  child.kill();
}

/** Starts a program in a sway without a screen, and waits until its picture has what is expected. */
export async function inSway(
  user: NewUser,
  command: string,
  what: string,
  holds: (pixels: Pixels) => boolean,
): Promise<void> {
  const runtime = join(user.home, 'run');
  const picture = join(runtime, 'picture.ppm');
  user.write(
    'run/sway',
    [
      'output HEADLESS-1 resolution 1400x60',
      `exec ${command}`,
      `exec sh -c 'while sleep 0.5; do grim -t ppm ${picture}~ && mv ${picture}~ ${picture} || exit; done'`,
      '',
    ].join('\n'),
  );
  fs.chmodSync(runtime, 0o700);
  const child = user.start(['sway', '-c', join(runtime, 'sway')], {
    XDG_RUNTIME_DIR: runtime,
    WLR_BACKENDS: 'headless',
    WLR_LIBINPUT_NO_DEVICES: '1',
    WLR_RENDERER: 'pixman',
    XDG_CURRENT_DESKTOP: 'sway',
  });
  await eventually(what, () => holds(pixelsOf(pixelsOfPpm(fs.readFileSync(picture)), 3, false)));
  child.kill();
  fs.rmSync(runtime, { recursive: true, force: true });
}

/** The pixels of a PPM file: behind three words of its header. */
function pixelsOfPpm(file: Buffer): Buffer {
  const header = /^P6\s+\d+\s+\d+\s+\d+\s/.exec(file.toString('latin1', 0, 100))?.[0] ?? '';
  return file.subarray(header.length);
}
