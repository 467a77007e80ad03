import fs from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { HOUR as HOUR_MS, MINUTE } from '../../src/usage/time.ts';
import { Machine } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { removeTree } from '../support/remove.ts';
import { asNobody, describeAsRoot, fill, giveAway, mountedOnItself, mountTmpfs } from './disk-mounts.ts';
import { alike, CONTENTS, DIRECTORY, LINK, NO_FILES, plant } from './disk-strange.ts';
import type { Strange } from './disk-strange.ts';
import { passTime } from './disk-time.ts';
import { fault, PROGRAM, recordRows, runWith } from './harness.ts';
import type { Observed } from './harness.ts';
import { copyOfTheProgram } from './process-copy.ts';
import {
  aDesk,
  corruptCount,
  COUNTED,
  expectWhole,
  OFF,
  overAndOver,
  remembered,
  sessionsOf,
  temporaries,
} from './sources-transcripts.ts';
import type { Desk } from './sources-transcripts.ts';

recordRows('sources');

const copy = copyOfTheProgram();
// Whether the five hours are used up before their reset depends on the minute.
const SHOWN = /^5h 20% \d\w+(?:, empty in \w+)? · 7d 33% 4d\w+$/m;
const WITHIN = 10_000;
const HOUR = 3600;

const inHours = (hours: number) => Math.floor(Date.now() / 1000 / HOUR + hours) * HOUR + HOUR / 2;
const session = (percent: number, id = 'one') =>
  JSON.stringify({
    session_id: id,
    rate_limits: {
      five_hour: { used_percentage: percent, resets_at: inHours(4) },
      seven_day: { used_percentage: 33, resets_at: inHours(99) },
    },
  });

/** A status line whose standard input comes from a shell command. */
function statusline(machine: Machine, feed: string, input = session(20)): Promise<Run> {
  const file = join(machine.home, 'input');
  fs.writeFileSync(file, input);
  const script = `${feed} | "$0" "$@" statusline --color never`;
  return runWith(['sh', '-c', script, ...PROGRAM], { ...machine.env, INPUT: file });
}
const CAT = 'cat "$INPUT"';
const percentKept = ({ cache }: Machine): unknown =>
  JSON.parse(fs.readFileSync(join(cache, 'statusline.json'), 'utf8')).windows.five_hour.used_percent;

/** What has replaced `statusline.json`. A session with a new report replaces it where that is possible. */
const IN_ITS_PLACE: Record<string, Strange> = { ...CONTENTS, ...NO_FILES, 'a link': LINK };
for (const [index, [name, strange]] of Object.entries(IN_ITS_PLACE).entries()) {
  fault(
    `sources-${id(1 + index)}`,
    `statusline.json is ${name}`,
    { prints: SHOWN, within: WITHIN },
    async () => {
      const machine = new Machine('http://127.0.0.1:1', OFF);
      await plant(strange, join(machine.cache, 'statusline.json'));
      const run = await statusline(machine, CAT);
      expect(percentKept(machine)).toBe(20);
      return { run, requests: null, files: 'replaced by what the session reported' };
    },
  );
}

const REPORTED = { prints: /^5h 20% \S+(?: empty in \S+)? · 7d 33% \S+$/m, within: WITHIN };
fault('sources-13', 'statusline.json is a directory', REPORTED, async () => {
  const machine = new Machine('http://127.0.0.1:1', OFF);
  await plant(DIRECTORY, join(machine.cache, 'statusline.json'));
  const run = await statusline(machine, CAT);
  // A report that cannot be stored appears in no other line.
  expect((await machine.run()).stdout).toBe('disabled\n');
  expect(fs.readdirSync(join(machine.cache, 'statusline.json'))).toEqual(['foreign']);
  return { run, requests: null, files: 'nothing kept, nothing removed' };
});

/** Whatever the input, the last report is shown. */
const INPUTS: Record<string, string> = {
  'is closed': 'exec 0<&-; true',
  'never ends': 'yes',
  'never begins': 'sleep 3',
  'is a gigabyte': 'head -c 1000000000 /dev/zero',
  'is an object that goes on for a gigabyte': '(printf "{"; head -c 1000000000 /dev/zero)',
  'comes a byte at a time': 'for c in "{" "a" "b"; do printf %s "$c"; sleep 0.3; done',
  'is not UTF-8': String.raw`printf '{"session_id":"\377\376"}'`,
  'has NULs in it': String.raw`printf '{"session_id":"\000\000"}'`,
  'is half an object': 'head -c 60 "$INPUT"',
};
for (const [index, [name, feed]] of Object.entries(INPUTS).entries()) {
  fault(
    `sources-${id(14 + index)}`,
    `standard input ${name}`,
    { prints: SHOWN, within: WITHIN },
    async () => {
      const machine = new Machine('http://127.0.0.1:1', OFF);
      await statusline(machine, CAT);
      const run = await statusline(machine, feed);
      expect(percentKept(machine)).toBe(20);
      return { run, requests: null, files: 'as they were' };
    },
  );
}

