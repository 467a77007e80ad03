import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { entryOf } from './numbers.mjs';

const program = new URL('../../bin/usageline.cjs', import.meta.url).pathname;

/** A home with fresh numbers in the cache. No request is sent: no server listens at the address of the endpoint. */
export class Stage {
  /** A home whose path is short on the screen. */
  home = join(fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-picture-')), 'ada');
  env = {
    PATH: process.env.PATH,
    HOME: this.home,
    TERM: 'xterm-256color',
    LC_ALL: 'C.UTF-8',
    TZ: 'UTC',
    SHELL: '/bin/sh',
    USAGELINE_API_BASE_URL: 'http://127.0.0.1:9',
  };

  constructor() {
    // Half a minute more, so that the countdowns are the ones of the other pictures.
    const entry = entryOf('two', Date.now() + 45_000, 1);
    this.write('.cache/usageline/claude/usage.json', JSON.stringify(entry));
    // Without this directory fish reads all manuals of the machine at its first start.
    fs.mkdirSync(this.path('.local/share/fish/generated_completions'), { recursive: true });
    for (const directory of ['.cache', '.cache/usageline', '.cache/usageline/claude']) {
      fs.chmodSync(this.path(directory), 0o700);
    }
  }

  path(name) {
    return join(this.home, name);
  }

  write(name, text) {
    fs.mkdirSync(dirname(this.path(name)), { recursive: true });
    fs.writeFileSync(this.path(name), text, { mode: 0o600 });
  }

  /** Runs the program and returns what it prints. */
  run(...args) {
    return execFileSync(process.execPath, [program, ...args], {
      env: this.env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  install(host) {
    this.run('init', host, '--install', '--yes');
  }

  remove() {
    // A program that is ending can still write into its home.
    fs.rmSync(dirname(this.home), { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}
