import { describe, expect, it } from 'vitest';
import type { Edit } from '../../src/init/edits/edit.ts';
import { originalStatusline, withoutStatusline, withStatusline } from '../../src/init/edits/statusline.ts';
import { sh, shCommand } from '../../src/init/snippets/quote.ts';
import { pastedProgram } from '../../src/init/snippets/runner.ts';
import type { StatuslineStep } from '../../src/init/target.ts';
import { aLocation, aRuntime } from './runtime.ts';

const command = "/usr/bin/node '/opt/my node/usageline/dist/hot.cjs' statusline";
const step: StatuslineStep = { kind: 'statusline', path: '/home/ada/.claude/settings.json', command };

function after(edit: Edit): string | null {
  if (edit.kind !== 'change') throw new Error(`${edit.kind}: ${JSON.stringify(edit)}`);
  return edit.after;
}

/** The command that Claude Code would run. */
function commandIn(text: string | null): unknown {
  return JSON.parse(text ?? '{}').statusLine.command;
}

describe("Claude Code's settings", () => {
  it.each([
    ['no file', null],
    ['an empty object', '{}'],
    ['an empty object with a blank in it', '{ }\n'],
    ['an empty object of two lines', '{\n}\n'],
    ['one property', '{"a": 1}'],
    ['several', '{\n  "a": {"statusLine": {}},\n  "b": [{"c": "}"}, 1.5e-3, null]\n}\n'],
    ['lines as on Windows', '{\r\n\t"a": true\r\n}\r\n'],
    ['no lines', '{"a":"\\"}{,","b":-1}'],
  ])('get a status line in %s, and its removal restores them', (_, before) => {
    const text = after(withStatusline(before, step));
    expect(JSON.parse(text ?? '')).toEqual({
      ...JSON.parse(before ?? '{}'),
      statusLine: { type: 'command', command },
    });
    expect(withStatusline(text, step)).toEqual({ kind: 'none' });
    expect(after(withoutStatusline(text, originalStatusline(before)))).toBe(before);
  });

  it('separate the property like the one before it', () => {
    const text = after(withStatusline('{\n    "a": 1,\n    "b": 2\n}\n', step));
    expect(text).toMatch(/^\{\n {4}"a": 1,\n {4}"b": 2,\n {4}"statusLine": \{.*\}\n\}\n$/);
  });

  it.each([
    ['a word', '"my-line"', `${command} --after my-line`],
    ['an argument in quotes', '"my \'line\'"', String.raw`${command} --after 'my '\''line'\'''`],
    ['what JSON can write otherwise', String.raw`"\u007e\/b\u0020c"`, `${command} --after '~/b c'`],
  ])('keep an existing command behind --after: %s', (_, literal, expected) => {
    const before = `{"statusLine": {"padding": 0, "type":"command","command": ${literal}}, "b": 2}`;
    const text = after(withStatusline(before, step));
    expect(commandIn(text)).toBe(expected);
    expect(text).toContain('"padding": 0');
    expect(withStatusline(text, step)).toEqual({ kind: 'none' });
    expect(after(withoutStatusline(text, originalStatusline(before)))).toBe(before);
  });

  it('restore the existing command also without a record of it', () => {
    const before = '{"statusLine":{"type":"command","command":"my \'line\'"}}';
    expect(after(withoutStatusline(after(withStatusline(before, step)), null))).toBe(before);
  });

  it.each(['\nat secret', '{', '1', ''])('restore it if the record has %j instead', (noted) => {
    const text = '{"statusLine": {"type": "command", "command": "mine"}}';
    const edit = withoutStatusline(after(withStatusline(text, step)), { created: false, command: noted });
    expect(after(edit)).toBe(text);
  });

  it('keep later changes of other properties', () => {
    const text = after(withStatusline('{"a": 1}', step)) ?? '';
    const edited = text.replace('"a": 1', '"z": 0, "a": 2').replace(/\}$/, ', "b": 3}');
    expect(after(withoutStatusline(edited, null))).toBe('{"z": 0, "a": 2, "b": 3}');
    const first = `{${text.slice(text.indexOf('"statusLine"'), -1)}, "a": 1}`;
    expect(after(withoutStatusline(first, null))).toBe('{"a": 1}');
  });

  it('get the new path of a moved program', () => {
    const text = after(withStatusline('{"statusLine":{"type":"command","command":"mine"}}', step));
    const moved = after(withStatusline(text, { ...step, command: '/new/node /new/hot.cjs statusline' }));
    expect(commandIn(moved)).toBe('/new/node /new/hot.cjs statusline --after mine');
  });

  it.each([
    ['an option', `${command} --format minimal`, `${step.command} --format minimal`],
    [
      'one before the other command',
      `${command} --color never --after 'my line'`,
      `${command} --color never --after 'my line'`,
    ],
    ['one behind it', `${command} --after mine --output plain`, `${command} --output plain --after mine`],
    ['one that is written in another way', `${command} "--format" a\\ b`, `${command} --format 'a b'`],
    ['the other command behind a sign', `${command} --after='my line'`, `${command} --after 'my line'`],
  ])('keep %s that was added to the command, and lose it with the removal', (_, existing, expected) => {
    const text = JSON.stringify({ statusLine: { type: 'command', command: existing } });
    const edit = withStatusline(text, step);
    expect(commandIn(edit.kind === 'change' ? edit.after : text)).toBe(expected);
    const removed = after(withoutStatusline(text, null)) ?? '';
    expect(removed).not.toContain('hot.cjs');
    expect(JSON.parse(removed).statusLine?.command).toBe(/my line|mine/.exec(existing)?.[0]);
  });

  it.each([
    ["'/home/ada/.local/share/usageline/usageline-run' statusline"],
    ['/bin/sh -c \'exec "$0" "$@"\' /usr/bin/node /opt/usageline/dist/hot.cjs statusline'],
    ['/usr/bin/node /opt/usageline/dist/hot.cjs statusline'],
  ])('recognize the command of the program by its words: %s', (existing) => {
    const text = JSON.stringify({ statusLine: { type: 'command', command: existing } });
    expect(commandIn(after(withStatusline(text, step)))).toBe(command);
    expect(after(withoutStatusline(text, null))).toBe('{}');
  });

  it.each([
    [`${command} | tr a b`],
    [`NO_COLOR=1 ${command}`],
    [`${command} --format "$FORMAT"`],
    [`/home/ada/.local/share/usageline/usageline-run statusline; true`],
  ])('keep a command that runs the program within it, and refuse the removal: %s', (existing) => {
    const text = JSON.stringify({ statusLine: { type: 'command', command: existing } });
    expect(withStatusline(text, step)).toEqual({ kind: 'none' });
    expect(withoutStatusline(text, null)).toEqual({
      kind: 'refused',
      reason: 'its statusLine runs usageline within another command',
    });
  });

  it('recognize a pasted command by its words, for any path of the checkout', () => {
    const argv = pastedProgram(
      aRuntime({ program: aLocation('/usr/bin/node', '/src/ul/dist/hot.cjs') }),
      'statusline',
    );
    const text = JSON.stringify({ statusLine: { type: 'command', command: shCommand(argv) } });
    expect(commandIn(after(withStatusline(text, step)))).toBe(command);
    expect(after(withoutStatusline(text, null))).toBe('{}');
  });

  it.each([
    'node /opt/other/dist/hot.cjs statusline',
    '/opt/other/hot.cjs statusline --usageline',
    '/bin/sh -c \'exec "$0" "$@"\' node /opt/other/dist/hot.cjs statusline',
    'node /opt/other/dist/hot.cjs statusline | tr a b',
    'node /opt/my-usageline/other/hot.cjs statusline',
  ])('keep the command of another program that has a file of the same name: %s', (existing) => {
    const text = JSON.stringify({ statusLine: { type: 'command', command: existing } });
    const edited = after(withStatusline(text, step));
    expect(commandIn(edited)).toBe(`${command} --after ${sh(existing)}`);
    expect(after(withoutStatusline(edited, originalStatusline(text)))).toBe(text);
    expect(withoutStatusline(text, null)).toEqual({ kind: 'none' });
  });

  it('keep a command that the user wrote by hand', () => {
    const text = '{"statusLine": {"type": "command", "command": "usageline statusline"}}';
    expect(withStatusline(text, step)).toEqual({ kind: 'none' });
    expect(withoutStatusline(text, null)).toEqual({ kind: 'none' });
  });

  it.each([
    ['{"a": 1,}', /^it is not JSON/],
    ['{ // a comment\n}', /^it is not JSON/],
    ['', /^it is not JSON/],
    ['\uFEFF{}', /^it is not JSON/],
    ['[]', /^it is not a JSON object$/],
    ['null', /^it is not a JSON object$/],
    ['{"statusLine": "mine"}', /^its statusLine is not/],
    ['{"statusLine": {"type": "command"}}', /^its statusLine is not/],
    ['{"statusLine": {"type": "command", "command": " "}}', /^its statusLine is not/],
    ['{"statusLine": {"type": "other", "command": "mine"}}', /^its statusLine is not/],
  ])('are refused when they are %j', (text, reason) => {
    expect(withStatusline(text, step)).toEqual({
      kind: 'refused',
      reason: expect.stringMatching(reason),
    });
  });
});
