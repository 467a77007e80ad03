import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';

const require = createRequire(import.meta.url);
const standIn = (name: string) => require(`../../build/stand-ins/${name}.cjs`);

/** The number that `write-file-atomic` makes of its path, the process and a counter. */
function numberOf(...texts: string[]): number {
  const hash = standIn('crypto').createHash('sha1');
  for (const text of texts) hash.update(text);
  return hash.digest().readUInt32BE(0);
}

describe('the replacements of Node’s modules in packages', () => {
  test('a failed assertion has a fixed message', () => {
    const assert = standIn('assert');
    expect(() => assert(1)).not.toThrow();
    expect(() => assert(0)).toThrow(expect.objectContaining({ code: 'ERR_ASSERTION' }));
    expect(() => assert('', 'why')).toThrow('why');
  });

  test('the number of a temporary file is an integer, different for every process and file', () => {
    const numbers = new Set<number>();
    for (let pid = 1; pid <= 200; pid += 1) {
      for (let count = 1; count <= 20; count += 1)
        numbers.add(numberOf('/a/program.cjs', `${pid * 163}`, '0', `${count}`));
    }
    expect(numbers.size).toBe(4000);
    for (const number of numbers) expect(String(number)).toMatch(/^\d{1,10}$/);
  });

  test('undici’s diagnostics have no subscribers, and no header name is known', () => {
    expect(standIn('diagnostics').channels.anything.hasSubscribers).toBe(false);
    expect(standIn('header-names').tree.lookup(Buffer.from('accept'))).toBeNull();
  });

  test('there is one thread, which handles signals', () => {
    expect(standIn('worker-threads').threadId).toBe(0);
    expect(standIn('signal-exit')).toBe(require('signal-exit').onExit);
    expect(standIn('signal-exit')).toBeTypeOf('function');
  });
});
