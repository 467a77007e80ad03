import fs from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { replaceDurably } from '../../../../src/cache/replace-durably.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../../src/usage/time.ts';
import { PATIENCE, runs, useMemoryAsDisk } from '../../../property/support.ts';
import { desk, line } from './desk.ts';
import type { Desk } from './desk.ts';

beforeAll(useMemoryAsDisk);

const NAMES = ['a/one.jsonl', 'a/two.jsonl', 'b/three.jsonl', 'b/three/subagents/four.jsonl'];

type Event =
  | { readonly do: 'append' | 'half'; readonly file: number; readonly id: number; readonly output: number }
  | { readonly do: 'complete' | 'delete' | 'truncate' | 'rotate'; readonly file: number }
  | { readonly do: 'copy' | 'move'; readonly file: number; readonly to: number }
  | { readonly do: 'rewrite'; readonly file: number; readonly id: number; readonly output: number }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'read'; readonly how: 'whole' | 'in turns' }
  /** The process dies before its first write, or before its second. */
  | { readonly do: 'crash'; readonly before: 1 | 2 };

const file = fc.nat(NAMES.length - 1);
const what = { file, id: fc.nat(12), output: fc.nat(400) };
const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('append', 'append', 'half'), ...what }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom('complete', 'complete', 'delete', 'truncate', 'rotate'),
      file,
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('copy', 'move'), file, to: file }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewrite'), ...what }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('pass'),
      ms: fc.oneof(
        fc.constantFrom(1, SECOND, 3 * SECOND, MINUTE, HOUR, 5 * HOUR, DAY, 7 * DAY),
        fc.integer({ min: 0, max: 9 * HOUR }),
      ),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('read'), how: fc.constantFrom('whole', 'in turns') }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash'), before: fc.constantFrom(1, 2) }) },
);

/** Performs one event. What was counted is copied to a museum, from which nothing is ever deleted. */
function happen(at: Desk, museum: string, step: number, event: Event): void {
  const { system } = at;
  const name = 'file' in event ? NAMES[event.file]! : '';
  const there = name !== '' && fs.existsSync(at.path(name));
  const text = there ? fs.readFileSync(at.path(name), 'utf8') : '';
  const keep = () => {
    for (const [index, each] of NAMES.entries()) {
      if (fs.existsSync(at.path(each)))
        fs.copyFileSync(at.path(each), join(museum, `${step}-${index}.jsonl`));
    }
  };
  switch (event.do) {
    case 'append':
    case 'half': {
      const all = line({
        id: `m${event.id}`,
        request: 'r',
        at: system.now() - (event.id % 3) * MINUTE,
        output: event.output,
      });
      // A half line that is never completed is one broken line with what follows it.
      at.append(name, event.do === 'append' ? all : all.slice(0, all.length - 1 - (event.output % 40)));
      return;
    }
    case 'complete':
      if (!there || text.endsWith('\n')) return;
      at.append(name, `${wholeOf(text.slice(text.lastIndexOf('\n') + 1))}\n`);
      return;
    case 'delete':
      return at.remove(name);
    case 'truncate':
      return there ? at.write(name, text.slice(0, Math.floor(text.length / 2))) : undefined;
    case 'rotate':
      return there ? at.write(name, '', 'another') : undefined;
    case 'rewrite':
      // As long as before, so that only the content tells.
      return there
        ? at.write(
            name,
            line({
              id: `m${event.id}`,
              request: 'r',
              at: system.now(),
              output: event.output,
              text: 'x'.repeat(Math.max(0, text.length - 450)),
            }),
          )
        : undefined;
    case 'copy':
      return at.append(NAMES[event.to]!, text.slice(0, text.lastIndexOf('\n') + 1));
    case 'move':
      if (!there || event.file === event.to) return;
      at.remove(name);
      at.write(NAMES[event.to]!, text, 'another');
      return;
    case 'pass':
      return system.advance(event.ms);
    case 'crash': {
      let writes = 0;
      let written = 0;
      at.scan({
        write: (to, content) => {
          writes += 1;
          if (writes >= event.before) return 'EIO';
          written += 1;
          return replaceDurably(system, to, content);
        },
      });
      // A memory that was written remembers, although no estimate was prepared.
      if (written > 0) keep();
      return;
    }
    case 'read':
      check(at, museum, event.how);
      keep();
  }
}

/** What a half line of this test lacks: the end of `"requestId":"r"}`, at most 40 characters back. */
function wholeOf(half: string): string {
  const whole = line({ id: 'm0', request: 'r', at: 0 }).trimEnd();
  for (let cut = 0; cut <= 41; cut += 1) {
    if (half.endsWith(whole.slice(whole.length - 60, whole.length - cut)))
      return whole.slice(whole.length - cut);
  }
  return '';
}

function check(at: Desk, museum: string, how: 'whole' | 'in turns'): void {
  const options = { deadline: how === 'in turns' ? -1 : Infinity };
  let reading = at.scan(options);
  for (let turn = 0; !reading.complete; turn += 1) {
    expect(turn, 'any number of short turns comes to an end').toBeLessThan(40);
    reading = at.scan(options);
  }
  expect(reading.failure).toBeNull();
  expect(at.readPrepared()).toEqual(reading.estimate);
  const afresh = at.scanAfresh([at.projects, museum]);
  expect(reading.estimate?.sevenDay).toEqual(afresh.estimate?.sevenDay);
  if (isBlockKnown(at, museum)) expect(reading.estimate?.fiveHour).toEqual(afresh.estimate?.fiveHour);
}

/** A memory of the whole history knows blocks better than a scan of one week, unless there was a pause in it. */
function isBlockKnown({ system, projects }: Desk, museum: string): boolean {
  const texts = [projects, museum].flatMap((root) =>
    fs
      .readdirSync(root, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => fs.readFileSync(join(root, name), 'utf8')),
  );
  const times = texts
    .flatMap((text) => [...text.matchAll(/"timestamp":"([^"]+)"/g)].map((match) => Date.parse(match[1]!)))
    .sort((a, b) => a - b);
  const recent = times.filter((time) => time >= system.now() - 8 * DAY);
  return (
    recent.length === times.length ||
    recent.some((time, index) => index > 0 && time - recent[index - 1]! >= 6 * HOUR)
  );
}

describe('whatever happens to transcripts', () => {
  it(
    'a scan with memory finds what a scan of everything that was ever written finds',
    () => {
      fc.assert(
        fc.property(fc.array(event, { maxLength: 40 }), (events) => {
          const at = desk();
          const museum = join(at.system.root, 'museum');
          fs.mkdirSync(museum);
          try {
            for (const [step, each] of events.entries()) happen(at, museum, step, each);
            happen(at, museum, events.length, { do: 'read', how: 'whole' });
          } finally {
            fs.rmSync(at.system.root, { recursive: true, force: true });
          }
        }),
        { numRuns: runs(150) },
      );
    },
    PATIENCE,
  );
});
