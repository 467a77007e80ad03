import fs from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine } from '../support/program.ts';

const LINE = '5h 22% 4h37m · 7d 33% 4d3h\n';

/** Runs the program and says which of its files Node has compiled. */
async function compiledBy(args: readonly string[], nodeOptions = '') {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url);
  const spy = join(machine.home, 'spy.cjs');
  const list = join(machine.home, 'list');
  fs.writeFileSync(
    spy,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)},
       Object.keys(require.cache).filter((path) => path !== __filename).join('\\n')));`,
  );
  const run = await machine.run(args, { NODE_OPTIONS: `--require=${spy} ${nodeOptions}` });
  const files = fs
    .readFileSync(list, 'utf8')
    .split('\n')
    .map((path) => basename(path));
  return { run, files };
}

describe('the bytecode of the build', () => {
  it('is all that a request takes, besides what is started and who loads it', async () => {
    const { run, files } = await compiledBy(['--wait']);
    expect(run).toMatchObject({ stdout: LINE, stderr: '', code: 0 });
    expect(files.toSorted()).toEqual(['hot.cjs', 'parts.cjs', 'usageline.cjs']);
  });

  it('is left alone by a Node with other flags, which does the same without', async () => {
    const { run, files } = await compiledBy(['--wait'], '--stack-trace-limit=5 --max-old-space-size=300');
    expect(run).toMatchObject({ stdout: LINE, stderr: '', code: 0 });
    expect(files).toEqual(expect.arrayContaining(['usage.cjs', 'asking.cjs', 'sending.cjs']));
  });

  it('says nothing of where it was made', () => {
    const dist = new URL('../../dist/', import.meta.url).pathname;
    const made = fs.readdirSync(dist).filter((name) => name.endsWith('.bytecode'));
    expect(made.length).toBeGreaterThan(5);
    for (const name of made) expect(fs.readFileSync(join(dist, name), 'latin1')).not.toContain(dist);
  });
});
