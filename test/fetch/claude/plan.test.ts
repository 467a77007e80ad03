import { expect, test } from 'vitest';
import { planOf } from '../../../src/fetch/claude/plan.ts';

test.each([
  ['default_claude_max_20x', 'max', 'max_20x'],
  ['default_claude_max_5x', null, 'max_5x'],
  ['default_claude_pro', 'max', 'pro'],
  ['default_claude_ai', 'pro', 'pro'],
  ['default_claude_ai', null, null],
  ['default_claude_', 'pro', 'pro'],
  ['default_raven', 'team', 'team'],
  ['default_raven', undefined, 'raven'],
  ['raven', null, 'raven'],
  ['default_', null, null],
  [undefined, 'enterprise', 'enterprise'],
  [null, null, null],
  [20, { a: 1 }, null],
  ['', '', null],
  ['default_claude_$(reboot)', null, '(reboot)'],
  [null, 'm\u001b[31max`', 'm31max'],
  [null, '$`"', null],
])('tier %j and subscription %j are %j', (tier, subscription, plan) => {
  expect(planOf(tier, subscription)).toBe(plan);
});
