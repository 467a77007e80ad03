/** Does it stay cheap as the work grows? Each series has steps; every step is a row beside the same floor. */
import fs from 'node:fs';
import { join } from 'node:path';
import { run } from './measure.mjs';
import { createPlace } from './place.mjs';
import { nodeFloors, perform } from './processes.mjs';
import { measureRounds } from './rounds.mjs';
import { HIT, LINE } from './scenes.mjs';
import { background, program } from './stage.mjs';

const MINUTE = 60_000;
const KIB = 1024;
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
    // 1 MiB is the most that is read.
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
];

export async function measureGrowth({ root, endpoint, rounds }) {
  const floor = nodeFloors(root).find(({ id }) => id === 'node');
  const grown = [];
  for (const { id, label, unit, steps, curves } of series) {
    const points = curves.flatMap((curve) =>
      steps.map((at) => {
        const home = join(root, `growth-${id}-${curve.id}-${at}`);
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
          return (await perform({ scene, place }, () => run(process.execPath, argv, place.env), endpoint)).ms;
        },
      })),
    });
    const rows = points.map(({ curve, at }, index) => {
      const { ms, ratio } = measured.rows[index];
      return { id: curve.id, label: curve.label, at, ms, ratio };
    });
    grown.push({ id, label, unit, rows });
  }
  return grown;
}

/** `usage.json` with what the endpoint may send one day and nobody here knows. */
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

/** The refresh renews every ready line that there is. */
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
