import { describe, expect, it } from 'vitest';
import { describeFault, onUncaught, withUncaught } from '../src/fault.ts';

const framed = (frame: string) =>
  Object.assign(new TypeError('secret'), { stack: `TypeError: secret\n    ${frame}\n    at x` });
const throwing = (error: unknown) => {
  throw error;
};

const errorOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return error;
  }
  return null;
};

describe('a fault in words', () => {
  it.each([
    ['at emitLookup (node:net:1466:9)', 'TypeError emitLookup node:net:1466:9'],
    ['at Object.statSync (/home/ada/a b/dist/usage.cjs:3:20)', 'TypeError Object.statSync usage.cjs:3:20'],
    ['at /home/ada/a (b)/dist/usage.cjs:3:20', 'TypeError at usage.cjs:3:20'],
    [
      'at Object.call (C:\\Program Files (x86)\\node\\dist\\usage.cjs:3:20)',
      'TypeError Object.call usage.cjs:3:20',
    ],
    [
      'at Cache.put [as set] (/home/ada (work)/dist/usage.cjs:3:20)',
      'TypeError Cache.put [as set] usage.cjs:3:20',
    ],
    ['at async C:\\Users\\Ada\\dist\\usage.cjs:3:20', 'TypeError at usage.cjs:3:20'],
  ])('of %s is %s', (frame, words) => {
    expect(
      describeFault(framed(frame)).replace(' at ', ' ').replace('TypeError usage', 'TypeError at usage'),
    ).toBe(words);
  });

  it('has none of its message', () => {
    expect(describeFault(new Error('secret'))).toMatch(/^Error at .*fault\.test\.ts:\d+:\d+$/);
    expect(describeFault(Object.assign(new Error('secret'), { stack: undefined }))).toBe('Error');
    const quoted = '\n  at secret (/secret)';
    for (const error of [new Error(quoted), errorOf(() => JSON.parse(quoted))]) {
      expect(describeFault(error)).not.toMatch(/secr/);
      expect(describeFault(error)).toMatch(/^\w*Error at /);
    }
    expect(describeFault('secret')).toBe('string');
    expect(describeFault(null)).toBe('object');
  });
});

describe('an exception that no caller can catch', () => {
  it('does not matter to work that comes to its end', async () => {
    const work = new Promise<string>((resolve) => {
      setTimeout(() => throwing(new Error('secret')), 1);
      setTimeout(resolve, 20, 'done');
    });
    expect(await withUncaught(work)).toBe('done');
  });

  it('is the end of work that does not', async () => {
    void Promise.reject(new RangeError('secret'));
    await expect(withUncaught(new Promise(() => {}))).rejects.toThrow(RangeError);
  });

  it('is heard until that is stopped', async () => {
    const before = process.listenerCount('unhandledRejection');
    const heard: unknown[] = [];
    const stop = onUncaught((error) => heard.push(error));
    const error = new Error('secret');
    void Promise.reject(error);
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard).toEqual([error]);
    stop();
    expect(process.listenerCount('unhandledRejection')).toBe(before);
  });
});