fault(
  'sources-23',
  'fifty sessions at once',
  { prints: /^5h 69% /, within: WITHIN },
  async () => {
    const machine = new Machine('http://127.0.0.1:1', OFF);
    const all = Array.from(
      { length: 50 },
      (_, index) => `printf '%s' '${session(20 + index, `s${index}`)}' | "$0" "$@" statusline >/dev/null &`,
    );
    const run = await runWith(['sh', '-c', `${all.join('\n')}\nwait\n"$0" "$@"`, ...PROGRAM], machine.env);
    // A session that lost the race to write reports again with its next response; in the end the largest number
    // is stored.
    const last = percentKept(machine) === 69 ? run : await statusline(machine, CAT, session(69, 's49'));
    expect(percentKept(machine)).toBe(69);
    return { run: { ...last, ms: 0 }, requests: null, files: 'whole, with the largest number' };
  },
  60_000,
);

/** What the transcript directories contain. `~7d` is shown for the readable part. */
const answered = (output: number, name = 'm') =>
  `${JSON.stringify({
    type: 'assistant',
    requestId: 'r',
    timestamp: new Date(Date.now() - 60_000).toISOString(),
    message: { id: name, model: 'claude-opus-4-5', usage: { input_tokens: 20, output_tokens: output } },
  })}\n`;
type Layout = (projects: string) => void | Promise<void>;
const good = (projects: string) => {
  fs.mkdirSync(join(projects, 'p'), { recursive: true });
  fs.writeFileSync(join(projects, 'p', 's.jsonl'), answered(1980));
};
const beside =
  (add: (folder: string) => void | Promise<void>): Layout =>
  (projects) => {
    good(projects);
    return add(join(projects, 'p'));
  };
const TRANSCRIPTS: Record<string, Layout> = {
  'a FIFO is among them': beside((at) => plant(NO_FILES['a FIFO']!, join(at, 'f.jsonl'))),
  'a device is among them': beside((at) => plant(NO_FILES['/dev/zero']!, join(at, 'z.jsonl'))),
  'a folder links to its own parent': beside((at) => fs.symlinkSync('..', join(at, 'loop'))),
  'folders are a hundred deep': beside(
    (at) => void fs.mkdirSync(join(at, ...Array.from({ length: 100 }, () => 'd')), { recursive: true }),
  ),
  'one is a single line of a gigabyte': beside((at) =>
    plant(NO_FILES['a sparse file of 1 GB']!, join(at, 'long.jsonl')),
  ),
  'one ends in half a line': beside((at) =>
    fs.writeFileSync(join(at, 'half.jsonl'), answered(5).slice(0, 80)),
  ),
  'one is random bytes': beside((at) => plant(CONTENTS['random bytes']!, join(at, 'r.jsonl'))),
  'the last has no line end': (projects) => {
    good(projects);
    fs.writeFileSync(join(projects, 'p', 's.jsonl'), answered(1980).trimEnd());
  },
};
for (const [index, [name, layout]] of Object.entries(TRANSCRIPTS).entries()) {
  fault(
    `sources-${id(24 + index)}`,
    `transcripts: ${name}`,
    { prints: /^~5h 2k · ~7d 2k · /, within: 20_000 },
    () => estimated(layout),
    60_000,
  );
}

/** Repeats calls until everything is read: a line reads for 200 ms, and the next one continues. */
async function estimated(layout: Layout): Promise<Observed> {
  const machine = new Machine('http://127.0.0.1:1', OFF);
  const projects = join(machine.home, '.claude', 'projects');
  onTestFinished(() => removeTree(projects));
  await layout(projects);
  const [first = '', ...rest] = PROGRAM;
  let run = await runWith([first, ...rest], machine.env);
  for (let turn = 0; turn < 30 && !run.stdout.startsWith('~5h 2k'); turn += 1)
    run = await runWith([first, ...rest], machine.env);
  return { run, requests: null, files: 'counted what can be read' };
}

