import { describe, expect, it } from 'vitest';
import { useOfWeek } from '../../../../src/fetch/claude/transcripts/estimate.ts';
import { parsePrepared, serializePrepared } from '../../../../src/fetch/claude/transcripts/prepared.ts';
import type { Prepared } from '../../../../src/fetch/claude/transcripts/prepared.ts';

const NOW = Date.UTC(2026, 10, 20, 18, 25);
const ROOTS = ['/home/ada/.claude/projects'];
const messages = ['opus', '__proto__'].map((model, index) => ({
  key: index,
  firstAt: NOW - index,
  lastAt: NOW,
  model,
  counts: { input: 1, output: 2, cacheCreation: 3, cacheRead: 4 },
}));
const prepared: Prepared = { scannedAt: NOW, complete: true, use: useOfWeek(messages, null, NOW) };
const text = serializePrepared(prepared, ROOTS);

describe('a prepared estimate', () => {
  it.each<[string, Prepared]>([
    ['with use', prepared],
    ['without use', { ...prepared, use: { block: null, hours: [] } }],
    ['without transcripts', { ...prepared, use: null }],
    ['of an incomplete scan', { ...prepared, complete: false }],
  ])('is read as it was written: %s', (_case, written) => {
    expect(parsePrepared(serializePrepared(written, ROOTS), ROOTS)).toEqual(written);
  });

  it('is valid only for the directories that it was made from', () => {
    expect(parsePrepared(text, ['/elsewhere'])).toBeNull();
    expect(parsePrepared(text, [...ROOTS, '/elsewhere'])).toBeNull();
  });

  it.each<[string, string | ((file: any) => void)]>([
    ['it is empty', ''],
    ['it is cut off', text.slice(0, -5)],
    ['it is a list', '[]'],
    ['it is the first line of the version before', '{"schema_version":4,"id":1,"roots":[]}'],
    ['it is of another version', (file) => (file.schema_version = 6)],
    ['its time is missing', (file) => delete file.scanned_at],
    ['it is neither complete nor incomplete', (file) => delete file.complete],
    ['the use is missing', (file) => delete file.use],
    ['the block is a text', (file) => (file.use.block = '1')],
    ['the hours are missing', (file) => delete file.use.hours],
    ['the models are missing', (file) => delete file.use.models],
    ['an hour is null', (file) => (file.use.hours[0] = null)],
    ['an hour lacks a count', (file) => file.use.hours[0].pop()],
    ['a count is negative', (file) => (file.use.hours[0][2] = -1)],
    ['a count is a text', (file) => (file.use.hours[0][2] = '1')],
    ['a count is no whole number', (file) => (file.use.hours[0][2] = 1.5)],
    ['an hour names no model', (file) => (file.use.hours[0][1] = 7)],
  ])('is ignored when %s', (_case, change) => {
    let damaged = change;
    if (typeof damaged !== 'string') {
      const file: unknown = JSON.parse(text);
      damaged(file);
      damaged = JSON.stringify(file);
    }
    expect(parsePrepared(damaged, ROOTS)).toBeNull();
  });
});
