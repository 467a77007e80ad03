/** How cost grows with the work. Each series has steps; every step is a row beside the same floor. */
import fs from 'node:fs';
import { join } from 'node:path';
import { run } from './measure.mjs';
import { createHistory, ESTIMATE } from './history.mjs';
import { createSandbox } from './sandbox.mjs';
import { nodeFloors, perform } from './processes.mjs';
import { measureRounds } from './rounds.mjs';
import { coloured, HIT, IDLE, LINE } from './scenes.mjs';
import { background, program } from './stage.mjs';

const MINUTE = 60_000;
const KIB = 1024;
const MIB = 1024 * KIB;
/** A curve needs fewer rounds than a promise. */
const MOST_ROUNDS = 20;

/**
 * A series has a name, steps and curves. A curve creates the row of a step: a scene (see scenes.mjs), its sandbox and its
 * arguments. To measure another kind of growth, add a series.
 */
const series = [
  {
    id: 'entry',
    label: 'size of usage.json',
    unit: 'KiB',
    // The program reads 1 MiB at most.
    steps: [1, 10, 100, 1000],
    curves: [
      { id: 'hit', label: 'cache hit', row: bigEntry(true) },
      { id: 'first', label: 'no prerendered line', row: bigEntry(false) },
    ],
  },
  {
    id: 'accounts',
    label: 'accounts in one cache',
    unit: 'accounts',
    steps: [1, 10, 25, 50],
    curves: [{ id: 'hit', label: 'cache hit, another account each time', row: manyAccounts }],
  },
  {
    id: 'kinds',
    label: 'prerendered lines in use',
    unit: 'kinds',
    steps: [1, 10, 20, 30],
    curves: [{ id: 'refresh', label: 'the detached refresh', row: manyKinds }],
  },
  {
    id: 'sessions',
    label: 'status line sessions',
    unit: 'sessions',
    // The program remembers 200.
    steps: [1, 10, 100, 1000],
    curves: [
      { id: 'same', label: 'nothing new', row: manySessions(false) },
      { id: 'new', label: 'something new', row: manySessions(true) },
    ],
  },
  {
    id: 'weeks',
    label: 'transcripts of a year',
    unit: 'weeks',
    // The same for every week: data older than eight days should cost nothing.
    steps: [1, 4, 13, 52],
    curves: historyCurves((weeks) => ({
      bytes: weeks * 4 * MIB,
      files: weeks * 40,
      folders: 10,
      days: weeks * 7,
    })),
  },
  {
    id: 'transcripts',
    label: 'transcripts of a week',
    unit: 'MB',
    steps: [1, 10, 100, 1000],
    curves: historyCurves((megabytes) => ({
      bytes: megabytes * MIB,
      files: megabytes * 2,
      folders: 10,
      days: 7,
    })),
  },
];

export async function measureGrowth({ root, endpoint, rounds }) {
  const floor = nodeFloors(root).find(({ id }) => id === 'node');
  const grown = [];
  for (const { id, label, unit, steps, curves } of series) {
    const points = curves.flatMap((curve) =>
      steps.map((at) => {
        const home = join(root, id, `${curve.id}-${at}`);
        return { curve, at, row: curve.row({ home, endpoint, at }) };
      }),
    );
    const measured = await measureRounds({
      rounds: Math.min(rounds, MOST_ROUNDS),
      floors: { node: () => run(process.execPath, [floor.file], floor.env).ms },
      rows: points.map(({ row }) => ({
        floor: 'node',
        take: async () => {
          const { scene, sandbox, argv } = row.next();
          const how = (input) => run(process.execPath, argv, sandbox.env, input);
          return (await perform({ scene, sandbox }, how, endpoint)).ms;
        },
      })),
    });
    const rows = points.map(({ curve, at }, index) => {
      const { ms, ratio } = measured.rows[index];
      return { id: curve.id, label: curve.label, at, ms, ratio };
    });
    grown.push({ id, label, unit, rows });
    // A gigabyte that is still being written to disk would disturb the next measurement.
    fs.rmSync(join(root, id), { recursive: true });
  }
  return grown;
}

