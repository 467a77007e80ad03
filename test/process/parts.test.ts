import fs from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { anEndpoint, fixture, json } from '../support/endpoint.ts';
import { Machine } from '../support/program.ts';

it('a request loads the bundles that it needs, and no other', async () => {
  const endpoint = await anEndpoint(json(fixture('2026-04-18-max.json')));
  const machine = new Machine(endpoint.url);
  const preload = join(machine.home, 'preload.cjs');
  const list = join(machine.home, 'list');
  fs.writeFileSync(
    preload,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)},
       Object.keys(require.cache).filter((path) => path !== __filename).join('\\n')));`,
  );
  const run = await machine.run(['--wait'], { NODE_OPTIONS: `--require=${preload}` });
  expect(run).toMatchObject({ stdout: '5h 22% 4h37m · 7d 33% 4d3h\n', stderr: '', code: 0 });
  const loaded = fs
    .readFileSync(list, 'utf8')
    .split('\n')
    .map((path) => basename(path));
  expect(loaded.toSorted()).toEqual(['asking.cjs', 'hot.cjs', 'sending.cjs', 'usage.cjs', 'usageline.cjs']);
});
