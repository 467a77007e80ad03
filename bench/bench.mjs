/**
 * Measures the built program: whole processes beside an empty script, the hooks in their shells, the launcher
 * and, on request, how cost grows with the work. docs/specs/performance.md explains the purpose and the tables.
 */
import { measureGrowth } from './growth.mjs';
import { parseOptions, usage } from './options.mjs';
import { measureProcesses } from './processes.mjs';
import { missed } from './promises.mjs';
import { renderReport } from './report.mjs';
import { scenes } from './scenes.mjs';
import { measureShells } from './shells.mjs';
import { machine, missingBuild, scratchFolder, startEndpoint } from './stage.mjs';

/** A few minutes on a present-day laptop. */
const ROUNDS = 60;

const { options, problem } = parseOptions(process.argv.slice(2), {
  rounds: ROUNDS,
  flags: ['json', 'check', 'growth', 'help'],
});
const stop = problem ?? (options.help ? null : missingBuild());
if (stop) {
  process.stderr.write(`bench: ${stop}\n`);
  process.exitCode = problem ? 2 : 1;
} else if (options.help) {
  process.stdout.write(usage('npm run bench', ROUNDS, ['json', 'check', 'growth']));
} else {
  await bench(options);
}

async function bench({ rounds, json, check, growth }) {
  const start = performance.now();
  const root = scratchFolder();
  const endpoint = await startEndpoint();
  const { floors, rows } = await measureProcesses({ root, endpoint, rounds, scenes });
  const grown = growth ? await measureGrowth({ root, endpoint, rounds }) : null;
  await endpoint.settle();
  const shells = await measureShells({ rounds });
  const seconds = (performance.now() - start) / 1000;
  const report = { kind: 'bench', ...machine(), rounds, seconds, floors, rows, shells, growth: grown };
  process.stdout.write(json ? `${JSON.stringify(report, null, 1)}\n` : renderReport(report));
  if (!check) return;
  const broken = missed([...rows, ...shells]);
  for (const text of broken) process.stderr.write(`bench: ${text}\n`);
  if (broken.length > 0) process.exitCode = 1;
}
