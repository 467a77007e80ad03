import { describe, expect, it, vi } from 'vitest';
import { levelOf, wantsColor } from '../../src/render/color.ts';
import type { ColorInputs } from '../../src/render/color.ts';

const ask = (over: Partial<ColorInputs>) =>
  wantsColor({
    flag: 'auto',
    env: {},
    configured: 'auto',
    kindDefault: null,
    isTerminal: () => true,
    ...over,
  });

describe('whether to write colour', () => {
  const pipe = { isTerminal: () => false };

  it.each<[string, Partial<ColorInputs>, boolean]>([
    ['a terminal', {}, true],
    ['a pipe', pipe, false],
    ['TERM=dumb', { env: { TERM: 'dumb' } }, false],
    ['an ordinary TERM', { env: { TERM: 'xterm' } }, true],
    ['CLICOLOR=0', { env: { CLICOLOR: '0' } }, false],
    ['CLICOLOR=1 on a terminal', { env: { CLICOLOR: '1' } }, true],
    ['CLICOLOR=1 on a pipe', { ...pipe, env: { CLICOLOR: '1' } }, false],
    ['a kind with colour on a pipe', { ...pipe, kindDefault: true }, true],
    [
      'a kind with colour over TERM=dumb and CLICOLOR=0',
      { kindDefault: true, env: { TERM: 'dumb', CLICOLOR: '0' } },
      true,
    ],
    ['a kind without colour on a terminal', { kindDefault: false }, false],
    ['a configuration with colour over a kind without', { configured: 'always', kindDefault: false }, true],
    ['a configuration with colour over TERM=dumb', { configured: 'always', env: { TERM: 'dumb' } }, true],
    ['a configuration without colour on a terminal', { configured: 'never' }, false],
    [
      'a configuration without colour over a kind with colour',
      { configured: 'never', kindDefault: true },
      false,
    ],
    ['NO_COLOR over a configuration with colour', { configured: 'always', env: { NO_COLOR: '1' } }, false],
    [
      'FORCE_COLOR over a configuration without colour',
      { configured: 'never', env: { FORCE_COLOR: '1' } },
      true,
    ],
    ['a flag over a configuration', { configured: 'never', flag: 'always' }, true],
    ['FORCE_COLOR=1 over a kind without colour', { kindDefault: false, env: { FORCE_COLOR: '1' } }, true],
    ['FORCE_COLOR=1 on a pipe', { ...pipe, env: { FORCE_COLOR: '1' } }, true],
    ['an empty FORCE_COLOR on a pipe', { ...pipe, env: { FORCE_COLOR: '' } }, true],
    ['FORCE_COLOR=3 over TERM=dumb', { env: { FORCE_COLOR: '3', TERM: 'dumb' } }, true],
    ['FORCE_COLOR=0 over a kind with colour', { kindDefault: true, env: { FORCE_COLOR: '0' } }, false],
    ['FORCE_COLOR=false', { env: { FORCE_COLOR: 'false' } }, false],
    ['FORCE_COLOR=0 over CLICOLOR_FORCE=1', { env: { FORCE_COLOR: '0', CLICOLOR_FORCE: '1' } }, false],
    ['CLICOLOR_FORCE=1 on a pipe', { ...pipe, env: { CLICOLOR_FORCE: '1' } }, true],
    ['CLICOLOR_FORCE=1 over CLICOLOR=0', { env: { CLICOLOR_FORCE: '1', CLICOLOR: '0' } }, true],
    ['CLICOLOR_FORCE=0 on a pipe', { ...pipe, env: { CLICOLOR_FORCE: '0' } }, false],
    ['an empty CLICOLOR_FORCE on a pipe', { ...pipe, env: { CLICOLOR_FORCE: '' } }, false],
    ['CLICOLOR_FORCE=0 on a terminal', { env: { CLICOLOR_FORCE: '0' } }, true],
    ['NO_COLOR over FORCE_COLOR', { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    ['NO_COLOR=0, which is not empty', { env: { NO_COLOR: '0' } }, false],
    ['NO_COLOR over a kind with colour', { kindDefault: true, env: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', { env: { NO_COLOR: '' } }, true],
    ['--color always over NO_COLOR', { flag: 'always', env: { NO_COLOR: '1' } }, true],
    ['--color never over FORCE_COLOR', { flag: 'never', env: { FORCE_COLOR: '1' } }, false],
  ])('%s', (_name, question, answer) => {
    expect(ask(question)).toBe(answer);
  });

  it('does not ask what the output is connected to when something else decides', () => {
    const isTerminal = vi.fn<() => boolean>();
    expect(ask({ isTerminal, kindDefault: true })).toBe(true);
    expect(ask({ isTerminal, env: { TERM: 'dumb' } })).toBe(false);
    expect(isTerminal).not.toHaveBeenCalled();
  });
});

describe('the level of a percentage', () => {
  it.each([
    [0, 'ok'],
    [49.999, 'ok'],
    [50, 'warn'],
    [79.99, 'warn'],
    [80, 'critical'],
    [140, 'critical'],
  ])('%d is %s', (percent, name) => {
    expect(levelOf(percent)).toBe(name);
  });
});
