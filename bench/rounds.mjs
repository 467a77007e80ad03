import { median, summary } from './statistics.mjs';

/** Warm-up rounds, which do not count: files are read from disk, the processor wakes up. */
const WARM_UP = 2;
/** The floor is measured several times, because one slow start would distort it. */
const FLOORS_A_ROUND = 3;

/**
 * Measures rows and their floors within the same seconds. A round takes every row once, each right after its floor, and
 * begins with another row than the round before, so that no row always follows the same one. A ratio is a row's time
 * divided by the median of its floor in that round: a machine that is slow for ten seconds slows both.
 *
 * @param floors by name, each a function that takes the floor once and returns ms; empty if the rows do that themselves
 * @param rows `{ floor, take }`: the name of the floor and a function that takes the row once and returns ms, or
 *   `{ ms, floorMs }` if it has taken the floor as well
 * @returns the floors by name and the rows in order, with median and spread over all rounds; `samples` has a
 *   row's time in each round
 */
export async function measureRounds({ rounds, floors, rows }) {
  const samples = rows.map(() => ({ ms: [], ratio: [] }));
  const names = [...new Set(rows.map(({ floor }) => floor))];
  const floorMs = new Map(names.map((name) => [name, []]));
  const times = (name) =>
    Math.max(1, Math.ceil(FLOORS_A_ROUND / rows.filter(({ floor }) => floor === name).length));

  for (let round = -WARM_UP; round < rounds; round += 1) {
    const floorTimes = new Map(names.map((name) => [name, []]));
    const taken = [];
    for (let position = 0; position < rows.length; position += 1) {
      const index = (position + Math.abs(round)) % rows.length;
      const { floor, take } = rows[index];
      for (let time = 0; floors[floor] && time < times(floor); time += 1) {
        floorTimes.get(floor).push(await floors[floor]());
      }
      const both = await take();
      const { ms, floorMs: own } = typeof both === 'number' ? { ms: both } : both;
      if (own !== undefined) floorTimes.get(floor).push(own);
      taken.push({ index, ms, own });
    }
    if (round < 0) continue;
    for (const name of names) floorMs.get(name).push(...floorTimes.get(name));
    for (const { index, ms, own } of taken) {
      samples[index].ms.push(ms);
      samples[index].ratio.push(ms / (own ?? median(floorTimes.get(rows[index].floor))));
    }
  }
  return {
    floors: Object.fromEntries(names.map((name) => [name, summary(floorMs.get(name))])),
    rows: samples.map(({ ms, ratio }) => ({ ms: summary(ms), ratio: summary(ratio), samples: ms })),
  };
}
