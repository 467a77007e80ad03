import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isMissingProgram, runProgram } from '../../../src/fetch/kit/program.ts';
import { readDatabase } from '../../../src/fetch/kit/sqlite.ts';
import { fakeSystem } from '../../support/system.ts';
import { hasSqlite, imageOf } from '../stage.ts';

/** A machine with a database of another program, made by `sqlite3`'s library for Python where Node has none. */
const DATABASE = new URL('login.sqlite3', import.meta.url).pathname;
const SQL = 'SELECT value FROM ItemTable WHERE key = ?';

function aDatabase() {
  const system = fakeSystem();
  const path = join(system.root, 'state.vscdb');
  fs.copyFileSync(DATABASE, path);
  return { system, path };
}

describe('a database of another program', () => {
  it('that does not exist is absent, and a directory is no database', () => {
    const { system, path } = aDatabase();
    expect(readDatabase(system, `${path}.none`, SQL, 'x')).toEqual({ kind: 'absent' });
    expect(readDatabase(system, system.root, SQL, 'x')).toMatchObject({ kind: 'unreadable' });
  });

  if (hasSqlite) {
    it('has a text, a text in bytes, or nothing, in one row', () => {
      const { system, path } = aDatabase();
      const value = (key: string) => readDatabase(system, path, SQL, key);
      expect(value('text')).toEqual({ kind: 'value', text: 'tok-EXAMPLE' });
      expect(value('bytes')).toEqual({ kind: 'value', text: 'tok-EXAMPLE' });
      expect(value('number')).toEqual({ kind: 'absent' });
      expect(value('null')).toEqual({ kind: 'absent' });
      expect(value("' OR 1=1 --")).toEqual({ kind: 'absent' });
    });

    it('is not written, and gets no files beside it', () => {
      const { system, path } = aDatabase();
      const before = imageOf(system.root);
      readDatabase(system, path, SQL, 'text');
      expect(() => fs.accessSync(`${path}-journal`)).toThrow(/ENOENT/);
      expect(imageOf(system.root)).toEqual(before);
    });

    it('that is damaged, or has another shape, cannot be read', () => {
      const { system, path } = aDatabase();
      expect(readDatabase(system, path, 'SELECT value FROM Other WHERE key = ?', 'x')).toMatchObject({
        kind: 'unreadable',
        reason: `${path} cannot be read as a SQLite file`,
      });
      fs.writeFileSync(path, 'token=tok-EXAMPLE');
      const read = readDatabase(system, path, SQL, 'x');
      expect(read.kind).toBe('unreadable');
      expect(JSON.stringify(read)).not.toContain('tok-EXAMPLE');
    });
  } else {
    it('says which Node can read it', () => {
      const { system, path } = aDatabase();
      expect(readDatabase(system, path, SQL, 'text')).toEqual({
        kind: 'unreadable',
        reason: `${path} is a SQLite file, which Node ${process.versions.node} cannot read: it takes Node 22.16 or later`,
      });
    });
  }
});

describe('a program', () => {
  const { root } = fakeSystem();
  const bin = join(root, 'bin');
  fs.mkdirSync(bin);
  const system = fakeSystem({ env: { PATH: `${bin}:${process.env.PATH}`, FROM: 'outside', GONE: 'x' } });
  const install = (text: string) =>
    fs.writeFileSync(join(bin, 'tool'), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const run = (args: string[] = [], options: object = {}) =>
    runProgram(system, 'tool', args, { timeoutMs: 20_000, ...options });

  it('gets its arguments as they are, its environment, and an input', async () => {
    install(
      'printf "%s|" "$#" "$1" "$FROM" "${GONE-unset}" "$ADDED" "$(pwd)" "$(cat)"; echo noise >&2; exit 3',
    );
    const options = { env: { GONE: undefined, ADDED: 'y' }, input: 'in' };
    expect(await run(['a b $(x)'], options)).toEqual({
      ok: true,
      text: '1|a b $(x)|outside|unset|y|/|in|',
      exitCode: 3,
    });
    expect(await run(['z'])).toMatchObject({ text: '1|z|outside|x||/||' });
  });

  it('that is not installed, or cannot be run, is no login', async () => {
    const missing = await runProgram(system, 'no-such-tool', [], { timeoutMs: 5000 });
    expect(missing).toEqual({
      ok: false,
      why: 'missing',
      failure: { code: 'no_credentials', detail: 'no-such-tool was not found' },
    });
    fs.writeFileSync(join(bin, 'plain'), 'x', { mode: 0o644 });
    expect(await runProgram(system, 'plain', [], { timeoutMs: 5000 })).toMatchObject({
      why: 'not_started',
      failure: { code: 'no_credentials', detail: 'plain could not be started' },
    });
  });

  it('that is not there is not found, also where a directory of PATH may not be read', () => {
    const eacces = Object.assign(new Error('spawn'), { code: 'EACCES' });
    const path = `${root}/closed::${bin}`;
    expect(isMissingProgram(system, 'no-such-tool', path, eacces)).toBe(true);
    expect(isMissingProgram(system, 'plain', path, eacces)).toBe(false);
    expect(isMissingProgram(system, join(bin, 'no-such-tool'), path, eacces)).toBe(false);
    expect(isMissingProgram(system, 'no-such-tool', undefined, eacces)).toBe(true);
    expect(isMissingProgram(system, 'plain', path, new Error('other'))).toBe(false);
  });

  it('that the system refuses to start at once is a failure', async () => {
    const loop = join(root, 'loop');
    fs.symlinkSync('loop', loop);
    const run = await runProgram(system, join(loop, 'tool'), [], { timeoutMs: 5000 });
    expect(run).toMatchObject({ ok: false, failure: { code: 'no_credentials' } });
  });

  it('that does not end in time is asked to end', async () => {
    install(`echo $$ > ${root}/pid; exec sleep 60`);
    const start = performance.now();
    expect(await run([], { timeoutMs: 400 })).toEqual({
      ok: false,
      why: 'late',
      failure: { code: 'timeout' },
    });
    expect(performance.now() - start).toBeLessThan(5000);
    const pid = fs.readFileSync(`${root}/pid`, 'utf8').trim();
    for (let tries = 0; tries < 100 && isRunning(pid); tries += 1)
      await new Promise((r) => setTimeout(r, 20));
    expect(isRunning(pid)).toBe(false);
  });

  it('that writes without an end is stopped', async () => {
    install('exec yes');
    expect(await run()).toEqual({ ok: false, why: 'large', failure: { code: 'bad_response' } });
  });
});

function isRunning(pid: string): boolean {
  try {
    return !/^\s*Z/.test(execFileSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' }));
  } catch {
    return false;
  }
}
