/**
 * Measures the ways to a line without Node: the hook in its shell, beside reading a file in the same process, and
 * `usageline-prompt` beside a shell that does nothing.
 */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { run } from './measure.mjs';
import { parseOptions, usage } from './options.mjs';
import { createSandbox, pause } from './sandbox.mjs';
import { heading, shellTable } from './report.mjs';
import { measureRounds } from './rounds.mjs';
import { HIT, STALE } from './scenes.mjs';
import { openSession } from './session.mjs';
import { launcher, machine, missingBuild, program, scratchFolder, startEndpoint } from './stage.mjs';
import { median } from './statistics.mjs';

const MINUTE = 60_000;
/** How long a stale line is used, ms; after that it shows another age. */
const SERVES = 30_000;
/** The number of calls that are measured together: one call of a hook is too short for any clock. */
const CALLS = 400;
const TURNS = 3;
/** The number of starts of which the median is one sample: single processes of a millisecond vary too much. */
const PROCESSES = 15;

/**
 * The shells with a hook. `floor` is the least that a prompt needs for a line: reading a small file and the clock.
 * `script` returns the program of the session, in the shell's language.
 */
const SHELLS = [
  {
    id: 'bash',
    args: (script) => ['--noprofile', '--norc', script],
    hook: '_usageline_precmd',
    floor: 'line=$(<"$file"); now=$EPOCHSECONDS',
    floorLabel: '$(<file), $EPOCHSECONDS',
    script: posix,
  },
  {
    id: 'zsh',
    args: (script) => ['-f', script],
    hook: '_usageline_precmd',
    floor: 'line=$(<"$file"); now=$EPOCHSECONDS',
    floorLabel: '$(<file), $EPOCHSECONDS',
    script: posix,
  },
  {
    id: 'fish',
    args: (script) => ['--no-config', script],
    hook: '_usageline_prompt',
    floor: 'read -l line <$file; set now (path mtime -- $file)',
    floorLabel: 'read, path mtime',
    script: fish,
  },
];

const inPosix = (command) => `for ((i = 0; i < ${CALLS}; i++)); do ${command}; done`;

function posix({ init, stub, file, hook, floor }) {
  return `${init}
_usageline_program=('${stub}')
file='${file}'
while IFS= read -r word; do
  case $word in
    empty) ${inPosix(':')} ;;
    floor) ${inPosix(floor)} ;;
    hook) ${inPosix(hook)} ;;
    once) ${hook} ;;
  esac
  printf '%s\\n' "$USAGELINE"
done
`;
}

const inFish = (command) => `for i in (seq ${CALLS}); ${command}; end`;

function fish({ init, stub, file, hook, floor }) {
  // Without a terminal fish takes it for 80 columns wide, which are too few for the whole line.
  return `${init}
set -g COLUMNS 200
set -g _usageline_program '${stub}'
set file '${file}'
while read -l word
    switch $word
        case empty
            ${inFish('true')}
        case floor
            ${inFish(floor)}
        case hook
            ${inFish(hook)}
        case once
            ${hook}
    end
    printf '%s\\n' "$USAGELINE"
end
`;
}

/**
 * @returns rows `{ id, label, floor: { label, ms }, ms, ratio, limit }`; shells that are not installed have none
 */
export async function measureShells({ rounds }) {
  const root = scratchFolder();
  const endpoint = await startEndpoint();
  const rows = [
    ...SHELLS.filter(({ id }) => installed(id)).map((shell) => hookRow(shell, root, endpoint)),
    ...launcherRows(root, endpoint),
  ];
  await endpoint.settle();
  const measured = await measureRounds({
    rounds,
    // Interleaved with their rows: microseconds leave no time for the machine to change.
    floors: {},
    rows,
  });
  for (const { close } of rows) close();
  return rows.map(({ id, label, floor, floorLabel, limit }, index) => {
    const { ms, ratio } = measured.rows[index];
    return { id, label, floor: { label: floorLabel, ms: measured.floors[floor] }, ms, ratio, limit };
  });
}

function installed(shell) {
  return spawnSync(shell, ['-c', ':'], { stdio: 'ignore' }).status === 0;
}

function hookRow({ id, args, hook, floor, floorLabel, script }, root, endpoint) {
  const home = join(root, id);
  const sandbox = createSandbox(home, endpoint);
  const started = join(home, 'started');
  const stub = writeStub(home, started);
  const prepare = () => sandbox.prerender(() => sandbox.storeEntry(MINUTE), 'ready', id);
  const init = run(process.execPath, [program, 'init', id], sandbox.env).stdout;
  const path = join(home, `session.${id}`);
  fs.writeFileSync(path, script({ init, stub, file: join(sandbox.ready, id), hook, floor }));
  const { ask, time, close } = openSession(id, args(path), { ...sandbox.env, PATH: process.env.PATH });
  const check = async () => {
    const line = await ask('once');
    if (!HIT.test(`${line}\n`)) throw new Error(`${id}: unexpected line: ${line}`);
    if (fs.existsSync(started)) throw new Error(`${id}: a process was started`);
  };
  const each = async (word) => ((await time(word)) - (await time('empty'))) / CALLS;
  return {
    id: `hook_${id}`,
    label: `${id} hook, fresh prompt`,
    limit: 2.4,
    floor: id,
    floorLabel: `${id}: ${floorLabel}`,
    take: async () => {
      prepare();
      await check();
      const floors = [];
      const hooks = [];
      for (let turn = 0; turn < TURNS; turn += 1) {
        floors.push(await each('floor'));
        hooks.push(await each('hook'));
      }
      await check();
      return { ms: median(hooks), floorMs: median(floors) };
    },
    close,
  };
}

