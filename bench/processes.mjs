/** The scenes, measured as whole processes beside an empty script. */
import fs from 'node:fs';
import { join } from 'node:path';
import { canMeasureMemory, peakMemory, run } from './measure.mjs';
import { createSandbox } from './sandbox.mjs';
import { measureRounds } from './rounds.mjs';
import { authority, program } from './stage.mjs';
import { median } from './statistics.mjs';

const MEMORY_RUNS = 5;

/** The least cost of a Node program, by the environments that change it. */
export function nodeFloors(root) {
  const empty = join(root, 'empty.cjs');
  fs.writeFileSync(empty, '');
  const common = { HOME: root, TZ: 'UTC' };
  return [
    { id: 'node', label: 'floor: an empty script', file: empty, env: common },
    {
      id: 'node_ca',
      label: 'floor with NODE_EXTRA_CA_CERTS',
      file: empty,
      env: { ...common, NODE_EXTRA_CA_CERTS: authority },
    },
  ];
}

/**
 * Runs a row once, and throws when it did something else than the row describes.
 *
 * @param how runs it, given its standard input
 */
export async function perform({ scene, sandbox }, how, endpoint) {
  scene.prepare(sandbox);
  const input = scene.input ? inputOf(scene, sandbox) : null;
  const result = how(input);
  const expected = typeof scene.expect === 'function' ? scene.expect(sandbox) : scene.expect;
  if (!expected.test(result.stdout) || result.stderr !== '')
    throw new Error(`${scene.label}: unexpected output: ${result.stdout}${result.stderr}`);
  if (scene.scheme) endpoint.expected += 1;
  await scene.after?.(sandbox);
  return result;
}

function inputOf({ input, socket = false }, sandbox) {
  const text = input(sandbox);
  return socket ? { text } : { text, pipe: sandbox.pipe };
}

export async function measureProcesses({ root, endpoint, rounds, scenes }) {
  const floors = nodeFloors(root);
  const rows = scenes.map((scene) => ({
    scene,
    argv: [scene.entry ?? program, ...scene.args],
    sandbox: createSandbox(join(root, scene.id), endpoint, scene),
  }));
  const measured = await measureRounds({
    rounds,
    floors: Object.fromEntries(
      floors.map(({ id, file, env }) => [id, () => run(process.execPath, [file], env).ms]),
    ),
    rows: rows.map((row) => ({
      floor: row.scene.floor ?? 'node',
      take: async () =>
        (await perform(row, (input) => run(process.execPath, row.argv, row.sandbox.env, input), endpoint)).ms,
    })),
  });

  const peaks = canMeasureMemory();
  const scratch = join(root, 'peak');
  const peakOf = async (once) => {
    if (!peaks) return null;
    const kib = [];
    for (let index = 0; index < MEMORY_RUNS; index += 1) kib.push(await once());
    return median(kib);
  };
  const floorResults = [];
  for (const { id, label, file, env } of floors) {
    const peakKib = await peakOf(() => peakMemory(process.execPath, [file], env, scratch).kib);
    floorResults.push({ id, label, ms: measured.floors[id], peakKib });
  }
  const results = [];
  for (const [index, row] of rows.entries()) {
    const { id, label, limit = null, memory = null, floor = 'node' } = row.scene;
    const once = (input) => peakMemory(process.execPath, row.argv, row.sandbox.env, scratch, input);
    const peakKib = await peakOf(async () => (await perform(row, once, endpoint)).kib);
    const floorPeak = floorResults.find((result) => result.id === floor).peakKib;
    results.push({
      id,
      label,
      floor,
      limit,
      ms: measured.rows[index].ms,
      ratio: measured.rows[index].ratio,
      peakKib,
      memory: peakKib === null ? null : { ratio: peakKib / floorPeak, limit: memory },
    });
  }
  return { floors: floorResults, rows: results };
}
