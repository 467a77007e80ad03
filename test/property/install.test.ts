import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withBlock, withoutBlock } from '../../src/init/edits/block.ts';
import type { Edit } from '../../src/init/edits/edit.ts';
import { originalStatusline, withoutStatusline, withStatusline } from '../../src/init/edits/statusline.ts';
import type { BlockStep, StatuslineStep } from '../../src/init/target.ts';
import { hostileText, PATIENCE, runs } from './support.ts';

const block: BlockStep = { kind: 'block', path: '/f', body: 'line of usageline' };
const statusline: StatuslineStep = {
  kind: 'statusline',
  path: '/f',
  command: '/n /usageline/dist/hot.cjs statusline',
};

const piece = fc.oneof(
  fc.constantFrom('\n', '\r\n', '\r', '\\', '\n\n', '# ', '\u2028', '\uFEFF', "'", '"'),
  fc.constantFrom('# >>> usageline >>> ', '# <<< usageline <<<x', '# (This file was empty.)\n'),
  hostileText,
);
/** Without lone surrogates, which a UTF-8 file cannot contain. */
const anyFile = fc.array(piece, { maxLength: 8 }).map((pieces) => Buffer.from(pieces.join('')).toString());
const appended = fc.constantFrom('', 'more', 'more\n', '\nmore\r\n');

/** JSON in the layouts of people and of programs. */
const blank = fc.constantFrom('', ' ', '\n', '\n  ', '\r\n\t', '\t');
const key = fc.oneof(fc.constantFrom('statusLine', 'a', 'env', '__proto__', '{"'), hostileText);
const anySettings = fc
  .tuple(fc.array(fc.tuple(key, fc.jsonValue(), blank, blank), { maxLength: 5 }), blank, blank)
  .map(([properties, open, close]) => {
    const text = properties
      .filter(([name]) => name !== 'statusLine')
      .map(([name, value, before, between]) => {
        return `${before}${JSON.stringify(name)}${between}:${between}${JSON.stringify(value, null, between)}`;
      });
    return `${open}{${text.join(',')}${close}}${open}`;
  });
const anyCommand = hostileText.filter((text) => text.trim() !== '' && !/usageline|hot\.cjs/.test(text));

function afterOf(edit: Edit): string | null {
  if (edit.kind !== 'change') throw new Error(JSON.stringify(edit));
  return edit.after;
}

function holds<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, property), { numRuns: runs(1500) });
}

describe('any file', () => {
  it(
    'is byte for byte the same after adding and removing the block, and adding it twice is adding it once',
    { timeout: PATIENCE },
    () => {
      holds(anyFile, (text) => {
        const first = withBlock(text, block);
        if (first.kind === 'refused') return;
        const there = afterOf(first);
        expect(withBlock(there, block)).toEqual({ kind: 'none' });
        expect(afterOf(withoutBlock(there))).toBe(text);
      });
    },
  );

  it('keeps what has been added before and after the block since', { timeout: PATIENCE }, () => {
    holds(fc.tuple(anyFile, appended), ([text, more]) => {
      const first = withBlock(text, block);
      if (first.kind === 'refused') return;
      const ended = text === '' || text.endsWith('\n') || more === '';
      // The block's own lines end with a line feed in every file.
      const newline = ended ? '' : '\n';
      const edited = `first\n${afterOf(first)}${more}`;
      expect(afterOf(withoutBlock(edited))).toBe(`first\n${text}${newline}${more}`);
    });
  });
});

describe('any settings', () => {
  it(
    'are byte for byte the same after adding and removing the command, and adding it twice is adding it once',
    { timeout: PATIENCE },
    () => {
      holds(anySettings, (text) => {
        const there = afterOf(withStatusline(text, statusline));
        const { statusLine, ...rest } = JSON.parse(there ?? '');
        expect(statusLine.command).toBe(statusline.command);
        expect(JSON.stringify(rest)).toBe(JSON.stringify(JSON.parse(text)));
        expect(withStatusline(there, statusline)).toEqual({ kind: 'none' });
        expect(afterOf(withoutStatusline(there, originalStatusline(text)))).toBe(text);
      });
    },
  );

  it('keep the command that was there', { timeout: PATIENCE }, () => {
    holds(fc.tuple(anyCommand, fc.boolean()), ([command, remembered]) => {
      const text = JSON.stringify({ a: 1, statusLine: { type: 'command', command }, b: 2 });
      const there = afterOf(withStatusline(text, statusline));
      const memory = remembered ? originalStatusline(text) : null;
      expect(afterOf(withoutStatusline(there, memory))).toBe(text);
    });
  });
});
