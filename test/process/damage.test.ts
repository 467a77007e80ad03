import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Machine, runProgram } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';

const dist = new URL('../../dist/', import.meta.url).pathname;

it('explain names the program files that differ from the build', async () => {
  const directory = fs.mkdtempSync(join(tmpdir(), 'usageline-damage-'));
  removeAtTheEnd(directory);
  fs.cpSync(dist, directory, { recursive: true });
  const machine = new Machine('http://127.0.0.1:9');
  const explain = () => runProgram(process.execPath, [join(directory, 'hot.cjs'), 'explain'], machine.env);
  expect((await explain()).stdout).not.toContain('Program');

  fs.truncateSync(join(directory, 'usage.cjs'), 1000);
  fs.rmSync(join(directory, 'zone-names.cjs'));
  const run = await explain();
  expect(run).toMatchObject({ stderr: '', code: 0 });
  expect(run.stdout).toMatch(
    /^Program {7}this installation is damaged \(usage\.cjs, zone-names\.cjs\): install it again$/m,
  );
});