/** The launcher, in a shell that only starts it. */
function launcherRows(root, endpoint) {
  // What `#!/bin/sh` is on this machine: dash on Debian, bash on others.
  const sh = basename(fs.realpathSync('/bin/sh'));
  return [
    { id: 'fresh', limit: 1.6, expect: HIT, prepare: fresh },
    { id: 'stale', limit: 2.2, expect: STALE, prepare: stale },
  ].map(({ id, limit, expect, prepare }) => {
    const home = join(root, `launcher-${id}`);
    const sandbox = createSandbox(home, endpoint);
    const started = join(home, 'started');
    const state = { until: 0 };
    const bin = join(home, 'bin');
    writeStub(bin, started);
    const script = `while IFS= read -r word; do
  case $word in
    floor) /bin/sh -c : </dev/null >/dev/null ;;
    row) '${launcher}' </dev/null >/dev/null ;;
  esac
  echo done
done`;
    const env = { ...sandbox.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
    const { time, close } = openSession('/bin/sh', ['-c', script], env);
    // The launcher starts one refresh in ten seconds. The row measures the call that starts it.
    const forgetStarts = async () => {
      for (const name of fs.readdirSync(sandbox.ready)) {
        if (name.startsWith('.asked.')) fs.rmSync(join(sandbox.ready, name), { force: true });
      }
      // The launcher takes the long way if the directory has changed in this tick of the kernel's clock.
      await pause(10);
    };
    const check = async () => {
      await forgetStarts();
      const { stdout, stderr } = run(launcher, [], env);
      if (!expect.test(stdout) || stderr !== '')
        throw new Error(`${id} launcher: unexpected output: ${stdout}${stderr}`);
    };
    // Without the time for the request to that shell and its answer.
    const each = async (word) => (await time(word)) - (await time('empty'));
    return {
      id: `launcher_${id}`,
      label: `usageline-prompt, ${id}`,
      limit,
      floor: 'sh',
      floorLabel: `${sh} -c :`,
      take: async () => {
        await prepare(sandbox, state);
        fs.rmSync(started, { force: true });
        await check();
        const starts = id === 'stale' ? 1 : 0;
        await expectStarts(started, starts);
        const floors = [];
        const samples = [];
        for (let turn = 1; turn <= PROCESSES; turn += 1) {
          // Both after the same pause: an idle processor is slower.
          await forgetStarts();
          floors.push(await each('floor'));
          await forgetStarts();
          samples.push(await each('row'));
          // The started process ends before the next call, so that they do not share the processor.
          await expectStarts(started, starts * (turn + 1));
        }
        await check();
        await expectStarts(started, starts * (PROCESSES + 2));
        return { ms: median(samples), floorMs: median(floors) };
      },
      close,
    };
  });
}

function fresh(sandbox) {
  sandbox.prerender(() => sandbox.storeEntry(MINUTE));
}

function stale(sandbox, state) {
  if (Date.now() < state.until) return;
  sandbox.storeEntry(10 * MINUTE);
  run(process.execPath, [program, 'ready', 'plain'], sandbox.env);
  state.until = Date.now() + SERVES;
}

/** Replaces the program: records that it was started. No caller waits for what the program would do. */
function writeStub(folder, started) {
  const path = join(folder, 'usageline');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path, `#!/bin/sh\necho >>'${started}'\n`, { mode: 0o755 });
  return path;
}

async function expectStarts(started, expected) {
  const count = () => (fs.existsSync(started) ? fs.readFileSync(started, 'utf8').length : 0);
  for (let tries = 0; tries < 1000 && count() < expected; tries += 1) await pause(2);
  if (count() !== expected)
    throw new Error(`the launcher started ${count()} refreshes instead of ${expected}`);
}

async function main() {
  const flags = ['json', 'help'];
  const { options, problem } = parseOptions(argv.slice(2), { rounds: 60, flags });
  const stop = problem ?? (options.help ? null : missingBuild());
  if (stop) {
    process.stderr.write(`bench: ${stop}\n`);
    process.exitCode = problem ? 2 : 1;
  } else if (options.help) {
    process.stdout.write(usage('node bench/shells.mjs', 60, ['json']));
  } else {
    const start = performance.now();
    const shells = await measureShells(options);
    const seconds = (performance.now() - start) / 1000;
    const report = { kind: 'bench', ...machine(), rounds: options.rounds, seconds, shells };
    const text = options.json
      ? JSON.stringify(report, null, 1)
      : `${heading(report)}\n\n${shellTable(shells)}`;
    process.stdout.write(`${text}\n`);
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) await main();
