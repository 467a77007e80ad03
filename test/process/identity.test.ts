import { spawn } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/usage/time.ts';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine, runProgram, TOKEN, until } from '../support/program.ts';
import type { Run } from '../support/program.ts';

const entry = new URL('../../bin/usageline.cjs', import.meta.url).pathname;
const launcher = new URL('../../bin/usageline-prompt', import.meta.url).pathname;
const LINE = '5h 22% 4h37m · 7d 33% 4d3h\n';
const ANY_NUMBER = /\d%/;

async function aMachine() {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  return { endpoint, machine: new Machine(endpoint.url) };
}

/** Runs the program in another directory, as a shell does. */
const runIn = (machine: Machine, directory: string, env: Record<string, string>, ...args: string[]) =>
  runProgram(
    'sh',
    ['-c', 'cd "$1" && shift && exec "$@"', 'sh', directory, process.execPath, entry, ...args],
    {
      ...machine.env,
      ...env,
    },
  );

/** Runs the launcher with this program behind it. */
function launch(machine: Machine, env: Record<string, string>): Promise<Run> {
  const path = join(machine.home, 'bin');
  fs.mkdirSync(path, { recursive: true });
  fs.writeFileSync(
    join(path, 'usageline'),
    `#!/bin/sh\necho asked >>'${machine.home}/asked'\nexec '${process.execPath}' '${entry}' "$@"\n`,
    { mode: 0o755 },
  );
  return runProgram(launcher, [], { ...machine.env, PATH: `${path}:${machine.env.PATH}`, ...env });
}

function statusline(machine: Machine, input: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, 'statusline', '--color', 'never'], {
      env: { ...machine.env, ...env },
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('close', () => resolve(text));
    child.stdin.end(input);
  });
}

/** A response with the resets of the endpoint. */
const reportOf = (five: number) =>
  JSON.stringify({
    session_id: 'one',
    rate_limits: {
      five_hour: {
        used_percentage: five,
        resets_at: Math.round((Date.now() + 4 * HOUR + 37 * MINUTE + MINUTE / 2) / SECOND),
      },
      seven_day: {
        used_percentage: 40,
        resets_at: Math.round((Date.now() + 4 * DAY + 3 * HOUR + MINUTE / 2) / SECOND),
      },
    },
  });

/** Ways of writing the default directory. */
function spellings(home: string): Record<string, string>[] {
  fs.symlinkSync(join(home, '.claude'), join(home, 'link'));
  const paths = [
    '/.claude',
    '/.claude/',
    '/./.claude',
    '//.claude',
    '/link',
    '/.cache/../.claude',
    '/.claude/.',
  ];
  return [{}, { CLAUDE_CONFIG_DIR: '' }, ...paths.map((path) => ({ CLAUDE_CONFIG_DIR: home + path }))];
}

describe('one directory in several spellings', () => {
  it('has one cache and one request, and each spelling can fill it', async () => {
    const { endpoint, machine } = await aMachine();
    const all = spellings(machine.home);
    for (const env of all)
      expect((await machine.run(['--wait'], env)).stdout, JSON.stringify(env)).toBe(LINE);
    const relative = { CLAUDE_CONFIG_DIR: '.claude' };
    expect((await runIn(machine, machine.home, relative, '--wait')).stdout).toBe(LINE);
    expect(endpoint.requests).toHaveLength(1);
    expect(fs.readdirSync(join(machine.home, '.cache', 'usageline')).sort()).toEqual([
      'CACHEDIR.TAG',
      'claude',
    ]);

    for (const [index, env] of all.entries()) {
      expect(await statusline(machine, reportOf(41 + index), env)).toMatch(new RegExp(`^5h ${41 + index}%`));
      const reader = all[(index + 1) % all.length];
      expect((await machine.run([], reader)).stdout, JSON.stringify(env)).toMatch(
        new RegExp(`^5h ${41 + index}%`),
      );
    }
  });

  it('has one request budget', async () => {
    const { endpoint, machine } = await aMachine();
    for (const env of spellings(machine.home)) await machine.run(['refresh', '--force'], env);
    expect(endpoint.requests).toHaveLength(1);
  });

  it('has lines that the launcher shows by itself, if the spelling is a usual one', async () => {
    const { machine } = await aMachine();
    await machine.run(['--wait']);
    const { home } = machine;
    for (const CLAUDE_CONFIG_DIR of [`${home}/.claude`, `${home}/.claude/`]) {
      expect((await launch(machine, { CLAUDE_CONFIG_DIR })).stdout).toBe(LINE);
    }
    expect(fs.existsSync(join(home, 'asked'))).toBe(false);
    fs.symlinkSync(join(home, '.claude'), join(home, 'link'));
    expect((await launch(machine, { CLAUDE_CONFIG_DIR: `${home}/link` })).stdout).toBe(LINE);
  });

  it('loses the index file that an older version wrote for a spelling', async () => {
    const { machine } = await aMachine();
    const given = `${machine.home}/.claude/.`;
    const accounts = join(machine.home, '.cache', 'usageline', 'accounts');
    fs.mkdirSync(accounts, { recursive: true });
    const pointer = join(accounts, encodeURIComponent(given));
    fs.writeFileSync(pointer, 'claude-0123abcd');
    await machine.run(['--wait'], { CLAUDE_CONFIG_DIR: given });
    expect(fs.existsSync(pointer)).toBe(false);
  });

  it('is two accounts where the spellings lead to two directories', async () => {
    const { endpoint, machine } = await aMachine();
    const other = join(machine.home, '.claude-work');
    fs.mkdirSync(other);
    fs.copyFileSync(machine.credentials, join(other, '.credentials.json'));
    fs.symlinkSync(other, join(machine.home, 'current'));
    await machine.run(['--wait']);
    for (const path of ['.claude-work', '.claude-work/', 'current']) {
      await machine.run(['--wait'], { CLAUDE_CONFIG_DIR: join(machine.home, path) });
    }
    expect(endpoint.requests).toHaveLength(2);
  });
});

