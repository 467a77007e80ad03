import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hookText } from '../../src/prerender/hook-text.ts';
import { LAUNCHER_FORMATS } from '../../src/prerender/launcher-files.ts';
import { parseFile, textAt } from '../../src/prerender/format.ts';
import { variantFileName } from '../../src/prerender/variant.ts';
import { SEGMENT_FUNCTION } from '../../src/init/targets/p10k.ts';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import { widthOf } from '../../src/render/layout.ts';
import { renderOutput } from '../../src/render/outputs/index.ts';
import type { Usage } from '../../src/usage/model.ts';
import { failure, none, stale, usage, usageArbitrary, week, window } from '../render/usages.ts';

const options = { color: false, countdowns: true, appearance: DEFAULT_APPEARANCE };
const fishLines = (of: Usage, isNear = true) => hookText('fish', of, options, isNear).split('\n');

describe('a text for the hook of a shell', () => {
  it('is followed by what fits where the version before does not', () => {
    expect(fishLines(usage({ windows: [window(), week()] }))).toEqual([
      '5h 22% 4h37m · 7d 33% 4d3h',
      '< 26 5h 22% 4h37m · 7d 33%',
      '< 21 5h 22% 4h37m',
      '< 12 5h 22%',
    ]);
  });

  it('is followed by its short format alone where it is for later', () => {
    expect(fishLines(usage({ windows: [window(), week()] }), false)).toEqual([
      '5h 22% 4h37m · 7d 33% 4d3h',
      '< 26 5h 22% · 7d 33%',
    ]);
  });

  it('has no shorter version of a text that is short', () => {
    expect(fishLines(none({ pending: true }))).toEqual(['…']);
  });

  it('has for zsh the level of the line', () => {
    const levelOf = (of: Usage) => hookText('zsh', of, options, true).split('\n').at(-1);
    const levelAt = (usedPercent: number) =>
      levelOf(usage({ windows: [window({ usedPercent, windowSeconds: null })] }));
    expect([levelAt(22), levelAt(60), levelAt(82)]).toEqual(['= ok', '= warn', '= critical']);
    expect(levelOf(none({ error: failure('no_credentials') }))).toBe('= error');
    expect(levelOf(none({ pending: true }))).toBe('= ok');
  });

  it('has versions that are each narrower than the one before, and fit below its width', () => {
    fc.assert(
      fc.property(usageArbitrary, fc.boolean(), (of, isNear) => {
        const [full = '', ...shorter] = fishLines(of, isNear);
        expect(full).toBe(renderOutput('fish', of, options));
        let width = widthOf(full);
        for (const line of shorter) {
          const [, below, text = ''] = /^< (\d+) (.+)$/.exec(line) ?? [];
          expect(Number(below)).toBe(width);
          expect(widthOf(text)).toBeLessThan(width);
          width = widthOf(text);
        }
        expect(shorter.length).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('keeps the age of old numbers in every version', () => {
    const lines = fishLines(stale({ error: failure('timeout') }));
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines.filter((it) => !/^< \d+ .*…$/.test(it))) expect(line).toContain('12m ago');
  });

  it('is read by the program as the full text', () => {
    const block = hookText('zsh', usage({ windows: [window(), week()] }), options, true);
    const file = `usageline-ready 1 2000000500 1999999990 1\n2000000100 ${block}\n2000000200 next\n= ok\n# v\n`;
    expect(parseFile(file, 2_000_000_000_000, 'v')).toEqual({
      isDue: false,
      text: '5h 22%% 4h37m · 7d 33%% 4d3h',
    });
    expect(textAt(file, 2_000_000_150_000)).toBe('next');
  });
});

describe('a text in two places', () => {
  const file = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

  it('the launcher has the file names of the formats that it prints', () => {
    const launcher = file('bin/usageline-prompt');
    for (const format of LAUNCHER_FORMATS) {
      const name = variantFileName({ kind: 'tmux', color: 'natural', network: true, format });
      expect(launcher).toContain(
        `4--output--format${format}) kind=$2 form='${name.slice('tmux'.length)}' ;;`,
      );
    }
  });

  it('the hook of zsh and `init p10k` define the same segment', () => {
    const indented = SEGMENT_FUNCTION.replace(/^/gm, '    ');
    expect(file('shell/usageline.zsh')).toContain(indented);
  });
});
