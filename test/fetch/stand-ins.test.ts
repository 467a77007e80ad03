import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const standIn = (name: string) => require(`../../build/stand-ins/${name}.cjs`);

describe('the replacements of modules in packages', () => {
  it('give proper-lockfile the signal-exit of write-file-atomic', () => {
    expect(standIn('signal-exit')).toBe(require('signal-exit').onExit);
    expect(standIn('signal-exit')).toBeTypeOf('function');
  });

  it('refuse HTTP/2, and have a class that no message is an instance of', () => {
    expect(standIn('http2')).toThrow('HTTP/2 is not part of usageline');
    expect(new (standIn('http').IncomingMessage)()).toBeInstanceOf(standIn('http').IncomingMessage);
  });
});