/** Two thousand tokens, and two thousand more. */
const TWO = /^~5h 2k · ~7d 2k · disabled$/m;
const FOUR = /^~5h 4k · ~7d 4k · disabled$/m;

describeAsRoot('transcripts that may not be read, and a cache that is full', () => {
  fault(
    'sources-32',
    "transcripts: another user's file and folder, which may not be read",
    { prints: TWO, requests: 0, within: WITHIN },
    async () => {
      const desk = await aDesk(asNobody(copy));
      good(desk.projects);
      fs.writeFileSync(join(desk.projects, 'p', 'foreign.jsonl'), answered(500_000));
      fs.mkdirSync(join(desk.projects, 'foreign'));
      fs.writeFileSync(join(desk.projects, 'foreign', 's.jsonl'), answered(500_000));
      giveAway(desk.machine.home);
      for (const [path, mode] of [
        ['p/foreign.jsonl', 0o600],
        ['foreign', 0o700],
      ] as const) {
        fs.chownSync(join(desk.projects, path), 0, 0);
        fs.chmodSync(join(desk.projects, path), mode);
      }
      await desk.line();
      return observe(desk, await desk.line(), 'counted what can be read');
    },
  );

  fault(
    'sources-33',
    'transcripts: on a read-only disk, and no space for their index',
    { prints: COUNTED, requests: 0, within: WITHIN },
    async () => {
      const desk = await aDesk();
      const { machine, projects } = desk;
      mountTmpfs(machine.cache, 'size=2m');
      const [first = ''] = sessionsOf(desk, 5, 10);
      const readOnly = mountedOnItself(projects);
      const before = await desk.week();
      fs.appendFileSync(first, answered(1980));
      await desk.week();
      expectWhole(machine);
      const written = remembered(machine);
      expect(Object.keys(written).sort()).toEqual(['transcripts.bin', 'transcripts.json']);
      fs.appendFileSync(first, answered(3980, 'more'));
      readOnly();
      fill(machine.cache);
      const run = await desk.line();
      expect(await desk.week()).toBe(before + 2000 + 4000);
      expect(remembered(machine)).toEqual(written);
      expect(temporaries(machine)).toEqual([]);
      fs.rmSync(join(machine.cache, 'filler'));
      expect(await desk.week()).toBe(before + 2000 + 4000);
      expectWhole(machine);
      return observe(desk, run, 'as they were, no temporary ones; written once there is room');
    },
  );
});

/** What has replaced a directory of transcripts. */
const NO_ROOT: Record<string, (path: string) => void> = {
  missing: () => {},
  'a link to nowhere': (path) => fs.symlinkSync(join(path, '..', 'nowhere'), path),
  'a link to itself': (path) => fs.symlinkSync(path, path),
  'a file': (path) => fs.writeFileSync(path, answered(500_000)),
  'a link to a file': (path) => {
    fs.writeFileSync(`${path}.jsonl`, answered(500_000));
    fs.symlinkSync(`${path}.jsonl`, path);
  },
};
fault(
  'sources-34',
  'transcripts: no folder, a link to nowhere or to itself, a file',
  { prints: 'disabled', requests: 0, within: WITHIN },
  () =>
    alike(NO_ROOT, async (layout) => {
      const desk = await aDesk();
      layout(desk.projects);
      const run = await desk.line();
      expect(remembered(desk.machine)).toEqual({});
      return observe(desk, run, 'none');
    }),
);
fault(
  'sources-35',
  'transcripts: the same, beside a good folder',
  { prints: TWO, requests: 0, within: WITHIN },
  () =>
    alike(NO_ROOT, async (layout) => {
      const desk = await aDesk();
      layout(desk.projects);
      good(join(desk.machine.home, '.config', 'claude', 'projects'));
      const first = await desk.line();
      expect((await desk.line()).stdout).toBe(first.stdout);
      return observe(desk, first, 'counted what is there');
    }),
);

