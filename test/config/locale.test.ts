import { expect, it } from 'vitest';
import { inTerminalCharset } from '../../src/config/locale.ts';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { fakeSystem } from '../support/system.ts';

const formatFor = (env: Record<string, string>, format = 'default') =>
  inTerminalCharset({ ...fakeSystem(), env }, { ...DEFAULT_APPEARANCE, format }).format;

it.each([
  [{}, 'default'],
  [{ LC_ALL: '', LANG: '' }, 'default'],
  [{ LANG: 'en_US.UTF-8' }, 'default'],
  [{ LANG: 'C.utf8' }, 'default'],
  [{ LC_ALL: 'C.UTF8' }, 'default'],
  [{ LANG: 'de_DE.utf-8@euro' }, 'default'],
  [{ LANG: 'de_DE' }, 'default'],
  [{ LC_ALL: 'C' }, 'ascii'],
  [{ LANG: 'POSIX' }, 'ascii'],
  [{ LC_CTYPE: 'C', LANG: 'en_US.UTF-8' }, 'ascii'],
  [{ LC_ALL: 'en_US.UTF-8', LC_CTYPE: 'C', LANG: 'C' }, 'default'],
  [{ LC_ALL: '', LC_CTYPE: 'en_US.UTF-8', LANG: 'C' }, 'default'],
  [{ LANG: 'de_DE.ISO-8859-1' }, 'ascii'],
  [{ LANG: 'de_DE.ISO-8859-15@euro' }, 'ascii'],
])('in the locale %j a terminal gets the glyphs of %s', (env, format) => {
  expect(formatFor(env)).toBe(format);
});

it('a format that is chosen stays in every locale', () => {
  expect(formatFor({ LC_ALL: 'C' }, 'bars')).toBe('bars');
});
