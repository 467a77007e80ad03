import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProviderDescriptor } from '../../../src/fetch/provider.ts';
import { inspect } from '../../../src/fetch/own/inspect.ts';
import { json } from '../../support/endpoint.ts';
import { fakeSystem } from '../../support/system.ts';
import { caseEndpoint } from '../stage.ts';
import { ownIn, providerIn } from './provider-in.ts';

const KEY = 'own-EXAMPLE-KEY';

const config = (lines: string, window = 'used_percent = "used"') =>
  `[[provider]]\nid = "myai"\nurl = "https://ai.example.com/usage"\n${lines}\n[[provider.window]]\nname = "7d"\n${window}\n`;

const machine = (env: Record<string, string> = {}) => ({
  ...fakeSystem(),
  env: { PATH: process.env.PATH ?? '', ...env },
});

async function ask(provider: ProviderDescriptor, body: object, system = machine()) {
  const endpoint = await caseEndpoint(json(body));
  const session = await (await provider.connect()).authenticate(system);
  if (!session.ok) return { endpoint, outcome: session };
  const options = { baseUrl: endpoint.url, timeoutMs: 20_000, userAgent: 'x' };
  return { endpoint, outcome: await session.value.send(options) };
}

/** A machine on which a script can write the id of a process to `$PID_FILE`. */
function machineWithPid() {
  const system = fakeSystem();
  const pidFile = join(system.root, 'pid');
  return { pidFile, system: machine({ PID_FILE: pidFile }) };
}

/** Whether a process runs. One that has ended and was not waited for does not. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\S+ \(.*\) Z/.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** A command that runs a script of `sh`, as the configuration has it. */
const command = (script: string) => `key_command = ["sh", "-c", ${JSON.stringify(script)}]`;

