import { parseArgs } from 'node:util';
import { dayReportOf, simulateDay } from './day.ts';
import { START } from './machine.ts';
import { reportOf } from './report.ts';
import { simulateWeek } from './week.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '7' },
    start: { type: 'string', default: new Date(START).toISOString() },
    json: { type: 'boolean', default: false },
  },
});
/** Tells the parent process that the simulation is over. */
export const done = main();

async function main(): Promise<void> {
  const start = Date.parse(values.start);
  if (Number.isNaN(start)) throw new Error('--start is a date such as 2028-02-28 (UTC)');
  const result = await simulateWeek({ seed: Number(values.seed), days: Number(values.days), start });
  const day = await simulateDay({ seed: Number(values.seed), start });
  const text = values.json
    ? JSON.stringify({ ...result, day }, null, 2)
    : `${reportOf(result)}\n${dayReportOf(day)}`;
  process.stdout.write(`${text.trimEnd()}\n`);
}
