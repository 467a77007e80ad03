import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderLine } from '../../../src/render/line.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import { isOutputKind, OUTPUT_KINDS } from '../../../src/render/outputs/kinds.ts';
import { sanitize } from '../../../src/usage/text.ts';
import type { Usage } from '../../../src/usage/model.ts';
import { corpus } from '../../property/support.ts';
import {
  ELAPSED,
  extra,
  fable,
  failure,
  none,
  stale,
  usage,
  usageArbitrary,
  week,
  window,
} from '../usages.ts';

/** Whose line is text for a terminal or a prompt; the others have files of their own. */
const KINDS = ['plain', 'ansi', 'zsh', 'bash', 'fish', 'tmux', 'starship'] as const;
type Kind = (typeof KINDS)[number];
const render = (kind: Kind, of: Usage, color = true) => renderOutput(kind, of, { color, countdowns: true });

/** Every style at once: ok, warn, critical, urgent, dim and notice. */
const colourful = stale({
  windows: [window({ windowSeconds: null }), week({ usedPercent: 60, windowSeconds: null }), fable()],
  extraUsage: extra(),
  error: failure('timeout'),
});
const WORDS =
  '5h 22% 4h37m · 7d 60% 4d3h · 7d Fable 82% 4d3h, empty in 15h · extra 7.63/20.00 EUR · 12m ago · no answer';

const ANSI =
  '5h \u001B[36m22%\u001B[0m 4h37m · 7d \u001B[33m60%\u001B[0m 4d3h · 7d Fable \u001B[1;7;31m82%\u001B[0m 4d3h, ' +
  '\u001B[1;31mempty in 15h\u001B[0m · ' +
  'extra 7.63/20.00 EUR · \u001B[2m12m ago\u001B[0m · \u001B[33mno answer\u001B[0m';

describe('the line for', () => {
  it.each<[Kind, string]>([
    ['plain', ANSI],
    ['ansi', ANSI],
    ['fish', ANSI],
    ['starship', ANSI],
    [
      'zsh',
      '5h %F{6}22%%%f 4h37m · 7d %F{3}60%%%f 4d3h · 7d Fable %B%{\u001B[7m%}%F{1}82%%%f%{\u001B[27m%}%b 4d3h, %B%F{1}empty in 15h%f%b · ' +
        'extra 7.63/20.00 EUR · %F{8}12m ago%f · %F{3}no answer%f',
    ],
    [
      'bash',
      '5h \u0001\u001B[36m\u000222%\u0001\u001B[0m\u0002 4h37m · 7d \u0001\u001B[33m\u000260%\u0001\u001B[0m\u0002 4d3h · ' +
        '7d Fable \u0001\u001B[1;7;31m\u000282%\u0001\u001B[0m\u0002 4d3h, \u0001\u001B[1;31m\u0002empty in 15h\u0001\u001B[0m\u0002 · extra 7.63/20.00 EUR · ' +
        '\u0001\u001B[2m\u000212m ago\u0001\u001B[0m\u0002 · \u0001\u001B[33m\u0002no answer\u0001\u001B[0m\u0002',
    ],
    [
      'tmux',
      '5h 22% 4h37m · 7d #[underscore]60%#[default] 4d3h · 7d Fable #[reverse]82%#[default] 4d3h, ' +
        '#[underscore]empty in 15h#[default] · extra 7.63/20.00 EUR · 12m ago · #[underscore]no answer#[default]',
    ],
  ])('%s has its colours', (kind, line) => {
    expect(render(kind, colourful)).toBe(line);
  });

  it.each(KINDS)('%s without colour is the text alone', (kind) => {
    const words = kind === 'zsh' ? WORDS.replaceAll('%', '%%') : WORDS;
    expect(render(kind, colourful, false)).toBe(words);
  });

  it.each(KINDS)('%s leaves out countdowns on request', (kind) => {
    const of = stale({
      windows: [window(), week(ELAPSED)],
      error: failure('rate_limited', { retryAt: 9e15 }),
    });
    const line = renderOutput(kind, of, { color: false, countdowns: false });
    expect(line.replaceAll('%%', '%')).toBe('5h 22% · 7d reset · 12m ago · rate limited');
  });

  it.each(['plain', 'ansi', 'fish', 'starship'] as const)('%s is that of the terminal', (kind) => {
    for (const color of [true, false]) {
      expect(render(kind, colourful, color)).toBe(renderLine(colourful, { color }));
    }
  });

  it.each(KINDS)('%s is never empty', (kind) => {
    for (const color of [true, false]) expect(words(kind, render(kind, none(), color))).toBe('no data');
  });
});

