import { expect, it } from 'vitest';
import { isModelOf, modelKey } from '../../src/usage/model-name.ts';

it.each([
  ['Opus 4.5', 'Opus', true],
  ['Opus 4.5', 'Opus 4.5', true],
  ['Opus 4.5', 'claude-opus-4-5-20251101', true],
  ['Claude Opus 5', 'claude-opus-5', true],
  ['Opus 5', 'claude-opus-5', true],
  ['Opus 5', 'claude-opus-4-5', false],
  ['Fable 5', 'Opus', false],
  ['Opus 5', 'Claude', false],
  ['Opus 5', '漢', false],
])('the session model %j is that of the limit on %j: %s', (session, limit, is) => {
  expect(isModelOf(modelKey(session), modelKey(limit), 'claude')).toBe(is);
});
