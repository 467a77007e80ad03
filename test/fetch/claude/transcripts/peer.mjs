/**
 * Counts the same transcripts with ccusage and with usageline, and prints where the two differ. Run by hand:
 *
 *   node test/fetch/claude/transcripts/peer.mjs <path of the ccusage program or script> [seed]
 *
 * docs/specs/sources.md lists the differences to expect.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { answer, generate } from './generate.mjs';

const [peer, seed = '1'] = process.argv.slice(2);
const here = fs.mkdtempSync(join(tmpdir(), 'usageline-peer-'));
const HOUR = 3_600_000;
const now = Date.now();
const NOTHING = { input: 0, output: 0, cacheCreation: 0, cacheRead: 0 };

const readers = {
  /** @returns {{ block: object | null, days: Record<string, object> }} */
  ccusage(home) {
    const env = { PATH: process.env.PATH, HOME: home, CLAUDE_CONFIG_DIR: join(home, '.claude'), TZ: 'UTC' };
    const run = (...argv) => {
      const [command, ...first] = /\.[cm]?js$/.test(peer) ? [process.execPath, peer] : [peer];
      return JSON.parse(
        execFileSync(command, [...first, ...argv, '--json', '--offline'], { env, encoding: 'utf8' }),
      );
    };
    const active = run('blocks').blocks.find((each) => each.isActive);
    const counts = active?.tokenCounts;
    const daily = run('daily', '--timezone', 'UTC').daily ?? [];
    return {
      block: active
        ? {
            startsAt: Date.parse(active.startTime),
            endsAt: Date.parse(active.endTime),
            input: counts.inputTokens,
            output: counts.outputTokens,
            cacheCreation: counts.cacheCreationInputTokens,
            cacheRead: counts.cacheReadInputTokens,
          }
        : null,
      days: Object.fromEntries(
        daily.map((day) => [
          day.date ?? day.period,
          {
            input: day.inputTokens,
            output: day.outputTokens,
            cacheCreation: day.cacheCreationTokens,
            cacheRead: day.cacheReadTokens,
          },
        ]),
      ),
    };
  },

  async usageline(home) {
    const { nodeSystem, scanTranscripts, estimateAt } = await ours();
    const options = {
      roots: [join(home, '.claude', 'projects')],
      directory: null,
      deadline: Infinity,
      write: () => null,
    };
    const at = (time) => estimateAt(scanTranscripts({ ...nodeSystem(), now: () => time }, options).use, time);
    const { fiveHour } = at(now);
    const { byModel: _models, total: _total, ...block } = fiveHour ?? {};
    // A day of UTC is what lies between two weeks that end a day apart: only full days of the last week are told.
    const sums = (from, to) => {
      const days = {};
      for (let day = Math.floor(from / (24 * HOUR)); day <= Math.floor(to / (24 * HOUR)); day += 1) {
        const date = new Date(day * 24 * HOUR).toISOString().slice(0, 10);
        days[date] = minus(at((day + 7) * 24 * HOUR).sevenDay, at((day + 8) * 24 * HOUR).sevenDay, day);
      }
      return days;
    };
    return { block: fiveHour && block, days: sums(now - 6 * 24 * HOUR, now) };
  },
};

/** The day's tokens: what the week from its first moment on has and the one a day later has not. */
function minus(a, b) {
  return Object.fromEntries(
    ['input', 'output', 'cacheCreation', 'cacheRead'].map((key) => [key, a[key] - b[key]]),
  );
}

