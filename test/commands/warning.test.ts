import { expect, it } from 'vitest';
import { firstWarning } from '../../src/commands/resolving.ts';
import { defaultConfig } from '../../src/config/config.ts';

const PLACE = '/home/ada/config.toml:1';
const LIST = Array.from({ length: 20 }, (_, index) => `name${index}`).join(', ');

it.each([
  [
    [`"fromat" is no key; accepted: ${LIST}; did you mean "format"?`],
    '"fromat" is no key; did you mean "format"?',
    'More',
  ],
  [[`"nope" is no key; accepted: ${LIST}`], '"nope" is no key', 'More'],
  [
    ['timeout is 0; accepted: a number from 1 to 2', 'x'],
    'timeout is 0; accepted: a number from 1 to 2',
    '1 more',
  ],
  [[`palette is "x"; accepted: ${LIST}`], 'palette is "x", which is not accepted', 'More'],
  [['this is not UTF-8'], 'this is not UTF-8', 'More'],
])('the line shows the first of the mistakes in one sentence: %j', ([first, ...more], text, rest) => {
  const warnings = [`${PLACE}: ${first}`, ...more];
  expect(firstWarning({ ...defaultConfig({}), warnings })).toBe(
    `usageline: ${PLACE}: ${text} (${rest}: usageline config check)\n`,
  );
});

it('the line shows nothing without a mistake', () => {
  expect(firstWarning(defaultConfig({}))).toBe('');
});
