import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withBlock, withoutBlock } from '../../src/init/edits/block.ts';
import type { Edit } from '../../src/init/edits/edit.ts';
import { scanJsonc } from '../../src/init/edits/jsonc.ts';
import { withOhMyPoshSegment, withoutOhMyPoshSegment } from '../../src/init/edits/oh-my-posh.ts';
import { withPolybarModule, withoutPolybarModule } from '../../src/init/edits/polybar.ts';
import { withWaybarModule, withoutWaybarModule } from '../../src/init/edits/waybar.ts';
import type { CommentStyle } from '../../src/init/target.ts';

const path = '/home/ada/file';
const waybar = (text: string, module: object = { exec: 'usageline' }) =>
  withWaybarModule(text, { kind: 'waybar', path, module });
const polybar = (text: string) =>
  withPolybarModule(text, { kind: 'polybar', path, body: '[module/usageline]\ntype = custom/script' });
const posh = (text: string) =>
  withOhMyPoshSegment(text, { kind: 'oh-my-posh', path, segment: { type: 'text' } });

/** The text after an edit; the text itself where nothing changes. */
function after(edit: Edit, text: string): string {
  if (edit.kind === 'refused') throw new Error(edit.reason);
  return edit.kind === 'change' ? (edit.after ?? '') : text;
}