async function ours() {
  const outfile = join(here, 'ours.mjs');
  const src = join(dirname(import.meta.filename), '../../../../src');
  const transcripts = `${src}/fetch/claude/transcripts`;
  const contents = [
    `export { nodeSystem } from '${src}/platform/system.ts';`,
    `export { scanTranscripts } from '${transcripts}/scan.ts';`,
    `export { estimateAt } from '${transcripts}/estimate.ts';`,
  ].join('\n');
  await build({
    stdin: { contents, resolveDir: src, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
  });
  return import(outfile);
}

const lines = (...entries) =>
  `${entries.map((entry) => (typeof entry === 'string' ? entry : JSON.stringify(entry))).join('\n')}\n`;
const recent = (more) => answer({ request: 'r', at: now - 60_000, output: 100, ...more });

/** Each a world of its own: what is in it, by file. */
const cases = {
  'generated history': null,
  'streamed, the last line is the largest': {
    'a.jsonl': lines(recent({ id: 'm', output: 3 }), recent({ id: 'm', output: 159 })),
  },
  'streamed, the last line is smaller': {
    'a.jsonl': lines(
      recent({ id: 'm', output: 159, at: now - 60_000 }),
      recent({ id: 'm', output: 3, at: now - 50_000 }),
    ),
  },
  'no request id, twice': {
    'a.jsonl': lines(recent({ id: 'm', request: undefined }), recent({ id: 'm', request: undefined })),
  },
  'neither id, the same line twice': {
    'a.jsonl': lines(recent({}), recent({})).replaceAll('"requestId":"r"', '"x":1'),
  },
  'the same message in two files': {
    'a.jsonl': lines(recent({ id: 'm' })),
    'b/c.jsonl': lines(recent({ id: 'm' })),
  },
  'a sub-agent': { 's/subagents/agent.jsonl': lines({ ...recent({ id: 'm' }), isSidechain: true }) },
  'the model <synthetic>': {
    'a.jsonl': lines(recent({ id: 'm', model: '<synthetic>' }), recent({ id: 'n' })),
  },
  'an API error': {
    'a.jsonl': lines({ ...recent({ id: 'm' }), isApiErrorMessage: true }, recent({ id: 'n' })),
  },
  'a line of a user with usage': {
    'a.jsonl': lines({ ...recent({ id: 'm' }), type: 'user' }, recent({ id: 'n' })),
  },
  'a negative count': { 'a.jsonl': lines(recent({ id: 'm', input: -5 }), recent({ id: 'n' })) },
  'a last line without an end': { 'a.jsonl': lines(recent({ id: 'm' })).trimEnd() },
  'zeros after a crash': { 'a.jsonl': '\0'.repeat(100) + lines(recent({ id: 'm' })) },
  'a byte order mark': { 'a.jsonl': `\uFEFF${lines(recent({ id: 'm' }))}` },
  'a line over a mebibyte': {
    'a.jsonl': lines(recent({ id: 'm', text: 'x'.repeat(1.2e6) }), recent({ id: 'n' })),
  },
  'ahead of the clock': { 'a.jsonl': lines(recent({ id: 'm', at: now + 60 * 60_000 }), recent({ id: 'n' })) },
  'continuous use for seven hours': {
    'a.jsonl': lines(
      ...Array.from({ length: 85 }, (_, index) =>
        recent({ id: `m${index}`, at: now - index * 300_000 - 1000 }),
      ),
    ),
  },
};

let differences = 0;
for (const [name, files] of Object.entries(cases)) {
  const home = join(here, name.replaceAll(/\W/g, '-'));
  const projects = join(home, '.claude', 'projects');
  fs.mkdirSync(projects, { recursive: true });
  if (files === null)
    generate(projects, { seed: Number(seed), bytes: 2e7, files: 60, folders: 6, until: now, days: 6 });
  for (const [file, text] of Object.entries(files ?? {})) {
    const path = join(projects, 'p', file);
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, text);
  }
  const theirs = readers.ccusage(home);
  const mine = await readers.usageline(home);
  const days = Object.keys(mine.days).filter(
    (day) => JSON.stringify(mine.days[day]) !== JSON.stringify(theirs.days[day] ?? NOTHING),
  );
  const same =
    JSON.stringify(mine.block && sorted(mine.block)) === JSON.stringify(theirs.block && sorted(theirs.block));
  if (!same || days.length > 0) differences += 1;
  console.log(
    `${same ? 'same     ' : 'different'} block, ${days.length} of ${Object.keys(mine.days).length} days different: ${name}`,
  );
  if (!same)
    console.log(`    ours   ${JSON.stringify(mine.block)}\n    theirs ${JSON.stringify(theirs.block)}`);
  for (const day of days)
    console.log(
      `    ${day} ours ${JSON.stringify(mine.days[day])} theirs ${JSON.stringify(theirs.days[day])}`,
    );
}
fs.rmSync(here, { recursive: true, force: true });
console.log(`${differences} of ${Object.keys(cases).length} differ`);

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
