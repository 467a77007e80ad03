import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryPath, writeLike, writeWithMode } from '../../src/init/write.ts';
import { fakeSystem } from '../support/system.ts';
import type { FakeSystem } from '../support/system.ts';
import { describeWith } from '../support/tools.ts';

/** Runs a tool, which must succeed. */
function tool(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(name, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${name}: ${stderr}`);
  return stdout;
}

/** A directory of tools; each is a script for `sh`, or a link to BusyBox. */
function aMachineWith(tools: Record<string, string>): FakeSystem {
  const isTool = (path: string) => /^(\/usr)?\/bin\//.test(path);
  const existsSync = (path: string) => !isTool(path) && fs.existsSync(path);
  const system = fakeSystem({
    fs: { ...fs, existsSync } as typeof fs,
    env: {},
  });
  const directory = join(system.root, 'bin');
  fs.mkdirSync(directory);
  for (const [name, script] of Object.entries(tools)) {
    if (/^\/\S+$/.test(script)) fs.symlinkSync(script, join(directory, name));
    else fs.writeFileSync(join(directory, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return { ...system, env: { PATH: directory } };
}

function aFile(system: FakeSystem, mode: number, text = 'mine\n'): string {
  const path = join(system.root, 'zshrc');
  fs.writeFileSync(path, text);
  fs.chmodSync(path, mode);
  return path;
}

describe('a file that is replaced', () => {
  it.each([0o600, 0o640, 0o644, 0o664, 0o755])('keeps its mode %o and gets new times', (mode) => {
    const system = fakeSystem();
    const path = aFile(system, mode);
    fs.utimesSync(path, 1, 1);
    expect(writeLike(system, path, 'new\n', path)).toBeNull();
    expect(fs.readFileSync(path, 'utf8')).toBe('new\n');
    expect(fs.statSync(path).mode & 0o7777).toBe(mode);
    expect(fs.statSync(path).mtimeMs).toBeGreaterThan(1000);
  });

  it('replaces the leftovers of a killed process', () => {
    const system = fakeSystem();
    const path = aFile(system, 0o600);
    for (const write of [
      () => writeLike(system, path, 'new\n', path),
      () => writeWithMode(system, path, 'new\n', 0o600),
    ]) {
      fs.writeFileSync(temporaryPath(path), 'x'.repeat(1000), { mode: 0o666 });
      expect(write()).toBeNull();
      expect(fs.readFileSync(path, 'utf8')).toBe('new\n');
      expect(fs.readdirSync(system.root)).toEqual(['zshrc']);
    }
  });

  it('is not written through a link at the temporary path', () => {
    const system = fakeSystem();
    const path = aFile(system, 0o600);
    const precious = join(system.root, 'precious');
    fs.writeFileSync(precious, 'precious');
    fs.symlinkSync(precious, temporaryPath(path));
    expect(writeLike(system, path, 'new\n', path)).toBeNull();
    expect(fs.readFileSync(precious, 'utf8')).toBe('precious');
    expect(fs.lstatSync(path).isSymbolicLink()).toBe(false);
  });

  it('stays as it is if the temporary path is a directory', () => {
    const system = fakeSystem();
    const path = aFile(system, 0o600);
    fs.mkdirSync(temporaryPath(path));
    expect(writeLike(system, path, 'new\n', path)).toMatch(/^(EISDIR|EPERM)$/);
    expect(fs.readFileSync(path, 'utf8')).toBe('mine\n');
  });
});

/** A `cp` that copies only the mode, and succeeds. */
const ONLY_MODE = '/bin/chmod --reference="$2" "$3"';

const CANNOT_BE_KEPT = 'its access control list, attributes or owner cannot be kept';

describeWith('setfacl', 'a file with an access control list', () => {
  const withList = (system: FakeSystem) => {
    const path = aFile(system, 0o600);
    tool('setfacl', '-m', 'u:65534:rw', path);
    return path;
  };
  const listOf = (path: string) => tool('getfacl', '-cn', '--absolute-names', path);

  it('keeps it, and so does a copy', () => {
    const system = fakeSystem();
    const path = withList(system);
    const before = listOf(path);
    expect(before).toContain('group::---');
    expect(writeLike(system, join(system.root, 'copy'), 'mine\n', path)).toBeNull();
    expect(writeLike(system, path, 'new\n', path)).toBeNull();
    expect(listOf(path)).toBe(before);
    expect(listOf(join(system.root, 'copy'))).toBe(before);
  });

  it('gets no permission from the default list of its directory', () => {
    const system = fakeSystem();
    const path = aFile(system, 0o660);
    tool('setfacl', '-d', '-m', 'u:65534:rwx', system.root);
    expect(writeLike(system, path, 'new\n', path)).toBeNull();
    expect(listOf(path)).not.toContain('65534');
  });

  it.each([
    ['copies none, and a tool shows them', { cp: ONLY_MODE, getfattr: '/usr/bin/getfattr' }],
    ['copies none, and `ls` shows it', { cp: ONLY_MODE, ls: '/bin/ls' }],
    ['fails, and a tool shows it', { cp: 'exit 1', getfattr: '/usr/bin/getfattr' }],
    ['fails, and `ls` shows it', { cp: 'exit 1', ls: '/bin/ls' }],
    ['fails, and nothing shows it', { cp: 'exit 1' }],
    ['is not there, as nothing else', {}],
  ])('stays as it is where cp %s', (_, tools) => {
    const system = aMachineWith(tools);
    const path = withList(system);
    const before = listOf(path);
    expect(writeLike(system, path, 'new\n', path)).toBe(CANNOT_BE_KEPT);
    expect([fs.readFileSync(path, 'utf8'), listOf(path)]).toEqual(['mine\n', before]);
    expect(fs.existsSync(temporaryPath(path))).toBe(false);
  });
});

describeWith('setfattr', 'a file with attributes', () => {
  it('keeps them', () => {
    const system = fakeSystem();
    const path = aFile(system, 0o644);
    tool('setfattr', '-n', 'user.comment', '-v', 'mine', path);
    expect(writeLike(system, path, 'new\n', path)).toBeNull();
    expect(tool('getfattr', '-d', '--absolute-names', path)).toContain('user.comment="mine"');
  });

  it.each([
    ['copies none', ONLY_MODE],
    ['fails', 'exit 1'],
  ])('stays as it is where cp %s', (_, cp) => {
    const system = aMachineWith({ cp, getfattr: '/usr/bin/getfattr' });
    const path = aFile(system, 0o644);
    tool('setfattr', '-n', 'user.comment', '-v', 'mine', path);
    expect(writeLike(system, path, 'new\n', path)).toBe(CANNOT_BE_KEPT);
    expect(fs.readFileSync(path, 'utf8')).toBe('mine\n');
  });
});

describeWith('busybox', 'where cp can copy neither', () => {
  const busybox = () => tool('sh', '-c', 'command -v busybox').trim();

  it.each([0o600, 0o644, 0o755, 0o604])('a file of mode %o is replaced: it can hide no list', (mode) => {
    const system = aMachineWith({ cp: busybox(), ls: busybox() });
    const path = aFile(system, mode);
    expect(writeLike(system, path, 'new\n', path)).toBeNull();
    expect(fs.statSync(path).mode & 0o7777).toBe(mode);
  });

  it.each([0o660, 0o640, 0o664, 0o750])('one of mode %o is refused: it may', (mode) => {
    const system = aMachineWith({ cp: busybox(), ls: busybox() });
    const path = aFile(system, mode);
    expect(writeLike(system, path, 'new\n', path)).toBe(CANNOT_BE_KEPT);
    expect(fs.readFileSync(path, 'utf8')).toBe('mine\n');
  });
});
