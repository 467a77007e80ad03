/**
 * `npm run simulate`: bundles the simulation, since Node 20 does not run TypeScript, and runs it.
 * Options: `--seed <n>`, `--days <n>`, `--start <date, UTC>`, `--json`.
 */
import { build } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const directory = mkdtempSync(join(tmpdir(), 'usageline-simulation-'));
const outfile = join(directory, 'hot.cjs');
try {
  await build({
    entryPoints: [fileURLToPath(new URL('main.ts', import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20.18',
    // CommonJS, as in the build: the packages expect it.
    format: 'cjs',
    logLevel: 'warning',
  });
  const { default: simulation } = await import(pathToFileURL(outfile).href);
  await simulation.done;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
