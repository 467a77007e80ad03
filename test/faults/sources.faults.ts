import fs from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { Machine } from '../support/program.ts';
import type { Run } from '../support/program.ts';
import { removeTree } from '../support/remove.ts';
import { CONTENTS, DIRECTORY, LINK, NO_FILES, plant } from './disk-strange.ts';
import type { Strange } from './disk-strange.ts';
import { fault, PROGRAM, recordRows, runWith } from './harness.ts';
import type { Observed } from './harness.ts';

recordRows('sources');

/** Nobody is asked: what is shown comes from the session or from transcripts. */
const OFF = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' };
const SHOWN = /^5h 20% \d\w+ · 7d 33% 4d\w+$/m;
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

/** A status line whose standard input is what a shell command prints. */
function statusline(machine: Machine, feed: string, input = session(20)): Promise<Run> {
  const file = join(machine.home, 'input');
  fs.writeFileSync(file, input);
  const script = `${feed} | "$0" "$@" statusline --color never`;
  return runWith(['sh', '-c', script, ...PROGRAM], { ...machine.env, INPUT: file });
}
const CAT = 'cat "$INPUT"';
const percentKept = ({ cache }: Machine): unknown =>
  JSON.parse(fs.readFileSync(join(cache, 'statusline.json'), 'utf8')).windows.five_hour.used_percent;

/** What is in the place of `statusline.json`; a session that says something new has it replaced where that can be. */
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
      return { run, requests: null, files: 'replaced by what the session told' };
    },
  );
}

fault('sources-13', 'statusline.json is a directory', { prints: 'disabled', within: WITHIN }, async () => {
  const machine = new Machine('http://127.0.0.1:1', OFF);
  await plant(DIRECTORY, join(machine.cache, 'statusline.json'));
  // What cannot be kept does not count.
  const run = await statusline(machine, CAT);
  expect(fs.readdirSync(join(machine.cache, 'statusline.json'))).toEqual(['theirs']);
  return { run, requests: null, files: 'nothing kept, nothing removed' };
});

/** Whatever comes in, what was told before is shown. */
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
    // Who lost the race to write is told again at its next response; the largest has to come through in the end.
    const last = percentKept(machine) === 69 ? run : await statusline(machine, CAT, session(69, 's49'));
    expect(percentKept(machine)).toBe(69);
    return { run: { ...last, ms: 0 }, requests: null, files: 'whole, with the largest number' };
  },
  60_000,
);

/** Places of transcripts. `~7d` is shown of what can be read. */
const answered = (output: number) =>
  `${JSON.stringify({
    type: 'assistant',
    requestId: 'r',
    timestamp: new Date(Date.now() - 60_000).toISOString(),
    message: { id: 'm', model: 'claude-opus-4-5', usage: { input_tokens: 20, output_tokens: output } },
  })}\n`;
type Place = (projects: string) => void | Promise<void>;
const good = (projects: string) => {
  fs.mkdirSync(join(projects, 'p'), { recursive: true });
  fs.writeFileSync(join(projects, 'p', 's.jsonl'), answered(1980));
};
const beside =
  (add: (folder: string) => void | Promise<void>): Place =>
  (projects) => {
    good(projects);
    return add(join(projects, 'p'));
  };
const TRANSCRIPTS: Record<string, Place> = {
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
for (const [index, [name, place]] of Object.entries(TRANSCRIPTS).entries()) {
  fault(
    `sources-${id(24 + index)}`,
    `transcripts: ${name}`,
    { prints: /^~5h 2k · ~7d 2k · /, within: 20_000 },
    () => estimated(place),
    60_000,
  );
}

/** Until all is read: a line is given 200 ms for it, and the next goes on. */
async function estimated(place: Place): Promise<Observed> {
  const machine = new Machine('http://127.0.0.1:1', OFF);
  const projects = join(machine.home, '.claude', 'projects');
  onTestFinished(() => removeTree(projects));
  await place(projects);
  const [first = '', ...rest] = PROGRAM;
  let run = await runWith([first, ...rest], machine.env);
  for (let turn = 0; turn < 30 && !run.stdout.startsWith('~5h 2k'); turn += 1)
    run = await runWith([first, ...rest], machine.env);
  return { run, requests: null, files: 'counted what can be read' };
}

function id(number: number): string {
  return String(number).padStart(2, '0');
}
