import type { System } from '../platform/system.ts';
import { DEFAULT_APPEARANCE } from '../render/appearance.ts';
import type { Appearance } from '../render/appearance.ts';

/**
 * Whether the locale has another charset than UTF-8, by the first of `LC_ALL`, `LC_CTYPE` and `LANG` that is set and not
 * empty. Many terminals set none of them and draw UTF-8.
 */
function isOtherCharset({ LC_ALL, LC_CTYPE, LANG }: System['env']): boolean {
  const locale = LC_ALL || LC_CTYPE || LANG;
  if (!locale) return false;
  const charset = /\.([^@]*)/.exec(locale)?.[1];
  // Without one it is that of the system: C and POSIX have ASCII, others are as a rule in UTF-8 today.
  return charset === undefined ? /^(?:C|POSIX)$/i.test(locale) : !/^utf-?8$/i.test(charset);
}

/** The appearance for text at a terminal: ASCII where the locale is not in UTF-8, unless a format is chosen. */
export function inTerminalCharset({ env }: System, appearance: Appearance): Appearance {
  const isChosen = appearance.format !== DEFAULT_APPEARANCE.format;
  return isChosen || !isOtherCharset(env) ? appearance : { ...appearance, format: 'ascii' };
}
