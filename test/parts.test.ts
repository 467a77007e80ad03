import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { bytecodeFile, load, nameOf, sourceOf } from '../src/parts.ts';
import { removeAtTheEnd } from './support/remove.ts';

let directory: string;
const own = vi.fn((id: string) => `as any module: ${id}`);

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'usageline-parts-'));
  removeAtTheEnd(directory);
  own.mockClear();
});

const path = (name: string) => join(directory, name);
const write = (name: string, source: string) => fs.writeFileSync(path(name), source);

/** Made by another process, as the build does: V8 does not look at the bytecode of what it has compiled itself. */
const MAKE = `const [name, source, file] = process.argv.slice(1);
  const script = new (require('node:vm').Script)(source, { filename: name });
  require('node:fs').writeFileSync(file, script.createCachedData());`;

/** A part with its bytecode. */
function part(name: string, source: string): void {
  write(name, source);
  const file = path(name);
  const env = { NODE_OPTIONS: process.env.NODE_OPTIONS ?? '' };
  execFileSync(process.execPath, ['-e', MAKE, nameOf(file), sourceOf(file), bytecodeFile(file)], { env });
}

describe('a part with bytecode', () => {
  it('is run once, and not by the `require` of who asks', () => {
    part('a.cjs', 'globalThis.runs = (globalThis.runs ?? 0) + 1; exports.runs = globalThis.runs;');
    expect([load('./a.cjs', own, directory), load('./a.cjs', own, directory)]).toEqual([
      { runs: 1 },
      { runs: 1 },
    ]);
    expect(own).not.toHaveBeenCalled();
  });

  it('may put something else in the place of its exports, and knows where it is', () => {
    part('b.cjs', 'module.exports = [__dirname, __filename];');
    expect(load('./b.cjs', own, directory)).toEqual([directory, path('b.cjs')]);
  });

  it('gets its own parts in the same way, and Node’s modules from Node', () => {
    part('c.cjs', 'exports.all = [require("./d.cjs").d, require("node:path"), require("./e.cjs")];');
    part('d.cjs', 'exports.d = 1;');
    expect(load('./c.cjs', own, directory)).toEqual({
      all: [1, 'as any module: node:path', 'as any module: ./e.cjs'],
    });
  });
});

describe('a part is loaded as any module is', () => {
  it.each<[string, () => void]>([
    ['without bytecode', () => {}],
    ['with that of another text', () => fs.appendFileSync(path('f.cjs'), ' ')],
    ['with what is none', () => fs.writeFileSync(bytecodeFile(path('f.cjs')), 'x'.repeat(500))],
    ['with the beginning of some', () => fs.truncateSync(bytecodeFile(path('f.cjs')), 40)],
    ['with an empty file', () => fs.truncateSync(bytecodeFile(path('f.cjs')))],
    [
      'with that of another Node',
      () => fs.renameSync(bytecodeFile(path('f.cjs')), path('f.v1.2.3-x-y.bytecode')),
    ],
  ])('%s', (what, spoil) => {
    // To each its own: what was compiled here once needs no bytecode any more.
    const source = `exports.f = ${JSON.stringify(what)};`;
    if (what === 'without bytecode') write('f.cjs', source);
    else part('f.cjs', source);
    spoil();
    expect(load('./f.cjs', own, directory)).toBe('as any module: ./f.cjs');
  });
});
