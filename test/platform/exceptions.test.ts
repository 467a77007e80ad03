import { describe, expect, it } from 'vitest';
import { describeFault, onUncaught, withUncaught } from '../../src/platform/exceptions.ts';

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

describe('the description of an exception', () => {
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
  ])('for %s is %s', (frame, words) => {
    expect(
      describeFault(framed(frame)).replace(' at ', ' ').replace('TypeError usage', 'TypeError at usage'),
    ).toBe(words);
  });

  it('does not contain the message', () => {
    expect(describeFault(new Error('secret'))).toMatch(/^Error at .*exceptions\.test\.ts:\d+:\d+$/);
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
  it('is ignored by work that ends', async () => {
    const work = new Promise<string>((resolve) => {
      setTimeout(() => throwing(new Error('secret')), 1);
      setTimeout(resolve, 20, 'done');
    });
    expect(await withUncaught(work)).toBe('done');
  });

  it('ends work that does not end by itself', async () => {
    void Promise.reject(new RangeError('secret'));
    await expect(withUncaught(new Promise(() => {}))).rejects.toThrow(RangeError);
  });

  it('is reported until the listener is removed', async () => {
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