/** `usage.json` with parts that the program does not know. */
function bigEntry(prepared) {
  return ({ home, endpoint, at }) => {
    const sandbox = createSandbox(home, endpoint);
    const own = fs.statSync(sandbox.entry).size;
    const one = { kind: 'unknown', percent: 12.5, resets_at: '2026-01-01T00:00:00Z' };
    const many = Math.max(0, Math.floor((at * KIB - own) / (JSON.stringify(one).length + 1)));
    const store = () => sandbox.storeEntry(MINUTE, { unknown_list: Array.from({ length: many }, () => one) });
    const scene = {
      label: `usage.json of ${at} KiB`,
      expect: prepared ? HIT : LINE,
      prepare: () => {
        if (prepared) return sandbox.prerender(store);
        store();
        return sandbox.removePrerendered();
      },
    };
    return { next: () => ({ scene, sandbox, argv: [program] }) };
  };
}

/** Each call is for another account. */
function manyAccounts({ home, endpoint, at }) {
  const sandboxes = Array.from({ length: at }, (_, index) =>
    createSandbox(home, endpoint, { account: `account-${index}` }),
  );
  let turn = 0;
  return {
    next() {
      const sandbox = sandboxes[(turn += 1) % at];
      const prepare = () => sandbox.prerender(() => sandbox.storeEntry(MINUTE));
      return { scene: { label: `${at} accounts`, expect: HIT, prepare }, sandbox, argv: [program] };
    },
  };
}

/** The refresh renews every prerendered line. */
function manyKinds({ home, endpoint, at }) {
  const sandbox = createSandbox(home, endpoint, { scheme: 'http' });
  const names = ['plain', 'ansi', 'zsh', 'bash', 'fish', 'tmux', 'starship', 'json']
    .flatMap((kind) => [kind, `${kind}-mono`, `${kind}-color`])
    .flatMap((kind) => [kind, `${kind}-off`])
    .slice(0, at);
  const scene = {
    label: `refresh with ${at} prerendered lines`,
    scheme: 'http',
    expect: /^$/,
    prepare: () => {
      sandbox.storeEntry(10 * MINUTE);
      sandbox.removePrerendered();
      fs.mkdirSync(sandbox.ready, { mode: 0o700 });
      for (const name of names) fs.writeFileSync(join(sandbox.ready, name), '', { mode: 0o600 });
    },
    after: () => {
      const empty = names.filter((name) => fs.statSync(join(sandbox.ready, name)).size === 0);
      if (empty.length > 0) throw new Error(`prerendered lines that were not renewed: ${empty.join(', ')}`);
    },
  };
  return { next: () => ({ scene, sandbox, argv: [background, '5000', 'plain'] }) };
}

/** A session's status line, beside all sessions that have reported something in the last days. */
function manySessions(works) {
  return ({ home, endpoint, at }) => {
    const sandbox = createSandbox(home, endpoint);
    const scene = {
      label: `statusline beside ${at} sessions`,
      input: () => sandbox.report(),
      expect: works ? () => coloured(sandbox.percent()) : IDLE,
      prepare: () => (works ? sandbox.working(at) : sandbox.idle(at)),
      after: () => (works ? sandbox.expectStored() : sandbox.expectNoRequest()),
    };
    return { next: () => ({ scene, sandbox, argv: [program, 'statusline'] }) };
  };
}

/**
 * Without a login the program shows an estimate from transcripts, all of which were read before: the prepared one, or the
 * result of a scan once that is a minute old.
 *
 * @param sizeOf the size of the history at a step, see `generate`
 */
function historyCurves(sizeOf) {
  const histories = new Map();
  const row =
    (scans) =>
    ({ home, at }) => {
      if (!histories.has(at)) histories.set(at, createHistory(home, sizeOf(at)));
      const sandbox = histories.get(at);
      const scene = {
        label: `transcripts at ${at}`,
        expect: ESTIMATE,
        prepare: () => (scans ? sandbox.expire() : sandbox.prepare()),
        after: () => sandbox.expectScan(),
      };
      return { next: () => ({ scene, sandbox, argv: [program, '--cached'] }) };
    };
  return [
    { id: 'prepared', label: 'a call, everything read before', row: row(false) },
    { id: 'scan', label: 'the same, a minute later', row: row(true) },
  ];
}
