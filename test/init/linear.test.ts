import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { withBlock, withoutBlock } from '../../src/init/edits/block.ts';
import { originalStatusline, withoutStatusline, withStatusline } from '../../src/init/edits/statusline.ts';
import { withOhMyPoshSegment, withoutOhMyPoshSegment } from '../../src/init/edits/oh-my-posh.ts';
import { withPolybarModule, withoutPolybarModule } from '../../src/init/edits/polybar.ts';
import { withWaybarModule, withoutWaybarModule } from '../../src/init/edits/waybar.ts';
import { frameworkIn } from '../../src/init/prompt-framework.ts';
import { withoutOwnFile, withOwnFile } from '../../src/init/edits/own-file.ts';
import { wordsOf } from '../../src/init/snippets/words.ts';
import type { BlockStep, Install, StatuslineStep, OwnFileStep } from '../../src/init/target.ts';
import { absoluteDirectory } from '../../src/init/runtime.ts';
import { TARGETS } from '../../src/init/targets/index.ts';
import { PATIENCE } from '../support/patience.ts';
import { aRuntime } from './runtime.ts';

/** The longest file that is read. */
const SIZE = 2 ** 20;

/** Repeats a piece up to the size of the longest file that is read. */
function filled(piece: string): string {
  return piece.repeat(Math.floor(SIZE / piece.length));
}

/** The time limit, ms. A time that grows with the square of the size would be minutes. */
function withWatchdog<T>(act: () => T): T {
  return runInNewContext('act()', { act }, { timeout: PATIENCE });
}

const steps = Object.values(TARGETS).flatMap(({ name, install }) =>
  typeof install === 'string'
    ? []
    : (install as Install).steps(aRuntime(), null).map((step) => ({ ...step, name: `${name} ${step.kind}` })),
);
const blocks = steps.filter((step) => step.kind === 'block') as (BlockStep & { name: string })[];

const MARK = '# >>> usageline >>>\n';
const PIECES = [
  '\n',
  '\r\n',
  ' ',
  'a',
  '\\',
  '\\\n',
  '[',
  '[\n',
  '[ custom',
  '[custom.\n',
  '\t\n',
  '"""',
  "'",
  '"',
  '#',
  '# >>> usageline',
  MARK,
  '# <<< usageline <<<\n',
  `\n${MARK}`,
  `a${MARK}`,
];

describe('an edit of the longest file takes time that grows with its size', () => {
  // `npm run test:all` tries all of them. The number of pieces has no common divisor with 3.
  const isTried = (_: unknown, turn: number) => process.env.TESTS === 'all' || turn % 3 === 0;
  const pairs = blocks.flatMap((step) => PIECES.map((piece) => ({ name: step.name, step, piece })));
  it.each(pairs.filter(isTried))('$name: $piece', ({ step, piece }) => {
    const text = filled(piece);
    for (const around of [text, `${MARK}${text}\n# <<< usageline <<<\n`]) {
      const edits = withWatchdog(() => [withBlock(around, step), withoutBlock(around)]);
      expect(edits.map(({ kind }) => kind)).not.toContain(undefined);
    }
  });

  const step: StatuslineStep = {
    kind: 'statusline',
    path: '/home/ada/.claude/settings.json',
    command: '/home/ada/.local/share/usageline/usageline-run statusline',
  };
  const COMMANDS = [
    'a',
    ' ',
    "'",
    '"',
    '\\',
    '\\ ',
    'a ',
    "'a' ",
    '"\\"',
    'usageline',
    '/usageline',
    '/usageline/',
    'usageline statusline ',
    'hot.cjs ',
    '--after ',
    '/usageline/hot.cjs statusline',
  ];
  it.each(COMMANDS)('a status line command of %j', (piece) => {
    for (const command of [filled(piece), `${step.command} ${filled(piece)}`]) {
      const text = JSON.stringify({ statusLine: { type: 'command', command: command } });
      withWatchdog(() => [
        wordsOf(command),
        withStatusline(text, step),
        withoutStatusline(text, originalStatusline(text)),
      ]);
    }
  });

  it.each(['{"a":1}', '[', '{"a":[[],{},"x\\"",1.5e3]}', '{"a":{"b":{"c":"d"}}}', '1', '"a",', ' ', '\\"'])(
    'settings of %j',
    (piece) => {
      for (const text of [
        filled(piece),
        `{"a": [${filled(`${piece},`)}1]}`,
        `{"a": "${filled(piece)}"}`,
        `{"a": 1 ${filled(piece)}}`,
      ]) {
        withWatchdog(() => [
          withStatusline(text, step),
          withoutStatusline(text, originalStatusline(text)),
          originalStatusline(text),
        ]);
      }
    },
  );

  const LISTS = [
    '{"modules-right": [',
    '"custom/usageline", ',
    '[bar/a]\nmodules-right = ',
    'usageline ',
    '/*',
    '//\n',
    '; ',
  ];
  it.each([...PIECES, ...LISTS])('a configuration of %j', (piece) => {
    const path = '/home/ada/file';
    for (const text of [
      filled(piece),
      `[bar/a]\nmodules-right = ${filled(piece)}`,
      `{"blocks": [${filled(piece)}`,
    ]) {
      withWatchdog(() => [
        withWaybarModule(text, { kind: 'waybar', path, module: {} }),
        withoutWaybarModule(text),
        withPolybarModule(text, { kind: 'polybar', path, body: 'x' }),
        withoutPolybarModule(text),
        withOhMyPoshSegment(text, { kind: 'oh-my-posh', path, segment: {} }),
        withoutOhMyPoshSegment(text),
        frameworkIn(text),
      ]);
    }
  });

  it.each(PIECES)('an own file instead of %j', (piece) => {
    const whole = steps.find(({ kind }) => kind === 'whole') as OwnFileStep;
    withWatchdog(() => [withOwnFile(filled(piece), whole), withoutOwnFile(filled(piece))]);
  });
});

it('removing slashes from a directory of the environment takes time that grows with its length', () => {
  const directory = `/a${filled('/')}b`;
  expect(withWatchdog(() => absoluteDirectory(`${directory}//`))).toBe(directory);
});