describe('a relative directory', () => {
  it('is relative to the directory in which the program was started, also for the worker', async () => {
    const { endpoint, machine } = await aMachine();
    const project = join(machine.home, 'project');
    fs.mkdirSync(join(project, 'acct'), { recursive: true });
    fs.renameSync(machine.credentials, join(project, 'acct', '.credentials.json'));
    const env = { CLAUDE_CONFIG_DIR: 'acct' };
    expect((await runIn(machine, project, env)).stdout).toBe('…\n');
    await until(async () => (await runIn(machine, project, env)).stdout === LINE, 10_000, 'the line');
    expect((await machine.run([], { CLAUDE_CONFIG_DIR: join(project, 'acct') })).stdout).toBe(LINE);
    expect(endpoint.requests).toHaveLength(1);
    expect((await runIn(machine, machine.home, env, '--wait')).stdout).toBe('sign in\n');
  });
});

const [ADA, GRACE] = ['aaaaaaaa-0000-4000-8000-000000000001', 'bbbbbbbb-0000-4000-8000-000000000002'];

/** A user's `.claude.json`, in the forms that exist. */
const forms: Record<string, (account: Record<string, string>) => string> = {
  small: (oauthAccount) => JSON.stringify({ numStartups: 3, oauthAccount }),
  'of 1.2 MB': (oauthAccount) =>
    JSON.stringify({ projects: { p: { history: ['x'.repeat(1.2e6)] } }, oauthAccount }),
  'of 30 MB, indented': (oauthAccount) =>
    JSON.stringify(
      {
        projects: Object.fromEntries(
          Array.from({ length: 3000 }, (_, at) => [`/p/${at}`, 'y"'.repeat(5000)]),
        ),
        oauthAccount,
      },
      null,
      2,
    ),
  'with others inside': (oauthAccount) =>
    JSON.stringify({
      projects: { p: { oauthAccount: { accountUuid: ADA } } },
      note: `"oauthAccount":{"accountUuid":"${ADA}"}`,
      oauthAccount,
      later: { oauthAccount: { accountUuid: ADA } },
    }),
};

async function switched(before: string | null, after: string | null) {
  const { endpoint, machine } = await aMachine();
  const file = join(machine.home, '.claude.json');
  const put = (text: string | null) =>
    text === null ? fs.rmSync(file, { force: true }) : fs.writeFileSync(file, text);
  put(before);
  expect((await machine.run(['--wait'])).stdout).toBe(LINE);
  endpoint.answer = json({}, 503);
  machine.login({ accessToken: `${TOKEN}-other`, extra: 1 });
  put(after);
  return machine;
}