/** What happens to a transcript after it was read, and what is shown from then on. */
const LATER: [string, string, RegExp, (file: string) => void][] = [
  [
    'rotated: renamed, and a new one instead',
    'each counted once',
    FOUR,
    (file) => {
      fs.renameSync(file, `${file}.1`);
      fs.writeFileSync(file, answered(1980, 'other'));
    },
  ],
  [
    'renamed to what is a transcript as well',
    'counted once',
    TWO,
    (file) => fs.renameSync(file, file.replace('.jsonl', '-old.jsonl')),
  ],
  ['deleted', 'what was counted stays', TWO, (file) => fs.rmSync(file)],
  ['emptied', 'what was counted stays', TWO, (file) => fs.truncateSync(file)],
  [
    'written over by another of the same size',
    'each counted once',
    FOUR,
    (file) => fs.writeFileSync(file, answered(1980, 'n')),
  ],
];
for (const [index, [name, files, prints, change]] of LATER.entries()) {
  fault(
    `sources-${id(36 + index)}`,
    `transcripts: one that was read is ${name}`,
    { prints, requests: 0, within: WITHIN },
    async () => {
      const desk = await aDesk();
      good(desk.projects);
      expect((await desk.line()).stdout).toMatch(TWO);
      change(join(desk.projects, 'p', 's.jsonl'));
      await desk.show();
      const run = await desk.line();
      expect((await desk.line()).stdout).toBe(run.stdout);
      return observe(desk, run, files);
    },
  );
}

fault(
  'sources-41',
  'transcripts: truncated, renamed, deleted and written again while they are read',
  { prints: COUNTED, requests: 0, within: WITHIN },
  async () => {
    const desk = await aDesk();
    const { machine, projects } = desk;
    sessionsOf(desk, 20, 6);
    const copy = join(machine.home, 'kept');
    fs.cpSync(projects, copy, { recursive: true });
    const end = overAndOver(
      `cd "$KEPT" && find . -name '*.jsonl' | while IFS= read -r f; do
        truncate -s 1000000 "$PROJECTS/$f"
        mv "$PROJECTS/$f" "$PROJECTS/$f.old"
        head -c 2000000 "$f" >"$PROJECTS/$f"
        rm "$PROJECTS/$f.old"
        cat "$f" >"$PROJECTS/$f"
      done`,
      { ...machine.env, KEPT: copy, PROJECTS: projects },
    );
    let slowest = await desk.line();
    for (let calls = 1; calls < 20; calls += 1) {
      expect(await desk.show()).toMatchObject({ code: 0, stderr: '' });
      const run = await desk.line();
      expect(run).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(COUNTED) });
      if (run.ms > slowest.ms) slowest = run;
    }
    await end();
    expect(await desk.week()).toBe(await desk.weekUndisturbed());
    expectWhole(machine);
    return observe(desk, slowest, 'whole; in the end the same as an undisturbed program prints');
  },
  120_000,
);

/** Damage to the remembered counts. Each time all transcripts are still there to be read again. */
const FORGOTTEN: Record<string, (of: (name: string) => string) => void> = {
  'memory cut off in its hash': (of) => fs.truncateSync(of('bin'), 5),
  'memory cut off in its second line': (of) => cutAfterLine(of('bin'), 1),
  'memory cut off in its messages': (of) => fs.truncateSync(of('bin'), fs.statSync(of('bin')).size - 100),
  'memory empty': (of) => fs.truncateSync(of('bin'), 0),
  'memory with another number in it': (of) => corruptCount(of('bin')),
  'no memory': (of) => fs.rmSync(of('bin')),
  'estimate cut off': (of) => fs.truncateSync(of('json'), 100),
  'estimate empty': (of) => fs.truncateSync(of('json'), 0),
  'no estimate': (of) => fs.rmSync(of('json')),
  'nothing at all': (of) => ['json', 'bin'].forEach((name) => fs.rmSync(of(name))),
};
fault(
  'sources-42',
  'transcripts: memory and prepared estimate in turn cut off, empty, absent, with other bytes',
  { prints: COUNTED, requests: 0, within: WITHIN },
  () =>
    alike(FORGOTTEN, async (damage) => {
      const desk = await aDesk();
      const { machine } = desk;
      const [first = ''] = sessionsOf(desk, 5, 10);
      const before = await desk.week();
      fs.appendFileSync(first, answered(1980));
      await desk.show();
      expect(Object.keys(remembered(machine))).toHaveLength(2);
      damage((name) => join(machine.cache, `transcripts.${name}`));
      const next = await desk.line();
      expect(next).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(COUNTED) });
      expect(await desk.week()).toBe(before + 2000);
      expectWhole(machine);
      return observe(desk, { ...(await desk.line()), ms: next.ms }, 'made anew, with the same numbers');
    }),
  120_000,
);

function cutAfterLine(path: string, lines: number): void {
  const text = fs.readFileSync(path, 'latin1').split('\n');
  const end = text.slice(0, lines).join('\n').length + 1;
  fs.truncateSync(path, end + Math.ceil((text[lines] ?? '').length / 2));
}

const KILLS = 40;
/** It ends by itself, also on a busy machine. */
const LONGEST_MS = 4 * MINUTE;

