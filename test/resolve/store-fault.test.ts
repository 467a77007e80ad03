import fs from 'node:fs';
import { beforeEach, expect, it } from 'vitest';
import { readBackoff, serializeBackoff } from '../../src/cache/backoff.ts';
import { accountDirectory } from '../../src/cache/directory.ts';
import { ensureDirectory } from '../../src/cache/make-directory.ts';
import { acquireMutex } from '../../src/cache/mutex.ts';
import { storeFault } from '../../src/resolve/store-fault.ts';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { aLock, NOW } from '../support/build.ts';
import { fakeProvider } from '../support/provider.ts';
import { fakeSystem } from '../support/system.ts';

let system = fakeSystem();
const directory = () => accountDirectory(`${system.root}/.cache/usageline`, 'claude');
const lock = () => readBackoff(system, directory().backoff, system.now());
const note = () => storeFault({ system, provider: fakeProvider(system) });

beforeEach(() => {
  system = fakeSystem();
});

it('an exception leaves a backoff, which grows with each one', async () => {
  await note();
  expect(lock()).toMatchObject({
    error: 'internal_error',
    failures: 1,
    blockedUntil: NOW + MINUTE,
    requests: [],
  });
  expect(fs.existsSync(directory().mutex)).toBe(false);
  system.advance(61 * SECOND);
  await note();
  expect(lock()).toMatchObject({ failures: 2, blockedUntil: NOW + 61 * SECOND + 2 * MINUTE });
});

it('an exception keeps the requests, and a backoff in force', async () => {
  expect(ensureDirectory(system, directory())).toBeNull();
  const active = aLock({ requests: [NOW - MINUTE] });
  fs.writeFileSync(directory().backoff, serializeBackoff(active));
  await note();
  expect(lock()).toMatchObject({ error: 'rate_limited', blockedUntil: active.blockedUntil });
  system.setNow(active.blockedUntil + SECOND);
  await note();
  expect(lock()).toMatchObject({ error: 'internal_error', failures: 1, requests: active.requests });
});

it('an exception writes nothing while another process has the mutex', async () => {
  expect(ensureDirectory(system, directory())).toBeNull();
  system.setNow(Date.now());
  const mutex = await acquireMutex(system, directory());
  expect(mutex.kind).toBe('held');
  fs.utimesSync(directory().mutex, Date.now() / 1000, Date.now() / 1000);
  await note();
  expect(lock()).toBeNull();
  if (mutex.kind === 'held') await mutex.release();
});

it('an exception writes nothing where there is no cache', async () => {
  fs.writeFileSync(`${system.root}/.cache`, '');
  await note();
  expect(fs.readFileSync(`${system.root}/.cache`, 'utf8')).toBe('');
});
