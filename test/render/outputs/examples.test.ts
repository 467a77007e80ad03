import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CHECK_DEFAULTS } from '../../../src/commands/check.ts';
import { checkOf } from '../../../src/render/check.ts';
import { renderDocument } from '../../../src/render/outputs/documents.ts';
import { renderOutput } from '../../../src/render/outputs/index.ts';
import { isLineKind, isOutputKind, OUTPUT_KINDS } from '../../../src/render/outputs/kinds.ts';
import { MINUTE } from '../../../src/usage/time.ts';
import { fable, failure, NOW, stale, week, window } from '../usages.ts';
import { context } from './cases.ts';

// Clock times are expected as they are in UTC.
beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterEach(() => vi.unstubAllEnvs());

const page = readFileSync(new URL('../../../docs/specs/outputs.md', import.meta.url), 'utf8');
/** The first block of each section. */
const examples = [...page.matchAll(/^## (\w+)$[^`]*?(?:`[^`]*`[^`]*?)*?^```\n(.*?)\n```$/gms)].map(
  ([, kind = '', example = '']) => ({ kind, example }),
);

const readAt = NOW - 12 * MINUTE;
const answer = stale({
  windows: [window({ readAt }), week({ usedPercent: 60, readAt }), fable({ readAt })],
  error: failure('timeout'),
});

describe('the page of the output kinds', () => {
  it.each(examples)('has the output of $kind as its example', ({ kind, example }) => {
    if (!isOutputKind(kind)) throw new Error(`${kind} is no output kind`);
    const color = OUTPUT_KINDS[kind] ?? false;
    const text = isLineKind(kind)
      ? renderOutput(kind, answer, { color, countdowns: true })
      : renderDocument(kind, answer, context({ color }));
    expect(text).toBe(example);
  });

  it('has the output of the check as its example', () => {
    const example = /^## The check$.*?^```\n(.*?)\n```$/ms.exec(page)?.[1];
    expect(checkOf(answer, CHECK_DEFAULTS).text).toBe(example);
  });

  it('has an example of every kind with a syntax of its own', () => {
    expect(examples.map(({ kind }) => kind)).toEqual([
      'vim',
      'waybar',
      'i3blocks',
      'polybar',
      'sketchybar',
      'xbar',
      'openmetrics',
    ]);
  });

  it('names every kind in its table', () => {
    const table = page.slice(page.indexOf('| kind |'), page.indexOf('`usageline-prompt` prints'));
    for (const kind of Object.keys(OUTPUT_KINDS)) expect(table).toContain(`\`${kind}\``);
  });
});