describe('the kinds', () => {
  it.each(['', 'Zsh', 'toString', '__proto__', 'constructor', 'zsh '])('do not include %j', (name) => {
    expect(isOutputKind(name)).toBe(false);
  });

  it.each(Object.keys(OUTPUT_KINDS))('include %s', (name) => {
    expect(isOutputKind(name)).toBe(true);
  });
});

/** A line as its host shows it: what is markup for the host taken away, by its own rules. */
function words(kind: Kind, line: string): string {
  if (kind === 'zsh') return line.replaceAll(/%F\{\d\}|%[fBb]|%\{\u001B\[2?7m%\}|%(%)/g, '$1');
  if (kind === 'tmux') return line.replaceAll(/#\[(?:underscore|reverse|default)\]|#(#)/g, '$1');
  if (kind === 'bash') return line.replaceAll(/\u0001\u001B\[[\d;]+m\u0002/g, '');
  return line.replaceAll(/\u001B\[[\d;]+m/g, '');
}

const hostile = fc
  .oneof(
    fc.constantFrom(...corpus('texts').map(({ text }) => text)),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc
      .array(
        fc.constantFrom('%', '#', '{', '[', '\\', '$', '(', '`', '\u0001', '\u001B', '\n', '!', 'F', '1'),
      )
      .map((all) => all.join('')),
  )
  .map((text) => fable({ label: `7d ${sanitize(text) || '?'}`, model: sanitize(text) || '?' }));
const anyUsage = fc.oneof(
  usageArbitrary,
  fc.array(hostile, { minLength: 1, maxLength: 4 }).map((windows) => usage({ windows })),
);

describe.each(KINDS)('whatever there is to show, the line for %s', (kind) => {
  const holds = (property: (line: string, color: boolean, of: Usage) => void) =>
    fc.assert(
      fc.property(anyUsage, fc.boolean(), (of, color) => property(render(kind, of, color), color, of)),
      { numRuns: 200 },
    );

  it('is one line with the text of the plain one', () => {
    holds((line, _color, of) => {
      expect(line).not.toMatch(/[\r\n\u0085\u2028\u2029]/);
      expect(words(kind, line)).toBe(render('plain', of, false));
    });
  });

  it('has no control characters but those of its markup', () => {
    holds((line, color) => {
      const controls = line.match(/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g) ?? [];
      const expected = !color || kind === 'tmux' ? '' : kind === 'bash' ? '\u0001\u0002\u001B' : '\u001B';
      for (const control of controls) expect(expected).toContain(control);
      if (kind === 'bash')
        expect(line.replaceAll(/\u0001[^\u0001\u0002]*\u0002/g, '')).not.toMatch(/[\u0001\u0002]/);
    });
  });

  it('closes every style that it opens', () => {
    holds((line) => {
      const styles = {
        zsh: [/%F\{/g, /%f/g, /%B/g, /%b/g],
        tmux: [/#\[(?!default)/g, /#\[default\]/g],
      }[kind as string] ?? [/\u001B\[(?!0m)/g, /\u001B\[0m/g];
      const plain = line.replaceAll('%%', '').replaceAll('##', '');
      const counts = styles.map((style) => plain.match(style)?.length ?? 0);
      for (let at = 0; at < counts.length; at += 2) expect(counts[at]).toBe(counts[at + 1]);
    });
  });

  it('has nothing that a shell expands', () => {
    holds((line) => {
      expect(line).not.toMatch(/[$`\\!]/);
    });
  });
});
