import fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../src/usage/time.ts';
import { anEndpoint, json } from '../support/endpoint.ts';
import { filesBelow, Machine, until } from '../support/program.ts';

const NUMBERS = {
  five_hour: { utilization: 22, resets_at: null },
  seven_day: { utilization: 33, resets_at: null },
};
const RENEWS = 'Claude Code renews its token when it runs next.';
const ago = (ms: number) => Date.now() - ms;
const ahead = (ms: number) => Date.now() + ms;

/** A machine with numbers of so long ago (null: none), and a token that has lapsed since. */
async function lapsed(age: number | null, login: Record<string, unknown> = {}) {
  const endpoint = await anEndpoint(json(JSON.stringify(NUMBERS)));
  const machine = new Machine(endpoint.url);
  if (age !== null) {
    const { refreshTokenExpiresAt } = login;
    machine.login({ refreshTokenExpiresAt });
    await machine.run(['--wait']);
  }
  const before = endpoint.requests.length;
  machine.login({ expiresAt: ago(MINUTE), ...login });
  // The credentials are those that the numbers were asked with: only time has passed.
  if (age !== null) {
    keepStamp(machine);
    machine.ageBy(age + 1000);
  }
  return { machine, requests: () => endpoint.requests.length - before };
}

/** As if the login file had been what it is now when the numbers were asked for. */
function keepStamp(machine: Machine): void {
  const { mtimeMs, size, ino } = fs.statSync(machine.credentials);
  const path = join(machine.cache, 'usage.json');
  const entry = machine.read('usage.json');
  fs.writeFileSync(path, JSON.stringify({ ...entry, credentials: `${mtimeMs}:${size}:${ino} absent` }));
}

it.each<[string, number, string]>([
  ['20 minutes', 20 * MINUTE, '5h 22% · 7d 33% · 20m ago'],
  ['9 hours', 9 * HOUR, '5h 22% · 7d 33% · 9h ago · run claude'],
])('numbers of %s ago stay, no request is sent, and no line asks for a sign-in', async (_, age, line) => {
  const { machine, requests } = await lapsed(age);
  expect((await machine.run(['--wait'])).stdout).toBe(`${line}\n`);
  expect((await machine.run()).stdout).toBe(`${line}\n`);
  expect((await machine.run(['--output', 'tmux', '--color', 'never'])).stdout).toBe(`${line}\n`);

  const show = await machine.run(['show']);
  expect(show).toMatchObject({ stderr: '', code: 0 });
  expect(show.stdout).toContain(RENEWS);
  expect(show.stdout).not.toMatch(/sign in|expired/);

  const object = await machine.run(['--json']);
  expect(object.code).toBe(0);
  expect(JSON.parse(object.stdout)).toMatchObject({ state: 'stale', error: { code: 'token_lapsed' } });

  const check = await machine.run(['check']);
  expect(check.code).toBe(age < HOUR ? 0 : 3);
  expect(requests()).toBe(0);
  expect(machine.read('usage.lock').error).toBe('token_lapsed');
});

it('without numbers the line shows what helps, and programs get the exit code for waiting', async () => {
  const { machine, requests } = await lapsed(null);
  // A prompt never waits: it starts a worker, which reads the credentials.
  expect((await machine.run()).stdout).toBe('…\n');
  await until(() => fs.existsSync(join(machine.cache, 'usage.lock')));
  expect((await machine.run()).stdout).toBe('run claude\n');
  expect((await machine.run(['--json'])).code).toBe(4);
  expect(await machine.run(['show'])).toMatchObject({ code: 4, stdout: expect.stringContaining(RENEWS) });
  expect(requests()).toBe(0);
});