describe('after a login with another account', () => {
  it.each(Object.keys(forms))('shows nothing of the previous account, with a file %s', async (name) => {
    const form = forms[name] as (account: Record<string, string>) => string;
    const machine = await switched(form({ accountUuid: ADA }), form({ accountUuid: GRACE }));
    expect((await machine.run()).stdout).not.toMatch(ANY_NUMBER);
    expect((await launch(machine, {})).stdout).not.toMatch(ANY_NUMBER);
    const object = JSON.parse((await machine.run(['--json', '--cached'])).stdout) as {
      state: string;
      windows: [];
    };
    expect(object).toMatchObject({ state: 'none', windows: [] });
  });

  it('shows nothing of another organisation of the same user', async () => {
    const of = (organizationUuid: string) => forms.small!({ accountUuid: ADA, organizationUuid });
    const machine = await switched(of('org-1'), of('org-2'));
    expect((await machine.run()).stdout).not.toMatch(ANY_NUMBER);
    expect(JSON.parse((await machine.run(['--json', '--cached'])).stdout)).toMatchObject({ state: 'none' });
  });

  it('still shows the numbers if only the token differs', async () => {
    const same = forms.small!({ accountUuid: ADA, organizationUuid: 'org-1' });
    const machine = await switched(same, `${same} `);
    expect((await machine.run()).stdout).toMatch(/^5h 22% /);
  });

  const whole = forms.small!({ accountUuid: ADA });
  it.each<[string, string | null, string | null]>([
    ['is cut off now', whole, whole.slice(0, -20)],
    ['is gone now', whole, null],
    ['names no account now', whole, '{}'],
    ['was cut off', whole.slice(0, -20), forms.small!({ accountUuid: GRACE })],
    ['was cut off and still is', whole.slice(0, -20), whole.slice(0, -21)],
  ])('shows the numbers only as last known where the file %s', async (_case, before, after) => {
    const machine = await switched(before, after);
    expect((await machine.run()).stdout).not.toMatch(ANY_NUMBER);
    expect((await launch(machine, {})).stdout).not.toMatch(ANY_NUMBER);
    const object = JSON.parse((await machine.run(['--json', '--cached'])).stdout) as { windows: object[] };
    expect(object).toMatchObject({ state: 'last_known' });
    expect(object.windows.length).toBeGreaterThanOrEqual(2);
    expect((await machine.run(['show', '--cached'])).stdout).toMatch(/last known/);
    expect((await machine.run(['explain'])).stdout).toContain(
      '.claude.json does not name the account of the numbers',
    );
  });

  it('reads a large file once, and not at each prompt', async () => {
    const form = forms['of 30 MB, indented'] as (account: Record<string, string>) => string;
    const machine = await switched(form({ accountUuid: ADA }), form({ accountUuid: GRACE }));
    await machine.run();
    const memo = join(machine.cache, 'identity.json');
    expect(JSON.parse(fs.readFileSync(memo, 'utf8'))).toMatchObject({ account_id: GRACE });
    const { mtimeMs, ino } = fs.statSync(memo);
    await machine.run();
    expect(fs.statSync(memo)).toMatchObject({ mtimeMs, ino });
  });
});

describe('changed credentials', () => {
  it('cause no request while the token is the same', async () => {
    const { endpoint, machine } = await aMachine();
    for (let touched = 0; touched < 8; touched += 1) {
      fs.utimesSync(machine.credentials, touched * 1000, touched * 1000);
      expect((await machine.run(['refresh'])).stdout).toBe(LINE);
    }
    expect(endpoint.requests).toHaveLength(1);
    fs.utimesSync(machine.credentials, 0, 0);
    const object = JSON.parse((await machine.run(['--json', '--wait'])).stdout) as { state: string };
    expect(object).toMatchObject({ state: 'fresh', error: null });
    expect(endpoint.requests).toHaveLength(1);
  });

  it('cause one request at once if the token is another one, and no further request for five minutes', async () => {
    const { endpoint, machine } = await aMachine();
    for (const token of ['a', 'b', 'c', 'd']) {
      machine.login({ accessToken: TOKEN + token });
      await machine.run(['refresh']);
    }
    expect(endpoint.requests.map(({ headers }) => headers.authorization)).toEqual(
      ['a', 'b'].map((token) => `Bearer ${TOKEN}${token}`),
    );
    const lock = fs.readFileSync(join(machine.cache, 'usage.lock'), 'utf8');
    expect(lock).toMatch(/"token":"[0-9a-f]{32}:[0-9a-f]{32}"/);
    expect(lock).not.toContain(TOKEN.slice(-8));
  });
});

describe('{account} and {org}', () => {
  const format = ['--format', '[{account}{sep}][{org}{sep}]{5h.used}'];
  const named = (displayName: unknown, organizationName: unknown) =>
    JSON.stringify({ oauthAccount: { accountUuid: ADA, displayName, organizationName } });

  it.each<[string, string | null, string]>([
    ['names', named('Ada', 'Analytical Engines'), 'Ada · Analytical Engines · 22%\n'],
    ['what a shell would run', named('$(id)`x`%F', '\u001b]0;x\u0007'), '(id)xF · 0x · 22%\n'],
    ['e-mail addresses', named('ada@example.com', "ada@example.com's Organization"), '22%\n'],
    ['nothing', '{}', '22%\n'],
    ['no file', null, '22%\n'],
  ])('show what Claude Code stores: %s', async (_case, text, shown) => {
    const { machine } = await aMachine();
    if (text !== null) fs.writeFileSync(join(machine.home, '.claude.json'), text);
    await machine.run(['refresh']);
    // With a prerendered line, and without.
    for (let call = 0; call < 2; call += 1) {
      expect((await machine.run(format)).stdout).toBe(shown);
    }
    expect((await machine.run(['show'])).stdout).not.toContain('@');
  });
});
