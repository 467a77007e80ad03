import { expect } from 'vitest';
import { renderJson } from '../../src/render/json.ts';
import { renderLine } from '../../src/render/line.ts';
import { renderShow } from '../../src/render/show.ts';
import type { Usage } from '../../src/usage/model.ts';
import { DAY, SECOND } from '../../src/usage/time.ts';
import { errorCodes, jsonSchema } from '../support/json-schema.ts';

/** All characters that a line may contain: printable ASCII and the characters that usageline draws with. */
const PRINTABLE = /^[\u0020-\u007E·…━╾─┻┹┸]*$/;
/** The only escape sequences that usageline writes. */
export const COLOURS = /\u001B\[(?:0|1|2|36|33|1;31|1;7;31)m/g;
const PERCENT = /(<?)(\d+(?:\.\d+)?(?:e\+\d+)?)%/g;
/** What use at the present speed leads to: computed from the input, so no number of it. */
const PROJECTION = /, about (?:<?\d+(?:\.\d+)?(?:e\+\d+)?)% used at the reset/g;
const WIDTHS = [1, 41, 57, 80, 173];

/**
 * Checks the promises for every result, whatever its input.
 *
 * @param numbers every number of the input; null where they are unknown
 */
export function expectPromises(usage: Usage, numbers: readonly number[] | null): void {
  const json = expectJson(usage);
  expectTimes(usage);
  const line = expectLine(usage);
  const shows = WIDTHS.map((columns) => expectShow(usage, columns));
  if (numbers === null) return;

  // With both amounts and no percentage, the percentage is computed.
  const { used, limit } = usage.extraUsage ?? { used: null, limit: null };
  const share = used !== null && limit !== null && limit > 0 ? [(100 * used) / limit] : [];
  for (const text of [line, ...shows]) expectDerivable(text, [...numbers, ...share]);
  const known = new Set([...numbers, ...share].map(cleaned));
  for (const { used_percent: used } of json.windows) if (used !== null) expect(known).toContain(used);
  const extra = json.extra_usage;
  if (extra === null) return;
  if (extra.used_percent !== null) expect(known).toContain(extra.used_percent);
  const amounts = new Set(
    numbers.flatMap((n) => [0, 1, 2, 3, 4, 5, 6, 7, 8].map((d) => cleaned(n / 10 ** d))),
  );
  for (const amount of [extra.used, extra.limit]) if (amount !== null) expect(amounts).toContain(amount);
}

/** The number as JSON shows it, without floating-point noise. */
function cleaned(value: number): number {
  return Number(value.toPrecision(12)) + 0;
}

function expectJson(usage: Usage) {
  const text = renderJson([usage]);
  // Every text in it is a constant or has been sanitized: no other character is possible.
  expect(text).toMatch(/^[\u0020-\u007E]*$/);
  const json = jsonSchema.parse(JSON.parse(text));
  if (json.error !== null) expect(errorCodes).toContain(json.error.code);
  const { state } = usage;
  expect(json.cached_at === null, 'data come with their time').toBe(state === 'none');
  expect(json.fresh_until === null, 'only what is fresh has an end').toBe(state !== 'fresh');
  if (state === 'none') expect(json.windows).toEqual([]);
  return json;
}

function expectTimes({ state, ageMs, cachedAt, generatedAt, windows, freshUntil, error }: Usage): void {
  if (state === 'fresh') {
    // Beside a fresh response there can be older numbers of a session; then the printed age is that of the older
    // ones.
    const alone = windows.every(({ source }) => source === 'endpoint');
    if (alone) expect(ageMs, 'fresh is never older than 180 s').toBeLessThan(180 * SECOND);
    expect(freshUntil).toBeGreaterThan(generatedAt);
  }
  if (state === 'fresh' || state === 'stale') expect(ageMs, 'numbers come with their age').not.toBeNull();
  if (state === 'stale') expect(ageMs).toBeLessThan(DAY);
  if (ageMs !== null) {
    expect(ageMs).toBeGreaterThanOrEqual(0);
    expect(ageMs).toBe(Math.max(0, generatedAt - cachedAt!));
  }
  for (const { elapsed, usedPercent, resetsAt, readAt } of windows) {
    const over = resetsAt !== null && resetsAt > readAt && resetsAt <= generatedAt;
    expect(elapsed, 'a window is over when its reset has passed since it was read').toBe(over);
    expect(usedPercent === null, 'a window that is over has no percentage').toBe(over);
  }
  if (error?.retryAt != null) expect(Number.isFinite(error.retryAt)).toBe(true);
}

function expectLine(usage: Usage): string {
  const line = renderLine(usage, { color: false });
  expect(line).toMatch(PRINTABLE);
  expect(line.trim()).not.toBe('');
  expect(renderLine(usage, { color: true }).replaceAll(COLOURS, '')).toBe(line);
  if (usage.state !== 'fresh' && usage.state !== 'stale')
    expect(line, 'no numbers to claim').not.toMatch(PERCENT);
  return line;
}

function expectShow(usage: Usage, columns: number): string {
  const text = renderShow([usage], { color: false, columns });
  for (const row of text.split('\n')) {
    expect(row).toMatch(PRINTABLE);
    expect(row.length).toBeLessThanOrEqual(Math.max(40, columns));
  }
  expect(renderShow([usage], { color: true, columns }).replaceAll(COLOURS, '')).toBe(text);
  return text;
}

/** Checks that each percentage is a number of the input, rounded, and never wrongly 0 or 100. */
function expectDerivable(text: string, numbers: readonly number[]): void {
  for (const [whole, less, digits] of text.replaceAll(PROJECTION, '').matchAll(PERCENT)) {
    const shown = Number(digits);
    const stands = (n: number) => {
      if (n < 0) return false;
      if (less === '<') return n > 0 && n < 1;
      if (shown === 0) return n === 0;
      if (shown === 100 && n < 100) return false;
      if (shown === 99 && n < 100 && n > 99) return true;
      // Percentages are kept to twelve digits.
      return Math.abs(n - shown) <= 0.5 + n * 1e-11 || Math.round(n) === shown;
    };
    expect(numbers.some(stands), `${whole} stands for a number of the input`).toBe(true);
  }
}
