import fs from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { asker, fakeProvider } from '../support/provider.ts';
import type { FakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';

let system: FakeSystem;
let provider: FakeProvider;
let ask: ReturnType<typeof asker>['ask'];
/** The result of a keychain query, and the number of queries. */
let keychain: { date: string | null; asked: number };

beforeEach(() => {
  system = fakeSystem({ platform: 'darwin' });
  provider = fakeProvider(system);
  keychain = { date: '20261120182312Z', asked: 0 };
  provider.keychainModified = async () => {
    keychain.asked += 1;
    return keychain.date;
  };
  ({ ask } = asker(system, provider));
});

const memo = () => join(system.root, 'Library', 'Caches', 'usageline', 'claude', 'keychain.json');

describe('on macOS the keychain', () => {
  it('is queried at most every 30 s', async () => {
    await ask();
    expect(keychain.asked).toBe(1);
    system.advance(29 * SECOND);
    await ask();
    expect(keychain.asked).toBe(1);
    system.advance(SECOND);
    await ask();
    expect(keychain.asked).toBe(2);
    expect(provider.sent).toHaveLength(1);
  });

  it('shows new credentials, which are used at once', async () => {
    await ask();
    keychain.date = '20261120182413Z';
    provider.token = 'token-2';
    system.advance(31 * SECOND);
    expect((await ask()).usage).toMatchObject({ state: 'fresh', source: 'endpoint' });
    expect(provider.sent).toHaveLength(2);
  });

  it('is queried by the worker, so that no prompt waits for it', async () => {
    await ask();
    system.advance(29 * SECOND);
    expect((await ask({ policy: 'background' })).startWorker).toBe(false);
    system.advance(SECOND);
    const { usage, startWorker: startBackground } = await ask({ policy: 'background' });
    expect(usage).toMatchObject({ state: 'fresh', source: 'cache', error: null });
    expect(startBackground).toBe(true);
    expect((await ask({ policy: 'background' })).startWorker).toBe(false);
    expect(keychain.asked).toBe(1);
  });

  it('leaves the fingerprint as it is when its query fails', async () => {
    await ask();
    keychain.date = null;
    system.advance(MINUTE);
    expect((await ask()).usage).toMatchObject({ state: 'fresh', source: 'cache' });
    expect(keychain.asked).toBe(2);
    system.advance(SECOND);
    await ask();
    expect(keychain.asked).toBe(2);
  });

  it('is queried again after the clock was set back, and when its stored result is broken', async () => {
    await ask();
    system.advance(-MINUTE);
    await ask();
    expect(keychain.asked).toBe(2);
    for (const garbage of ['', '[]', '{"checked_at":"now"}', 'null']) {
      fs.writeFileSync(memo(), garbage);
      await ask();
    }
    expect(keychain.asked).toBe(6);
  });

  it('is queried each time where there is no cache', async () => {
    ({ ask } = asker({ ...system, home: () => null }, provider));
    await ask();
    system.advance(2 * MINUTE);
    await ask();
    expect(keychain.asked).toBe(2);
    expect(fs.existsSync(memo())).toBe(false);
  });

  it('is queried each time where the directory cannot be made', async () => {
    fs.writeFileSync(join(system.root, 'Library'), 'a file');
    await ask();
    await ask();
    expect(keychain.asked).toBe(2);
  });
});

it('other platforms have no keychain to query', async () => {
  const linux = fakeSystem();
  provider = fakeProvider(linux);
  provider.keychainModified = async () => {
    throw new Error('there is none');
  };
  ({ ask } = asker(linux, provider));
  expect((await ask()).usage.state).toBe('fresh');
});
