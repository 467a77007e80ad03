import { execFileSync, fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { dropClaim, endClaim, readClaims, sweepClaims, takeClaim } from '../../src/cache/claims.ts';
import type { Claim } from '../../src/cache/claims.ts';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { fakeSystem } from '../support/system.ts';
import { careful, disk, failing, failure, modeOf, program } from './disk.ts';

const system = fakeSystem({ fs: careful });
const NOW = system.now();
const content = (over: Partial<Claim> = {}) => ({
  at: NOW,
  until: NOW + 2 * SECOND,
  credentials: 'fingerprint',
  ...over,
});
const claim = (number: number, over: Partial<Claim> = {}): Claim => ({ number, ...content(), ...over });

/** A directory with such files in it; a name alone is an empty file. */
function directoryWith(files: Record<string, unknown> = {}): string {
  const directory = fs.mkdtempSync(join(system.root, 'claims-'));
  for (const [name, file] of Object.entries(files)) {
    fs.writeFileSync(join(directory, name), typeof file === 'string' ? file : JSON.stringify(file));
  }
  return directory;
}

const namesIn = (directory: string) => fs.readdirSync(directory).sort();
const numbersOf = (directory: string) => readClaims(system, directory, 'attempt').map(({ number }) => number);
const newest = (directory: string) => readClaims(system, directory, 'attempt')[0];

describe('a claim', () => {
  it('is taken by one of two processes that have read the same claims', () => {
    const directory = directoryWith();
    const known = newest(directory);
    expect(takeClaim(system, directory, 'attempt', known, content())).toEqual({
      kind: 'claimed',
      claim: claim(1),
    });
    expect(takeClaim(system, directory, 'attempt', known, content())).toEqual({ kind: 'lost' });
    expect(namesIn(directory)).toEqual(['attempt.1']);
  });

  it('is read as it was taken', () => {
    const directory = directoryWith();
    takeClaim(system, directory, 'attempt', undefined, content());
    expect(readClaims(system, directory, 'attempt')).toEqual([claim(1)]);
  });

  it('without credentials is read without any', () => {
    const directory = directoryWith();
    takeClaim(system, directory, 'attempt', undefined, content({ credentials: null }));
    expect(newest(directory)).toEqual(claim(1, { credentials: null }));
  });

  // A thread cannot change the umask; only the runner of the mutations has tests in threads.
  it.runIf(isMainThread)('is readable by its user alone', () => {
    const directory = directoryWith();
    const umask = process.umask(0);
    takeClaim(system, directory, 'attempt', undefined, content());
    process.umask(umask);
    expect(modeOf(join(directory, 'attempt.1'))).toBe(0o600);
  });

  it.each([
    [1, 2],
    [9, 10],
    [10, 11],
    [99, 100],
  ])('after attempt.%i is attempt.%i', (before, after) => {
    const directory = directoryWith({ [`attempt.${before}`]: content(), 'attempt.1': content() });
    const taken = takeClaim(system, directory, 'attempt', newest(directory), content());
    expect(taken).toEqual({ kind: 'claimed', claim: claim(after) });
    expect(numbersOf(directory)[0]).toBe(after);
  });

  it('of one kind does not affect the other', () => {
    const directory = directoryWith({ 'background.7': content() });
    expect(takeClaim(system, directory, 'attempt', undefined, content()).kind).toBe('claimed');
    expect(namesIn(directory)).toEqual(['attempt.1', 'background.7']);
    expect(readClaims(system, directory, 'background').map(({ number }) => number)).toEqual([7]);
  });

  it('is lost when there is a newer one than was read', () => {
    const directory = directoryWith({ 'attempt.3': content(), 'attempt.4': content() });
    expect(takeClaim(system, directory, 'attempt', claim(3), content())).toEqual({ kind: 'lost' });
    expect(namesIn(directory)).toEqual(['attempt.3', 'attempt.4']);
  });

  it('is lost when another process creates the same number after the listing', () => {
    const directory = directoryWith();
    const openSync = (path: string, ...rest: [string, number]) => {
      fs.writeFileSync(path, 'other');
      return fs.openSync(path, ...rest);
    };
    const taken = takeClaim(
      { ...system, fs: disk({ openSync }) },
      directory,
      'attempt',
      undefined,
      content(),
    );
    expect(taken).toEqual({ kind: 'lost' });
    expect(fs.readFileSync(join(directory, 'attempt.1'), 'utf8')).toBe('other');
  });

  it('is lost when the second listing has a higher one, and is then removed', () => {
    const directory = directoryWith();
    const closeSync = (fd: number) => {
      fs.closeSync(fd);
      fs.writeFileSync(join(directory, 'attempt.2'), JSON.stringify(content({ at: NOW - 1 })));
    };
    const taken = takeClaim(
      { ...system, fs: disk({ closeSync }) },
      directory,
      'attempt',
      undefined,
      content(),
    );
    expect(taken).toEqual({ kind: 'lost' });
    // Left behind it would be taken for a request under way until its time is over.
    expect(namesIn(directory)).toEqual(['attempt.2']);
  });

  it('takes the next number where a link to nothing has one', () => {
    const directory = directoryWith();
    fs.symlinkSync(join(directory, 'elsewhere'), join(directory, 'attempt.1'));
    expect(takeClaim(system, directory, 'attempt', newest(directory), content()).kind).toBe('claimed');
    expect(namesIn(directory)).toEqual(['attempt.1', 'attempt.2']);
  });

  it.each(['ENOSPC', 'EDQUOT', 'EIO'])('is removed when it cannot be written: %s', (reason) => {
    const directory = directoryWith({ 'attempt.1': content() });
    const writeSync = (fd: number) => {
      fs.writeSync(fd, '{"a');
      throw failure(reason);
    };
    const full = { ...system, fs: disk({ writeFileSync: writeSync, writeSync }) };
    expect(takeClaim(full, directory, 'attempt', newest(directory), content())).toEqual({
      kind: 'failed',
      reason,
    });
    expect(namesIn(directory)).toEqual(['attempt.1']);
  });

  it('is removed when its file cannot be closed', () => {
    const directory = directoryWith();
    const closeSync = (fd: number) => {
      fs.closeSync(fd);
      throw failure('EDQUOT');
    };
    expect(
      takeClaim({ ...system, fs: disk({ closeSync }) }, directory, 'attempt', undefined, content()),
    ).toEqual({ kind: 'failed', reason: 'EDQUOT' });
    expect(namesIn(directory)).toEqual([]);
  });

  it.each(['EACCES', 'EROFS', 'ENOSPC', 'EMFILE'])('returns %s when it cannot be created', (reason) => {
    const locked = { ...system, fs: disk({ openSync: failing(reason) }) };
    expect(takeClaim(locked, directoryWith(), 'attempt', undefined, content())).toEqual({
      kind: 'failed',
      reason,
    });
  });

  it('leaves that of another process alone when it cannot be created', () => {
    const directory = directoryWith();
    const openSync = (path: string) => {
      fs.writeFileSync(path, 'other');
      throw failure('EMFILE');
    };
    takeClaim({ ...system, fs: disk({ openSync }) }, directory, 'attempt', undefined, content());
    expect(namesIn(directory)).toEqual(['attempt.1']);
  });

  it('is not lost for ever where the directory cannot be listed once', () => {
    const directory = directoryWith();
    const blind = { ...system, fs: disk({ readdirSync: failing('EACCES') }) };
    expect(takeClaim(blind, directory, 'attempt', undefined, content())).toEqual({
      kind: 'failed',
      reason: 'EACCES',
    });
    expect(namesIn(directory)).toEqual([]);
  });

  it('fails when the second listing fails', () => {
    const directory = directoryWith();
    let appearance = 0;
    const readdirSync = (path: string) => {
      appearance += 1;
      if (appearance === 2) throw failure('EMFILE');
      return fs.readdirSync(path);
    };
    const failed = takeClaim(
      { ...system, fs: disk({ readdirSync }) },
      directory,
      'attempt',
      undefined,
      content(),
    );
    expect(failed).toEqual({ kind: 'failed', reason: 'EMFILE' });
    expect(namesIn(directory)).toEqual([]);
  });

  it('fails where there is no directory', () => {
    const nowhere = join(system.root, 'none');
    expect(takeClaim(system, nowhere, 'attempt', undefined, content())).toEqual({
      kind: 'failed',
      reason: 'ENOENT',
    });
  });

  it('can be dropped', () => {
    const directory = directoryWith({ 'attempt.1': content(), 'attempt.2': content() });
    dropClaim(system, directory, 'attempt', claim(2));
    expect(namesIn(directory)).toEqual(['attempt.1']);
    expect(() => dropClaim(system, directory, 'attempt', claim(2))).not.toThrow();
  });

  it('is no longer running once it has ended', () => {
    const directory = directoryWith();
    takeClaim(system, directory, 'attempt', undefined, content({ until: NOW + 300 * SECOND }));
    endClaim(system, directory, 'attempt', newest(directory)!);
    expect(newest(directory)).toEqual(claim(1, { until: NOW }));
  });

  it('is ended without writing, whatever is in its place', () => {
    const directory = directoryWith({ 'attempt.1': content(), victim: 'other' });
    const text = fs.readFileSync(join(directory, 'attempt.1'), 'utf8');
    endClaim(system, directory, 'attempt', claim(1));
    expect(fs.readFileSync(join(directory, 'attempt.1'), 'utf8')).toBe(text);
    for (const take of [fs.symlinkSync, fs.linkSync]) {
      fs.unlinkSync(join(directory, 'attempt.1'));
      take(join(directory, 'victim'), join(directory, 'attempt.1'));
      endClaim(system, directory, 'attempt', claim(1));
      expect(fs.readFileSync(join(directory, 'victim'), 'utf8')).toBe('other');
    }
  });

  it.each([0, Date.UTC(1980, 0, 1), Date.UTC(1999, 11, 31)])('has ended when its mtime is %d', (mtime) => {
    const directory = directoryWith({ 'attempt.1': content() });
    fs.utimesSync(join(directory, 'attempt.1'), mtime / SECOND, mtime / SECOND);
    expect(newest(directory)).toEqual(claim(1, { until: NOW }));
  });

  it('is not brought back by ending it', () => {
    const directory = directoryWith();
    endClaim(system, directory, 'attempt', claim(1));
    expect(namesIn(directory)).toEqual([]);
  });

  it('ends at its time when ending it fails', () => {
    const directory = directoryWith({ 'attempt.1': content() });
    const full = { ...system, fs: disk({ lutimesSync: failing('EIO') }) };
    endClaim(full, directory, 'attempt', claim(1));
    expect(newest(directory)).toEqual(claim(1));
  });
});

describe('the claims of a directory', () => {
  it('are listed with the newest first, by number', () => {
    const directory = directoryWith({
      'attempt.9': '',
      'attempt.10': '',
      'attempt.100': '',
      'attempt.2': '',
    });
    expect(numbersOf(directory)).toEqual([100, 10, 9, 2]);
  });

  it.each([
    'attempt',
    'attempt.',
    'attempt.0',
    'attempt.01',
    'attempt.-1',
    'attempt.1.5',
    'attempt.1.tmp',
    'attempt.1e3',
    'attempt.0x10',
    'attempt. 1',
    'attempt.x',
    'attempts.1',
    'Attempt.1',
    '.attempt.1',
    'attempt.1000000000000',
    'attempt.999999999999',
    'attempt.9007199254740991',
    `attempt.${Math.floor(NOW / SECOND) + 1}`,
    'attempt.99999999999999999999999999',
    'background.1',
    'usage.json.1',
  ])('do not include %s', (name) => {
    const directory = directoryWith({ [name]: content() });
    expect(numbersOf(directory)).toEqual([]);
    expect(takeClaim(system, directory, 'attempt', undefined, content())).toMatchObject({
      kind: 'claimed',
      claim: { number: 1 },
    });
  });

  const SECONDS = Math.floor(NOW / SECOND);
  it.each([999_999_999, 1_000_000_000, SECONDS - 1, SECONDS])(
    'have a next one for every number that counts, at the latest a second later: %i',
    (number) => {
      const directory = directoryWith({ [`attempt.${number}`]: content({ at: NOW - MINUTE }) });
      const later = { ...system, now: () => NOW + SECOND };
      expect(numbersOf(directory)).toEqual([number]);
      expect(takeClaim(later, directory, 'attempt', newest(directory), content())).toMatchObject({
        kind: 'claimed',
        claim: { number: number + 1 },
      });
    },
  );

  it('go on after anything that has a number, and leave it there', () => {
    const directory = directoryWith({
      'attempt.7': content({ at: NOW - MINUTE }),
      'attempt.999999999999': content(),
    });
    fs.mkdirSync(join(directory, 'attempt.888888888888'));
    expect(takeClaim(system, directory, 'attempt', newest(directory), content())).toMatchObject({
      kind: 'claimed',
      claim: { number: 8 },
    });
    sweepClaims(system, directory, 'attempt', NOW);
    expect(namesIn(directory)).toEqual(['attempt.8', 'attempt.888888888888', 'attempt.999999999999']);
  });

  it('go as far where the clock shows 1970', () => {
    const early = { ...system, now: () => 5 * SECOND };
    expect(readClaims(early, directoryWith({ 'attempt.1000': content() }), 'attempt')).toHaveLength(1);
  });

  it('are none where the directory cannot be listed', () => {
    expect(readClaims(system, join(system.root, 'none'), 'attempt')).toEqual([]);
  });

  it.each<[string, string]>([
    ['is empty: its maker died before writing', ''],
    ['is cut off', '{"at":17951'],
    ['is not JSON', 'x'],
    ['is null', 'null'],
    ['is a list', '[1,2]'],
    ['has no keys', '{}'],
    ['has values of wrong types', '{"at":"1","until":null,"credentials":7}'],
    ['is beyond all numbers', '{"at":1e999,"until":1e999}'],
  ])('date from the mtime of a file that %s', (_case, text) => {
    const directory = directoryWith({ 'attempt.4': text });
    fs.utimesSync(join(directory, 'attempt.4'), NOW / SECOND, NOW / SECOND);
    expect(newest(directory)).toEqual({ number: 4, at: NOW, until: NOW, credentials: null });
  });

  it('keep the time at which they were taken when they have no end', () => {
    expect(newest(directoryWith({ 'attempt.1': { at: 5 } }))).toMatchObject({ at: 5, until: 5 });
  });

  it.each([
    ['the longest deadline', 300 * SECOND, 300 * SECOND],
    ['more', 300 * SECOND + 1, 300 * SECOND],
    ['a thousand years', 1000 * 365 * 24 * 60 * MINUTE, 300 * SECOND],
  ])('run for at most five minutes: %s', (_case, claimed, granted) => {
    const directory = directoryWith({ 'attempt.1': content({ until: NOW + claimed }) });
    expect(newest(directory)?.until).toBe(NOW + granted);
  });

  const numberAlone = { number: 1, at: 0, until: 0, credentials: null };

  it.each<[string, (path: string) => unknown]>([
    ['a directory', (path) => fs.mkdirSync(path)],
    ['a FIFO', (path) => execFileSync('mkfifo', [path])],
    ['a link', (path) => fs.symlinkSync('/etc/hostname', path)],
    ['not UTF-8', (path) => fs.writeFileSync(path, Uint8Array.of(0xff))],
  ])('have their number and nothing else when one is %s', (_case, arrange) => {
    const directory = directoryWith();
    arrange(join(directory, 'attempt.1'));
    expect(readClaims(system, directory, 'attempt')).toEqual([numberAlone]);
    expect(takeClaim(system, directory, 'attempt', newest(directory), content())).toMatchObject({
      kind: 'claimed',
      claim: { number: 2 },
    });
  });

  it('have their number when one may not be read, or is removed meanwhile', () => {
    const directory = directoryWith({ 'attempt.1': content() });
    for (const code of ['EACCES', 'ENOENT']) {
      const refused = { ...system, fs: disk({ readFileSync: failing(code) }) };
      expect(readClaims(refused, directory, 'attempt')).toEqual([numberAlone]);
    }
  });
});

describe('sweeping claims', () => {
  const old = content({ at: NOW - 2 * MINUTE });
  const sweep = (directory: string) => {
    sweepClaims(system, directory, 'attempt', NOW - MINUTE);
    return namesIn(directory);
  };

  it('removes old ones and keeps young ones', () => {
    const young = content({ at: NOW - MINUTE });
    const directory = directoryWith({
      'attempt.1': old,
      'attempt.2': young,
      'attempt.3': old,
      'attempt.4': content(),
    });
    expect(sweep(directory)).toEqual(['attempt.2', 'attempt.4']);
  });

  it('keeps the newest, however old it is, for the numbering', () => {
    expect(sweep(directoryWith({ 'attempt.8': old, 'attempt.9': old }))).toEqual(['attempt.9']);
  });

  it('leaves other files alone', () => {
    const others = { 'background.1': old, 'background.2': old, 'usage.json': '', 'attempt.x': '' };
    expect(sweep(directoryWith(others))).toEqual(Object.keys(others).sort());
  });

  it('goes on after one that cannot be removed', () => {
    const directory = directoryWith({ 'attempt.1': old, 'attempt.3': old });
    fs.mkdirSync(join(directory, 'attempt.2'));
    expect(sweep(directory)).toEqual(['attempt.2', 'attempt.3']);
  });

  it('does nothing in an empty directory', () => {
    expect(sweep(directoryWith())).toEqual([]);
  });
});

describe('twelve processes at the same time', () => {
  const children: ChildProcess[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill();
  });

  /**
   * In each round every process reads the claims, finds that the last one is old, and takes the next one. The time of a claim
   * whose process has not yet written it is that of its file. Under a moved clock (`npm run test:dates`) files keep
   * the real time, so it is moved as the clock is.
   */
  const CONTENDER = `
    import { readClaims, takeClaim } from './claims.ts';
    import { nodeSystem } from '../platform/system.ts';
    const [directory] = process.argv.slice(2);
    const { fs, ...rest } = nodeSystem();
    const apart = Date.now() - fs.statSync(process.argv[1]).mtimeMs;
    const moved = Math.abs(apart) < 3_600_000 ? 0 : apart;
    const lstatSync = (...asked) => {
      const stat = fs.lstatSync(...asked);
      if (stat) stat.mtimeMs += moved;
      return stat;
    };
    const system = { ...rest, fs: { ...fs, lstatSync } };
    process.on('message', ({ since, startAt }) => {
      while (Date.now() < startAt);
      const latest = readClaims(system, directory, 'attempt')[0];
      // The times of files come from a coarser clock.
      if (latest && latest.at >= since - 20) return process.send('young');
      const at = Date.now();
      process.send(takeClaim(system, directory, 'attempt', latest, { at, until: at, credentials: null }).kind);
    });
    process.send('ready');
  `;

  const answerOf = (child: ChildProcess) =>
    new Promise<string>((resolve) => {
      child.once('message', (message) => resolve(message as string));
    });

  it('take one claim in every round', async () => {
    const directory = directoryWith();
    const contender = await program(fs.mkdtempSync(join(system.root, 'program-')), CONTENDER);
    for (let count = 0; count < 12; count += 1) children.push(fork(contender, [directory]));
    await Promise.all(children.map(answerOf));
    let contested = 0;
    for (let round = 1; round <= 30; round += 1) {
      await pause(45);
      const since = Date.now();
      const answers = children.map(answerOf);
      for (const child of children) child.send({ since, startAt: since + 5 });
      const outcomes = await Promise.all(answers);
      expect(outcomes.filter((outcome) => outcome === 'claimed')).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === 'failed')).toEqual([]);
      expect(newest(directory)?.number).toBe(round);
      contested += outcomes.filter((outcome) => outcome === 'lost').length;
    }
    // Without one lost claim there was no race.
    expect(contested).toBeGreaterThan(0);
  });
});