fault(
  'sources-43',
  `transcripts: ${KILLS} SIGKILLs at random moments of reading and writing, with a process that reads all the time`,
  { prints: COUNTED, requests: 0, within: WITHIN },
  async () => {
    const desk = await aDesk();
    const { machine, endpoint } = desk;
    const growing = halved(sessionsOf(desk, 20, 40));
    await desk.show();
    let life = (await desk.show()).ms;
    const reader = { reads: true };
    const readers = (async () => {
      let reads = 0;
      for (; reader.reads; reads += 1) {
        expect(await desk.line()).toMatchObject({
          code: 0,
          stderr: '',
          stdout: expect.stringMatching(COUNTED),
        });
      }
      return reads;
    })();
    const during = { reading: 0, writing: 0 };
    const end = performance.now() + LONGEST_MS;
    let last: Run | null = null;
    try {
      for (let round = 0; during.reading + during.writing < KILLS; round += 1) {
        if (performance.now() > end) throw new Error('too few of them were killed');
        // A line or two; more than is read within one call; everything again.
        if (round % 10 === 9) for (const { file } of growing) fs.cpSync(file, `${file}.new`);
        if (round % 10 === 9) for (const { file } of growing) fs.renameSync(`${file}.new`, file);
        else
          for (const one of growing.slice(0, round % 5 === 4 ? 20 : 2))
            one.grow(round % 5 === 4 ? 60_000 : 9_000);
        growing.push(...growing.splice(0, 2));
        const killed = await killedOnce(machine, life);
        if (killed === null) continue;
        during[killed] += 1;
        const next = await desk.show();
        expect(next).toMatchObject({ code: 0, stderr: '' });
        life = (4 * life + next.ms) / 5;
        last = await desk.line();
        expect(last).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(COUNTED) });
      }
    } finally {
      reader.reads = false;
    }
    const reads = await readers;
    for (const one of growing) one.grow(Number.POSITIVE_INFINITY);
    expect(await desk.week()).toBe(await desk.weekUndisturbed());
    expectWhole(machine);
    const requests = endpoint.requests.length;
    const left = temporaries(machine).length;
    expect(left).toBeLessThanOrEqual(KILLS);
    // The next call after an hour removes them.
    passTime(machine.cache, 2 * HOUR_MS);
    const asked = await runWith([...PROGRAM, '--wait', '--timeout', '20'], {
      ...machine.env,
      [Object.keys(OFF)[0] as string]: '',
    });
    expect(asked).toMatchObject({ code: 0, stderr: '' });
    expect(temporaries(machine)).toEqual([]);
    const files = `killed ${during.reading} times while reading, ${during.writing} while writing; ${reads} other calls, none failed; whole, with the numbers of an undisturbed program; temporary files at the end: ${left}, and none an hour and a request later`;
    return { run: last as Run, requests, files };
  },
  LONGEST_MS + 2 * MINUTE,
);

/**
 * One call that is killed: half of the calls at any moment, half as soon as a file is written. Null: the call
 * ended first.
 */
async function killedOnce({ cache, env }: Machine, life: number): Promise<'reading' | 'writing' | null> {
  let writing = false;
  let watcher: fs.FSWatcher | undefined;
  const atOnce = Math.random() < 0.5;
  const run = await runWith([...PROGRAM, 'show', '--cached'], env, undefined, (child) => {
    const own = new Set(fs.readdirSync(cache));
    if (!atOnce) return void setTimeout(() => child.kill('SIGKILL'), Math.random() * life);
    watcher = fs.watch(cache, (_event, name) => {
      if (name === null || own.has(name) || !/^\.new(\.\d+)+$/.test(name)) return;
      writing = true;
      // At any moment between its first byte and its rename.
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 3);
    });
  });
  watcher?.close();
  return run.signal === 'SIGKILL' ? (writing ? 'writing' : 'reading') : null;
}

/** The first half of each transcript, for now. */
function halved(files: readonly string[]) {
  return files.map((file) => {
    const bytes = fs.readFileSync(file);
    let at = Math.floor(bytes.length / 2);
    fs.truncateSync(file, at);
    const grow = (size: number) => {
      const end = Math.min(bytes.length, at + size);
      if (end > at) fs.appendFileSync(file, bytes.subarray(at, end));
      at = end;
    };
    return { file, grow };
  });
}

/** @param files in words */
function observe({ endpoint }: Desk, run: Run, files: string): Observed {
  return { run, requests: endpoint.requests.length, files };
}

function id(number: number): string {
  return String(number).padStart(2, '0');
}