it('an estimate from transcripts is followed by what helps', async () => {
  const { machine } = await lapsed(null);
  const project = join(machine.home, '.claude', 'projects', '-home-ada-work');
  fs.mkdirSync(project, { recursive: true });
  const message = { id: 'a', model: 'claude-opus-4-5', usage: { input_tokens: 420_000, output_tokens: 9 } };
  const timestamp = new Date(ago(MINUTE)).toISOString();
  const record = JSON.stringify({ type: 'assistant', requestId: 'r', timestamp, message });
  fs.writeFileSync(join(project, 'session.jsonl'), `${record}\n`);
  expect((await machine.run(['--wait'])).stdout).toBe('~5h 420k · ~7d 420k · run claude\n');
});

it('refresh --quiet is silent, and refresh explains it without alarm', async () => {
  for (const age of [9 * HOUR, null]) {
    const { machine } = await lapsed(age);
    const quiet = await machine.run(['refresh', '--quiet']);
    expect(quiet).toMatchObject({ stdout: '', stderr: '', code: 0 });
    expect(await machine.run(['refresh', '--quiet'])).toMatchObject({ stdout: '', stderr: '', code: 0 });
    const loud = await machine.run(['refresh']);
    expect(loud.code).toBe(4);
    expect(loud.stdout).toMatch(/run claude\n$/);
    expect(loud.stderr).toContain(RENEWS);
    expect(loud.stderr).not.toMatch(/sign in|Next try/);
  }
});

it('an expired refresh token is a sign-in error, also with --quiet', async () => {
  const { machine } = await lapsed(20 * MINUTE, { refreshTokenExpiresAt: ago(MINUTE) });
  const quiet = await machine.run(['refresh', '--quiet']);
  expect(quiet.code).toBe(3);
  expect(quiet.stderr).toContain("Claude Code's login has expired");
  expect((await machine.run()).stdout).toBe('5h 22% · 7d 33% · 20m ago · sign in\n');
});

it('a renewed token is used at once, before the five minutes have passed', async () => {
  const { machine, requests } = await lapsed(9 * HOUR);
  await machine.run(['--wait']);
  machine.login({ expiresAt: ahead(8 * HOUR) });
  expect((await machine.run()).stdout).toBe('5h 22% · 7d 33% · 9h ago\n');
  await until(() => requests() === 1);
  await until(async () => (await machine.run()).stdout === '5h 22% · 7d 33%\n');
  expect(machine.read('usage.lock')).not.toHaveProperty('error');
});

it('a prerendered line shows run claude from the moment on at which the numbers are an hour old', async () => {
  const { machine } = await lapsed(58 * MINUTE);
  await machine.run(['--wait']);
  expect((await machine.run()).stdout).toBe('5h 22% · 7d 33% · 58m ago\n');
  const texts = filesBelow(machine.cache).map(({ bytes }) => Buffer.from(bytes, 'latin1').toString('utf8'));
  const prepared = texts.find((text) => text.includes('58m ago'));
  expect(prepared).toContain('5h 22% · 7d 33% · 59m ago');
  expect(prepared).toContain('5h 22% · 7d 33% · 1h ago · run claude');
  expect(prepared).not.toMatch(/5\dm ago · run claude/);
});

it('`show` asks a day ahead for the renewal of the login, and the line does not', async () => {
  const { machine } = await lapsed(20 * MINUTE, { refreshTokenExpiresAt: ahead(20 * HOUR) });
  const show = await machine.run(['show']);
  expect(show.stdout).toMatch(
    /\nThe login must be renewed by (\w{3} )?\d\d:\d\d, in 19h59m: run `\/login` in Claude Code\.\n$/,
  );
  expect(show.stdout).toContain(RENEWS);
  expect((await machine.run(['show', '--cached'])).stdout).toContain('The login must be renewed by');
  expect((await machine.run()).stdout).toBe('5h 22% · 7d 33% · 20m ago\n');
  machine.login({ refreshTokenExpiresAt: ahead(25 * 24 * HOUR) });
  expect((await machine.run(['show'])).stdout).not.toContain('The login must');
});
