import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import type { Secrets } from './invariants.ts';

/** One login of the user. Its numbers are in a range of their own, so that those of another login are recognised. */
export interface Login {
  readonly name: string;
  /** Claude Code's directory. */
  readonly directory: string;
  /** The value of CLAUDE_CONFIG_DIR; null for the default directory. */
  readonly configDirectory: string | null;
  /** The name of its directories in the cache and in the runtime directory. */
  readonly account: string;
  /** Every percentage of this account. */
  readonly least: number;
  readonly most: number;
  /** All its tokens, the present one last. */
  readonly tokens: string[];
}

/** Each token has a budget of its own, so there are more requests than one login allows. */
const LOGINS = ['default', 'work', 'team', 'client', 'lab', 'school'];

/** A home with several logins, and a copy of the built program, which a build does not change. */
export class Stage {
  readonly root = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-soak-'));
  readonly home = join(this.root, 'home');
  /** The mount point of the cache's disk. */
  readonly disk = join(this.home, '.cache');
  readonly cache = join(this.disk, 'usageline');
  readonly runtime = join(this.root, 'run');
  readonly program = join(this.root, 'program', 'bin', 'usageline.cjs');
  readonly launcher = join(this.root, 'program', 'bin', 'usageline-prompt');
  readonly logins: readonly Login[];
  /** A directory without a login: tokens are estimated from transcripts. */
  readonly signedOut: Login;
  readonly #secrets: Secrets;
  readonly #random: () => number;

  constructor(secrets: Secrets, random: () => number) {
    this.#secrets = secrets;
    this.#random = random;
    for (const path of [this.home, this.disk, this.runtime]) fs.mkdirSync(path, { mode: 0o700 });
    for (const name of ['bin', 'dist', 'package.json', 'shell'])
      fs.cpSync(name, join(this.root, 'program', name), { recursive: true });
    this.#putCommand();
    this.logins = LOGINS.map((name, index) => this.#directoryOf(name, index));
    for (const login of this.logins) this.renew(login);
    this.signedOut = this.#directoryOf('out', this.logins.length);
  }

  /** `usageline`, for the launcher. */
  #putCommand(): void {
    fs.mkdirSync(join(this.root, 'path'));
    const text = `#!/bin/sh\nexec '${process.execPath}' '${this.program}' "$@"\n`;
    fs.writeFileSync(join(this.root, 'path', 'usageline'), text, { mode: 0o755 });
  }

  #directoryOf(name: string, index: number): Login {
    const directory = join(this.home, name === 'default' ? '.claude' : `.claude-${name}`);
    const login: Login = {
      name,
      directory,
      configDirectory: name === 'default' ? null : directory,
      account:
        name === 'default'
          ? 'claude'
          : `claude-${createHash('sha256').update(directory).digest('hex').slice(0, 8)}`,
      least: 14 * index + 1,
      most: 14 * index + 13,
      tokens: [],
    };
    const sessions = join(directory, 'projects', '-project');
    fs.mkdirSync(sessions, { recursive: true });
    fs.writeFileSync(join(sessions, 'session.jsonl'), transcript());
    const account = { oauthAccount: { accountUuid: `account-${name}`, displayName: name } };
    fs.writeFileSync(
      join(name === 'default' ? this.home : directory, '.claude.json'),
      JSON.stringify(account),
    );
    return login;
  }

  /** Gives the login another token, as Claude Code does. */
  renew(login: Login): void {
    const random = Array.from({ length: 48 }, () => LETTERS[Math.floor(this.#random() * LETTERS.length)]);
    const secret = random.join('');
    this.#secrets.add(secret);
    login.tokens.push(`sk-ant-oat01-${secret}`);
    const text = JSON.stringify({
      claudeAiOauth: {
        accessToken: login.tokens.at(-1),
        refreshToken: `sk-ant-ort01-${secret}`,
        expiresAt: Date.now() + 24 * HOUR,
        scopes: ['user:inference', 'user:profile'],
        subscriptionType: 'max',
      },
    });
    const file = join(login.directory, '.credentials.json');
    fs.writeFileSync(`${file}.new`, text, { mode: 0o600 });
    fs.renameSync(`${file}.new`, file);
  }

  /** Rewrites the login file as another program would; the token stays. */
  touch({ directory }: Login): void {
    const now = Date.now() / 1000;
    fs.utimesSync(join(directory, '.credentials.json'), now, now);
  }

  /** The directories in which the budget of a login is recorded. */
  recordsOf({ account }: Login): string[] {
    return [join(this.cache, account), join(this.runtime, 'usageline', account)];
  }

  env(baseUrl: string, { configDirectory }: Login): Record<string, string> {
    return {
      PATH: `${join(this.root, 'path')}:${process.env.PATH ?? ''}`,
      HOME: this.home,
      TZ: 'UTC',
      XDG_RUNTIME_DIR: this.runtime,
      USAGELINE_API_BASE_URL: baseUrl,
      ...(configDirectory !== null && { CLAUDE_CONFIG_DIR: configDirectory }),
    };
  }

  remove(): void {
    fs.rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function transcript(): string {
  const lines = Array.from({ length: 200 }, (_, index) =>
    JSON.stringify({
      type: 'assistant',
      timestamp: new Date(Date.now() - index * MINUTE).toISOString(),
      requestId: `request-${index}`,
      message: {
        id: `message-${index}`,
        model: 'claude-fable-5',
        usage: { input_tokens: 9, output_tokens: 99 },
      },
    }),
  );
  return `${lines.join('\n')}\n`;
}
