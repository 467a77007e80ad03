import { describe, expect, it } from 'vitest';
import { withBlock, withoutBlock } from '../../src/init/edits/block.ts';
import type { Edit } from '../../src/init/edits/edit.ts';
import type { BlockStep } from '../../src/init/target.ts';

const step: BlockStep = { kind: 'block', path: '/home/ada/.zshrc', body: 'one\ntwo' };
const BLOCK = '# >>> usageline >>>\none\ntwo\n# <<< usageline <<<\n';

function after(edit: Edit): string | null {
  if (edit.kind !== 'change') throw new Error(`${edit.kind}: ${JSON.stringify(edit)}`);
  return edit.after;
}

describe('the block', () => {
  it.each([
    ['no file', null, BLOCK],
    ['a file', 'a\nb\n', `a\nb\n${BLOCK}`],
    ['a file of one empty line', '\n', `\n${BLOCK}`],
    [
      'a last line without a newline',
      'a',
      'a\n# >>> usageline >>>\n# (The line before this block had no newline at its end.)\none\ntwo\n# <<< usageline <<<\n',
    ],
    ['an empty file', '', '# >>> usageline >>>\n# (This file was empty.)\none\ntwo\n# <<< usageline <<<\n'],
    ['lines that end as on Windows', 'a\r\n', `a\r\n${BLOCK}`],
    [
      'a last line without a newline behind one that ends as on Windows',
      'a\r\nb',
      'a\r\nb\n# >>> usageline >>>\n# (The line before this block had no newline at its end.)\none\ntwo\n# <<< usageline <<<\n',
    ],
  ])('is added at the end of %s, and its removal restores the text', (_, before, expected) => {
    expect(after(withBlock(before, step))).toBe(expected);
    expect(withBlock(expected, step)).toEqual({ kind: 'none' });
    expect(after(withoutBlock(expected))).toBe(before);
  });

  it('keeps its position in the file when its lines change', () => {
    const changed = after(withBlock(`a\n${BLOCK}b\n`, { ...step, body: 'three' }));
    expect(changed).toBe('a\n# >>> usageline >>>\nthree\n# <<< usageline <<<\nb\n');
    expect(after(withoutBlock(changed))).toBe('a\nb\n');
  });

  it.each(['a\n', 'a', ''])(
    'gets its line feeds back where an editor has saved it as on Windows, in a file that was %j',
    (text) => {
      const saved = after(withBlock(text, step))?.replaceAll('\n', '\r\n') ?? '';
      const repaired = after(withBlock(saved, step)) ?? '';
      expect(repaired.slice(repaired.indexOf('#'))).not.toContain('\r');
      expect(after(withoutBlock(repaired))).toBe(text.replaceAll('\n', '\r\n'));
      expect(after(withoutBlock(saved))).toBe(text.replaceAll('\n', '\r\n'));
    },
  );

  it('leaves later lines behind it on lines of their own', () => {
    const added = after(withBlock('a', step));
    expect(after(withoutBlock(`${added}b`))).toBe('a\nb');
  });

  it('is not removed from a text without one', () => {
    expect(withoutBlock('a\n')).toEqual({ kind: 'none' });
    expect(withoutBlock(null)).toEqual({ kind: 'none' });
    expect(withoutBlock('echo "# >>> usageline >>>"\n # <<< usageline <<<\n')).toEqual({ kind: 'none' });
  });

  it.each([
    ['a beginning without an end', '# >>> usageline >>>\na\n', 'line 1'],
    ['an end without a beginning', 'a\n# <<< usageline <<<\n', 'line 2'],
    ['two blocks', BLOCK + BLOCK, 'line 1, 4, 5, 8'],
    ['an end before the beginning', '# <<< usageline <<<\n# >>> usageline >>>\n', 'line 1, 2'],
  ])('is refused in a text with wrong marks: %s', (_, text, lines) => {
    const reason = expect.stringMatching(new RegExp(`^its marks are not one .*: ${lines}$`));
    expect(withBlock(text, step)).toEqual({ kind: 'refused', reason });
    expect(withoutBlock(text)).toEqual({ kind: 'refused', reason });
  });

  it.each(['a \\', 'a \\\n', 'a \\\r\n'])(
    'is not added behind %j, which continues on the next line',
    (text) => {
      const reason = 'its last line ends with a backslash';
      expect(withBlock(text, step)).toEqual({ kind: 'refused', reason });
    },
  );

  it('checks objections against the other lines of the file only', () => {
    const objection = (rest: string) => (rest.includes('one') ? 'there is one' : null);
    expect(withBlock('one\n', { ...step, objection })).toEqual({ kind: 'refused', reason: 'there is one' });
    expect(withBlock(BLOCK, { ...step, objection })).toEqual({ kind: 'none' });
  });
});