describe('a module of waybar', () => {
  it.each([
    ['{"modules-right": ["clock"]}', '"custom/usageline", "clock"'],
    ['{"modules-right": []}', '["custom/usageline"]'],
    ['{"modules-right": [ // none\n]}', '["custom/usageline" // none'],
    ['{"modules-left": ["a"], "modules-right": ["b",],}', '["custom/usageline", "b",]'],
    ['{\n\t"modules-center": [\n\t\t"a",\n\t\t"b"\n\t]\n}\n', '"custom/usageline", "a"'],
    ['// mine\n[{"layer": "top"}, {"modules-right": ["a"]}]', '"custom/usageline", "a"'],
    ['{\r\n  "modules-right": ["a"], // "modules-right": ["b"]\r\n}', '"custom/usageline", "a"'],
    ['\uFEFF{"modules-right": ["a"]}', '"custom/usageline", "a"'],
  ])('stands in the first list of %j, and its removal restores every byte', (text, expected) => {
    const installed = after(waybar(text), text);
    expect(installed).toContain(expected);
    expect(typeof scanJsonc(installed)).toBe('object');
    expect(after(waybar(installed), installed)).toBe(installed);
    expect(after(withoutWaybarModule(installed), installed)).toBe(text);
  });

  it('keeps its place when the user has moved it, and is removed there', () => {
    const text = '{"modules-left": ["a"], "modules-right": ["b"]}';
    const moved = after(waybar(text), text)
      .replace('"custom/usageline", "b"', '"b"')
      .replace('["a"]', '["a", "custom/usageline"]');
    const again = after(waybar(moved, { exec: 'new' }), moved);
    expect(again).toContain('["a", "custom/usageline"]');
    expect(again).toContain('"new"');
    expect(after(withoutWaybarModule(again), again)).toBe(text);
  });

  it.each([
    ['{"a": }', 'it is not JSON with comments, in line 1'],
    ['{\n/* ', 'it is not JSON with comments, in line 2'],
    ['"text"', 'it has no bar'],
    ['{"layer": "top"}', 'none of its bars has a list of modules'],
    [
      '{"modules-right": ["custom/usageline"], "custom/usageline": {}}',
      'there is a "custom/usageline" already',
    ],
  ])('is refused in %j', (text, reason) => {
    expect(waybar(text)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });

  it('leaves a module alone that was pasted', () => {
    const text = '{"modules-right": ["custom/usageline"], "custom/usageline": {}}';
    expect(withoutWaybarModule(text)).toEqual({ kind: 'none' });
  });
});

describe('a module of polybar', () => {
  it.each([
    ['[bar/a]\nmodules-right = date\n', 'modules-right = usageline date\n'],
    ['[bar/a]\nmodules-right =\n', 'modules-right =usageline\n'],
    ['[bar/a]\n modules-left = a\n modules-center = b', ' modules-center = usageline b\n'],
    [
      '[settings]\nmodules-right = x\n[bar/a]\r\nmodules-right = a  b\r\n',
      'modules-right = usageline a  b\r\n',
    ],
    ['[bar/a]\nmodules-left = a\n[bar/b]\nmodules-right = b\n', 'modules-left = usageline a\n'],
  ])('stands in the first bar of %j, and its removal restores every byte', (text, expected) => {
    const installed = after(polybar(text), text);
    expect(installed).toContain(expected);
    expect(installed).toMatch(/; >>> usageline >>>\r?\n(.*\r?\n)*\[module\/usageline\]/);
    expect(after(polybar(installed), installed)).toBe(installed);
    expect(after(withoutPolybarModule(installed), installed)).toBe(text);
  });

  it.each(['usageline b', 'b usageline', 'b usageline c', 'usageline'])(
    'is removed from where the user has moved it: %s',
    (modules) => {
      const text = '[bar/a]\nmodules-right = date\n';
      const moved = after(polybar(text), text)
        .replace('usageline date', 'date')
        .replace('[bar/a]\n', `[bar/a]\nmodules-left = ${modules}\n`);
      expect(after(polybar(moved), moved)).toBe(moved);
      const left = after(withoutPolybarModule(moved), moved);
      expect(left.replace(/ +\n/, '\n')).toBe(
        `[bar/a]\nmodules-left = ${modules.replace(/usageline ?/, '').trim()}\nmodules-right = date\n`.replace(
          / +\n/,
          '\n',
        ),
      );
    },
  );

  it.each([
    ['[bar/a]\nwidth = 1\n', 'none of its bars has a list of modules'],
    ['[bar/a]\nmodules-right = a\n[module/usageline]\n', 'there is a [module/usageline] already'],
  ])('is refused in %j', (text, reason) => {
    expect(polybar(text)).toMatchObject({ kind: 'refused', reason: expect.stringContaining(reason) });
  });
});

describe('a segment of oh-my-posh', () => {
  it.each([
    ['{"blocks": [{"type": "prompt", "segments": [{"type": "path"}]}]}', '{"type": "path"}, {"alias"'],
    [
      '{"blocks": [{"segments": [{"a": 1}]}, {"alignment": "right", "segments": [\n  {"b": 2}\n]}]}',
      '{"alias":"usageline","type":"text"},\n  {"b": 2}',
    ],
    ['{"blocks": [{"type": "rprompt", "segments": []}]}', '[{"alias"'],
  ])('stands on the right of %j, and its removal restores every byte', (text, expected) => {
    const installed = after(posh(text), text);
    expect(installed).toContain(expected);
    expect(() => JSON.parse(installed)).not.toThrow();
    expect(after(posh(installed), installed)).toBe(installed);
    expect(after(withoutOhMyPoshSegment(installed), installed)).toBe(text);
  });
});

describe('a block', () => {
  const styles: CommentStyle[] = ['#', ';', ';;', '--', '//', '/*'];
  it('is removed from where it was put, whatever begins a comment and whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...styles),
        fc.array(fc.constantFrom('a', '', '[b]', '# c', '\r'), { maxLength: 6 }),
        fc.boolean(),
        (comment, lines, atFirst) => {
          const text = lines.join('\n');
          const at = atFirst ? () => 0 : undefined;
          const edit = withBlock(text, { kind: 'block', path, body: 'x\ny', comment, ...(at && { at }) });
          if (edit.kind === 'refused') return;
          const installed = after(edit, text);
          expect(installed).toContain(
            comment === '/*' ? '/* >>> usageline >>> */' : `${comment} >>> usageline >>>`,
          );
          expect(after(withoutBlock(installed), installed)).toBe(text);
        },
      ),
    );
  });
});

describe('JSON with comments', () => {
  it('is read as `JSON.parse` reads it, where that accepts it', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const value = scanJsonc(text);
        expect(typeof value).toBe('object');
      }),
    );
  });

  it('is refused where a bracket, a comma or a quote is missing, and where it is nested too deeply', () => {
    for (const text of [
      '',
      '{',
      '[1',
      '{"a" 1}',
      '{a: 1}',
      '[1 2]',
      '["a]',
      '{} {}',
      '// only',
      '['.repeat(5000),
    ])
      expect(typeof scanJsonc(text), text.slice(0, 9)).toBe('string');
  });
});
