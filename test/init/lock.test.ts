import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInstalled, writeInstalled } from '../../src/init/installed.ts';
import { takeLock } from '../../src/init/lock.ts';
import type { Lock } from '../../src/init/lock.ts';
import { closeAtTheEnd } from '../support/endpoint.ts';
import { fakeSystem } from '../support/system.ts';

function aHome(changes: Parameters<typeof fakeSystem>[0] = {}) {
  const system = fakeSystem({ now: () => Date.now(), ...changes });
  const recordPath = join(system.root, '.local/share/usageline/installed.json');
  const flag = (id: number, host = hostname()) =>
    join(dirname(recordPath), `.init.${id}.${host.replace(/[^\w.-]/g, '_')}`);
  return { system, recordPath, flag };
}

const taken = (lock: Lock | string) => {
  if (typeof lock === 'string') throw new Error(lock);
  return lock;
};

describe('the lock of what is installed', () => {
  it('leaves no file if nothing is installed', () => {
    const { system, recordPath } = aHome();
    const lock = taken(takeLock(system, recordPath));
    expect(readInstalled(system, recordPath).directories).toHaveLength(3);
    lock.release();
    expect(fs.readdirSync(system.root)).toEqual([]);
  });

  it('keeps the record of an installation, with the directories that it has created', () => {
    const { system, recordPath } = aHome();
    const lock = taken(takeLock(system, recordPath));
    const { directories } = readInstalled(system, recordPath);
    const file = { target: 'zsh', kind: 'block', path: '/a', users: null, created: false, command: null };
    writeInstalled(system, recordPath, { files: [file as never], directories });
    lock.release();
    expect(fs.readdirSync(dirname(recordPath))).toEqual(['installed.json']);
    expect(readInstalled(system, recordPath).directories).toEqual(directories);
  });

  it('keeps a record that it does not understand', () => {
    const { system, recordPath } = aHome();
    fs.mkdirSync(dirname(recordPath), { recursive: true });
    for (const text of ['{', '[]x', '{"files": [{"of": "a later version"}]}']) {
      fs.writeFileSync(recordPath, text);
      taken(takeLock(system, recordPath)).release();
      expect(fs.readFileSync(recordPath, 'utf8')).toBe(text);
    }
  });

  it('cannot be taken while another process holds it, and can when that process has ended', async () => {
    // The clock advances by a second at every call.
    let seconds = 0;
    const { system, recordPath, flag } = aHome({ monotonic: () => (seconds += 20) * 1000 });
    const other = spawn('sleep', ['1000']);
    closeAtTheEnd(() => void other.kill('SIGKILL'));
    fs.mkdirSync(dirname(recordPath), { recursive: true });
    const path = flag(other.pid as number);
    fs.writeFileSync(path, '');
    fs.utimesSync(path, Date.now() / 1000, Date.now() / 1000);
    expect(takeLock(system, recordPath)).toBe(`another usageline init is at work: ${path}`);
    other.kill('SIGKILL');
    await once(other, 'exit');
    const lock = taken(takeLock(system, recordPath));
    expect(fs.existsSync(path)).toBe(false);
    lock.release();
  });

  it('cannot be taken for ten minutes while a process of another machine holds it', () => {
    let seconds = 0;
    const { system, recordPath, flag } = aHome({ monotonic: () => (seconds += 20) * 1000 });
    // No process with this id exists here.
    const { pid } = spawnSync('true');
    const path = flag(pid, 'elsewhere');
    fs.mkdirSync(dirname(recordPath), { recursive: true });
    fs.writeFileSync(path, '');
    fs.utimesSync(path, Date.now() / 1000, Date.now() / 1000);
    expect(takeLock(system, recordPath)).toBe(`another usageline init is at work: ${path}`);
    const past = Date.now() / 1000 - 601;
    fs.utimesSync(path, past, past);
    taken(takeLock(system, recordPath)).release();
  });

  it('writes nothing through a link at the path of its flag', () => {
    const { system, recordPath, flag } = aHome();
    const precious = join(system.root, 'precious');
    fs.writeFileSync(precious, 'years of work');
    fs.mkdirSync(dirname(recordPath), { recursive: true });
    fs.symlinkSync(precious, flag(process.pid));
    taken(takeLock(system, recordPath)).release();
    expect(fs.readFileSync(precious, 'utf8')).toBe('years of work');
  });

  it('returns the reason if the directory cannot be created', () => {
    const { system, recordPath } = aHome();
    fs.writeFileSync(join(system.root, '.local'), '');
    expect(takeLock(system, recordPath)).toMatch(/usageline: it cannot be written: ENOTDIR$/);
  });
});