describe('a key that a command prints', () => {
  it('is sent without the white space around it', async () => {
    const { endpoint, outcome } = await ask(providerIn(config(command(`printf '  ${KEY}\\n\\n'`))), {
      used: 5,
    });
    expect(outcome.ok).toBe(true);
    expect(endpoint.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(JSON.stringify(outcome)).not.toContain(KEY);
  });

  it('is not read by a shell: its words are arguments', async () => {
    const words = 'key_command = ["printf", "%s", "a;b$HOME`x`"]';
    const { endpoint } = await ask(providerIn(config(words)), { used: 5 });
    expect(endpoint.seen[0]?.headers.authorization).toBe('Bearer a;b$HOME`x`');
  });

  it('can come from a program below the home directory', async () => {
    const system = fakeSystem();
    fs.writeFileSync(join(system.root, 'key'), `#!/bin/sh\necho ${KEY}\n`, { mode: 0o755 });
    const home = { ...machine(), home: () => system.root };
    const { endpoint } = await ask(providerIn(config('key_command = ["~/key"]')), { used: 5 }, home);
    expect(endpoint.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it.each<[what: string, script: string, code: string, detail: RegExp]>([
    ['fails', `echo ${KEY}; exit 3`, 'keychain_error', /exit code 3/],
    ['prints nothing', 'echo geheim >&2', 'no_credentials', /printed nothing/],
    ['prints several lines', `echo ${KEY}; echo geheim`, 'credentials_invalid', /key_command/],
    ['prints a megabyte and more', 'head -c 1100000 /dev/zero', 'keychain_error', /too much/],
  ])('is none where the command %s, and nothing is sent', async (_what, script, code, detail) => {
    const { endpoint, outcome } = await ask(providerIn(config(command(script))), { used: 5 });
    expect(outcome).toMatchObject({ ok: false, failure: { code, detail: expect.stringMatching(detail) } });
    expect(JSON.stringify(outcome)).not.toMatch(/EXAMPLE|geheim/);
    expect(endpoint.seen).toEqual([]);
  });

  it('is none where there is no such command', async () => {
    const { outcome } = await ask(providerIn(config('key_command = ["usageline-no-such-program"]')), {});
    expect(outcome).toMatchObject({ failure: { code: 'keychain_error', detail: /was not found/ } });
    expect(JSON.stringify(outcome)).not.toContain('no-such-program');
  });

  it('is given up after five seconds', { timeout: 20_000 }, async () => {
    const start = performance.now();
    const { outcome } = await ask(providerIn(config(command('exec sleep 60'))), {});
    expect(outcome).toMatchObject({ failure: { code: 'keychain_error', detail: /within 5 s/ } });
    expect(performance.now() - start).toBeLessThan(10_000);
  });

  it('is sent at once where the command leaves a process behind that holds its output open', async () => {
    const { pidFile, system } = machineWithPid();
    const script = `echo ${KEY}; sleep 60 & echo $! > "$PID_FILE"`;
    const start = performance.now();
    const { endpoint, outcome } = await ask(providerIn(config(command(script))), { used: 5 }, system);
    expect(outcome.ok).toBe(true);
    expect(endpoint.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(performance.now() - start).toBeLessThan(4000);
    // It may be wanted, so it still runs.
    const pid = Number(fs.readFileSync(pidFile, 'utf8'));
    expect(isRunning(pid)).toBe(true);
    process.kill(pid);
  });

  it('is given up with all processes of its command', { timeout: 20_000 }, async () => {
    const { pidFile, system } = machineWithPid();
    const script = 'sleep 60 & echo $! > "$PID_FILE"; wait';
    const { outcome } = await ask(providerIn(config(command(script))), {}, system);
    expect(outcome).toMatchObject({ failure: { code: 'keychain_error', detail: /within 5 s/ } });
    const pid = Number(fs.readFileSync(pidFile, 'utf8'));
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('is not asked for by what a prompt needs to know', () => {
    const system = fakeSystem();
    const runs = join(system.root, 'runs');
    const provider = providerIn(config(command(`echo x >> '${runs}'; echo ${KEY}`)));
    const print = provider.fingerprint(system, null);
    expect(provider.hasStoredLogin(system, print)).toBe(true);
    expect(provider.identity(system).kind).toBe('known');
    expect(fs.existsSync(runs)).toBe(false);
  });
});

it('a service without a key is sent none', async () => {
  const { endpoint, outcome } = await ask(providerIn(config('')), { used: 5 });
  expect(outcome.ok).toBe(true);
  expect(endpoint.seen[0]?.headers).not.toHaveProperty('authorization');
});

it('a key with the signs of a replacement is sent as it is', async () => {
  const provider = providerIn(config('key_variable = "K"\nheader = "X-Key: a{key}b"'));
  const { endpoint } = await ask(provider, { used: 5 }, machine({ K: "$&$'$1{key}" }));
  expect(endpoint.seen[0]?.headers['x-key']).toBe("a$&$'$1{key}b");
  expect(endpoint.seen[0]?.headers).not.toHaveProperty('authorization');
});

it('of a response only numbers and times at the paths are stored', async () => {
  const window = 'used = "used"\nlimit = "limit"\nreset = "reset"\nreset_unit = "iso"';
  const body = {
    used: 'a-secret',
    limit: '100',
    reset: '2026-11-27T00:00:00Z',
    token: 'b-secret',
    limits: [1],
  };
  const { outcome } = await ask(providerIn(config('', window)), body);
  if (!outcome.ok) throw new Error(outcome.failure.code);
  expect(outcome.value.data.values).toEqual({ used: null, limit: '100', reset: '2026-11-27T00:00:00Z' });
});

it('seconds from now count from the time of the request', async () => {
  const provider = providerIn(
    config('', 'left_fraction = "left"\nreset = "in"\nreset_unit = "seconds_from_now"'),
  );
  const system = machine();
  const { outcome } = await ask(provider, { left: 0.75, in: 3600 }, system);
  if (!outcome.ok) throw new Error(outcome.failure.code);
  const at = system.now() + 60_000;
  const [window] = provider.reader.windows(outcome.value.data, system.now(), at);
  expect(window).toMatchObject({ usedPercent: 25, resetsAt: system.now() + 3_600_000 });
});

it.each<[reset: unknown, unit: string, at: string | null]>([
  [1_795_730_400, 'seconds', '2026-11-26T22:00:00.000Z'],
  [1_795_730_400, 'milliseconds', null],
  [1_795_730_400_000, 'milliseconds', '2026-11-26T22:00:00.000Z'],
  [1_795_730_400_000, 'seconds', null],
  ['2026-11-30', 'date', '2026-11-30T00:00:00.000Z'],
  ['2026-11-30T10:00:00Z', 'date', null],
  ['2026-11-30T10:00:00Z', 'iso', '2026-11-30T10:00:00.000Z'],
  [1_795_730_400, 'iso', null],
])('a reset of %j in %s is %s: the unit that is configured counts, no other', async (reset, unit, at) => {
  const provider = providerIn(config('', `used_percent = "u"\nreset = "r"\nreset_unit = "${unit}"`));
  const { outcome } = await ask(provider, { u: 1, r: reset });
  if (!outcome.ok) throw new Error(outcome.failure.code);
  const [window] = provider.reader.windows(outcome.value.data, 0, 0);
  expect(window?.resetsAt ?? null).toBe(at === null ? null : Date.parse(at));
});

it.each<[window: string, body: object, amount: object]>([
  ['used = "u"\nlimit = "l"\nminor_units = 2', { u: 1234, l: 5000 }, { used: 12.34, limit: 50 }],
  ['left = "u"\nlimit = "l"\nminor_units = 2', { u: 4997, l: 5000 }, { used: 0.03, limit: 50 }],
  ['left = "u"\nlimit = "l"', { u: 0.1, l: 0.3 }, { used: 0.2, limit: 0.3 }],
  ['left = "u"\nlimit = "l"', { u: '19.99', l: '20' }, { used: 0.01, limit: 20 }],
  ['left = "u"\nlimit = 20', { u: -5 }, { used: 25, limit: 20 }],
])('amounts of money are exact: %j of %j', async (window, body, amount) => {
  const provider = providerIn(config('', `${window}\ncurrency = "USD"`));
  const { outcome } = await ask(provider, body);
  if (!outcome.ok) throw new Error(outcome.failure.code);
  expect(provider.reader.windows(outcome.value.data, 0, 0)[0]?.amount).toEqual({
    ...amount,
    currency: 'USD',
  });
});

describe('what decides whose numbers they are', () => {
  const base = config('key_variable = "K"');
  const system = machine({ K: KEY });
  const identityOf = (text: string, on = system) => providerIn(text).identity(on);
  const printOf = (text: string) => providerIn(text).fingerprint(system, null);

  it('is the URL and the key: with another one they are of another account', () => {
    const changes = [
      base.replace('/usage', '/other'),
      base.replace('key_variable = "K"', 'key_command = ["a"]'),
    ];
    for (const changed of changes) expect(identityOf(changed)).not.toEqual(identityOf(base));
    expect(identityOf(base, machine({ K: 'other' }))).not.toEqual(identityOf(base));
  });

  it('is not the rest of the description, which makes them old', () => {
    const changed = base.replace('"used"', '"used.percent"');
    expect(identityOf(changed)).toEqual(identityOf(base));
    expect(printOf(changed)).not.toBe(printOf(base));
  });

  it('is no text from which the key can be read', () => {
    expect(JSON.stringify([identityOf(base), printOf(base)])).not.toContain('EXAMPLE');
  });
});

it('what a path finds is printed without a text that may be a secret', () => {
  const own = ownIn(
    config(
      'plan = "account.name"',
      'used = "limits[type=week].usde"\nlimit = "limits[0].token"\nreset = "reset"\nreset_unit = "iso"',
    ),
  );
  const secret = 'sk-EXAMPLE-0123456789-0123456789-0123456789';
  const body = {
    limits: [{ type: 'week', used: 5, token: secret }],
    reset: secret,
    [secret]: { x: 1 },
    account: { mail: 'ada@example.com' },
  };
  const found = inspect(own, body, Date.UTC(2026, 10, 26));
  expect(JSON.stringify(found)).not.toMatch(/EXAMPLE|ada@|0123456789/);
  expect(
    found.flatMap(({ findings }) => findings.map(({ key, found: text, ok }) => [key, text, ok])),
  ).toEqual([
    ['used', 'not there: limits[type=week] has type, used, token; did you mean used?', false],
    ['limit', 'a text of 43 characters, which is no limit', false],
    ['reset', 'a text of 43 characters, which is no iso', false],
    ['plan', 'not there: account has mail', false],
  ]);
});

it.each([
  ['limits[type=session].x', 'not there: limits is no list, but an object with type, x'],
  ['limits[0].x', 'not there: limits is no list, but an object with type, x'],
  ['[0].x', 'not there: the response is no list, but an object with limits'],
  ['limits.y', 'not there: limits has type, x'],
])('a path into an object: %s', (path, found) => {
  const own = ownIn(config('', `used_percent = "${path}"`));
  const [window] = inspect(own, { limits: { type: 'session', x: 5 } }, 0);
  expect(window?.findings[0]?.found).toBe(found);
});
