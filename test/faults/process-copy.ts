import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer, Endpoint } from '../support/endpoint.ts';
import type { Machine } from '../support/program.ts';
import { removeAtTheEnd } from '../support/remove.ts';
import { aWorkingMachine, runWith } from './harness.ts';

/**
 * The command line of a copy of the built program that every user can read: a build does not disturb a long run,
 * and other users can run it. Removed after the tests of the file.
 */
export function copyOfTheProgram(): readonly [string, string] {
  const directory = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-program-'));
  removeAtTheEnd(directory);
  fs.chmodSync(directory, 0o755);
  for (const name of ['bin', 'dist', 'package.json']) {
    fs.cpSync(new URL(`../../${name}`, import.meta.url), join(directory, name), { recursive: true });
  }
  return [process.execPath, join(directory, 'bin', 'usageline.cjs')];
}

/** Like `aWorkingMachine`, with the copy as its program. */
export async function aMachineWith(
  program: readonly string[],
  answer?: Answer,
): Promise<{ endpoint: Endpoint; machine: Machine }> {
  const world = await aWorkingMachine(answer);
  const { machine } = world;
  machine.run = (args = [], env = {}) => runWith([...program, ...args], { ...machine.env, ...env });
  return world;
}

/**
 * Damages the first of the two HTTP parsers, whose WebAssembly is a text in the bundle that sends requests. The text
 * continues over lines that end with a backslash.
 */
export function damageParser(path: string): void {
  const text = fs.readFileSync(path, 'latin1');
  const damaged = text.replace(/AGFzbQ[\w+/\\\n]{2000}/, (code) => code.replace(/[\w+/]/g, 'A'));
  if (damaged === text) throw new Error(`${path} contains no parser`);
  fs.writeFileSync(path, damaged, 'latin1');
}
