import { vi } from 'vitest';

/** Records the blocking waits of the code under test, ms each, instead of waiting. */
export function recordWaits(): number[] {
  const waits: number[] = [];
  vi.spyOn(Atomics, 'wait').mockImplementation(((
    _array: unknown,
    _at: number,
    _value: number,
    ms: number,
  ) => {
    waits.push(ms);
    return 'timed-out';
  }) as never);
  return waits;
}
