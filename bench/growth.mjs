/** How cost grows with the work. Each series has steps; every step is a row beside the same floor. */
import fs from 'node:fs';
import { join } from 'node:path';
import { run } from './measure.mjs';
import { createHistory, ESTIMATE } from './history.mjs';
import { createPlace } from './place.mjs';
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
 * A series is a name, its steps, and its curves; a curve makes the row of a step: a scene (see scenes.mjs) with
 * what it runs. What is to be known of another kind of growth is another element of this list.
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
      { id: 'first', label: 'no ready line yet', row: bigEntry(false) },
    ],
  },
  {
    id: 'accounts',
    label: 'accounts in one cache',
    unit: 'accounts',
    steps: [1, 10, 25, 50],
    curves: [{ id: 'hit', label: 'cache hit, each time another', row: manyAccounts }],
  },
  {
    id: 'kinds',
    label: 'ready lines in use',
    unit: 'kinds',
    steps: [1, 10, 20, 30],
    curves: [{ id: 'refresh', label: 'the refresh behind', row: manyKinds }],
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
          const { scene, place, argv } = row.next();
          const how = (input) => run(process.execPath, argv, place.env, input);
          return (await perform({ scene, place }, how, endpoint)).ms;
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

/** `usage.json` with unknown parts that the endpoint may send one day. */
function bigEntry(prepared) {
  return ({ home, endpoint, at }) => {
    const place = createPlace(home, endpoint);
    const own = fs.statSync(place.entry).size;
    const one = { kind: 'unknown', percent: 12.5, resets_at: '2026-01-01T00:00:00Z' };
    const many = Math.max(0, Math.floor((at * KIB - own) / (JSON.stringify(one).length + 1)));
    const known = () => place.known(MINUTE, { unknown_list: Array.from({ length: many }, () => one) });
    const scene = {
      label: `usage.json of ${at} KiB`,
      expect: prepared ? HIT : LINE,
      prepare: () => {
        if (prepared) return place.prepared(known);
        known();
        return place.unprepared();
      },
    };
    return { next: () => ({ scene, place, argv: [program] }) };
  };
}

/** Each call is for another account. */
function manyAccounts({ home, endpoint, at }) {
  const places = Array.from({ length: at }, (_, index) =>
    createPlace(home, endpoint, { account: `account-${index}` }),
  );
  let turn = 0;
  return {
    next() {
      const place = places[(turn += 1) % at];
      const prepare = () => place.prepared(() => place.known(MINUTE));
      return { scene: { label: `${at} accounts`, expect: HIT, prepare }, place, argv: [program] };
    },
  };
}

/** The refresh renews every prerendered line. */
function manyKinds({ home, endpoint, at }) {
  const place = createPlace(home, endpoint, { asks: 'http' });
  const names = ['plain', 'ansi', 'zsh', 'bash', 'fish', 'tmux', 'starship', 'json']
    .flatMap((kind) => [kind, `${kind}-mono`, `${kind}-color`])
    .flatMap((kind) => [kind, `${kind}-off`])
    .slice(0, at);
  const scene = {
    label: `refresh with ${at} ready lines`,
    asks: 'http',
    expect: /^$/,
    prepare: () => {
      place.known(10 * MINUTE);
      place.unprepared();
      fs.mkdirSync(place.ready, { mode: 0o700 });
      for (const name of names) fs.writeFileSync(join(place.ready, name), '', { mode: 0o600 });
    },
    after: () => {
      const empty = names.filter((name) => fs.statSync(join(place.ready, name)).size === 0);
      if (empty.length > 0) throw new Error(`ready lines that were not renewed: ${empty.join(', ')}`);
    },
  };
  return { next: () => ({ scene, place, argv: [background, '5000', 'plain'] }) };
}

/** A session's status line, beside all sessions that have reported something in the last days. */
function manySessions(works) {
  return ({ home, endpoint, at }) => {
    const place = createPlace(home, endpoint);
    const scene = {
      label: `statusline beside ${at} sessions`,
      input: () => place.said(),
      expect: works ? () => coloured(place.percent()) : IDLE,
      prepare: () => (works ? place.working(at) : place.idle(at)),
      after: () => (works ? place.keptWhatItSaid() : place.askedNobody()),
    };
    return { next: () => ({ scene, place, argv: [program, 'statusline'] }) };
  };
}

/**
 * Who has no login is shown an estimate, of transcripts that were all read before. Most calls look at those that are
 * likely to change; after a minute each of the next ones looks at some of the others, too.
 * @param sizeOf what there is of them at a step, see `generate`
 */
function historyCurves(sizeOf) {
  const histories = new Map();
  const row =
    (everything) =>
    ({ home, at }) => {
      if (!histories.has(at)) histories.set(at, createHistory(home, sizeOf(at)));
      const place = histories.get(at);
      const scene = {
        label: `transcripts at ${at}`,
        expect: ESTIMATE,
        prepare: () => (everything ? place.dueForAll() : place.lookedAt()),
        after: () => place.expectLook(everything),
      };
      return { next: () => ({ scene, place, argv: [program, '--cached'] }) };
    };
  return [
    { id: 'watched', label: 'a call, all read before', row: row(false) },
    { id: 'all', label: 'the same, a minute later', row: row(true) },
  ];
}
