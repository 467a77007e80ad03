import fs from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import type { Machine } from '../support/program.ts';
import { fault, goodDataKept, know, KNOWN, recordRows } from './harness.ts';
import type { Observed } from './harness.ts';
import { aMachineWith, copyOfTheProgram, damageParser } from './process-copy.ts';

recordRows('installation');

const FRESH = '5h 22% 4h37m · 7d 33% 4d3h';
const WITHIN = 10_000;

/** A file of the installation, and its damage. */
type Damage = (path: string) => void;

const flipped: Damage = (path) => {
  const bytes = fs.readFileSync(path);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  fs.writeFileSync(path, bytes);
};
const cut: Damage = (path) => fs.truncateSync(path, fs.statSync(path).size >> 1);
const empty: Damage = (path) => fs.truncateSync(path);
/** What a power cut leaves of a file that was just written. */
const zeroed: Damage = (path) => {
  const bytes = fs.readFileSync(path);
  fs.writeFileSync(path, bytes.fill(0, bytes.length >> 1));
};
const missing: Damage = (path) => fs.rmSync(path);
const replaced: Damage = (path) => fs.copyFileSync(join(dirname(path), 'zone-names.cjs'), path);

interface Case {
  readonly damaged: Readonly<Record<string, Damage>>;
  readonly args?: readonly string[];
  /** The state before: a fresh prerendered line, or data of twelve minutes ago. */
  readonly from?: 'prepared' | 'known';
}

function newData(machine: Machine): string {
  expect(machine.read('usage.json').data.five_hour.utilization).toBe(22);
  return 'new data';
}

/** Damages an installation of its own and runs it once. */
async function run({ damaged, args = ['--cached'], from = 'known' }: Case): Promise<Observed> {
  const program = copyOfTheProgram();
  const { endpoint, machine } = await aMachineWith(program);
  if (from === 'prepared') {
    await machine.run(['--wait', '--timeout', '10']);
    await machine.run();
    endpoint.requests.length = 0;
  } else know(machine);
  const dist = join(dirname(program[1]), '..', 'dist');
  for (const [name, damage] of Object.entries(damaged)) damage(join(dist, name));
  const observed = await machine.run(args);
  const requests = endpoint.requests.length;
  return {
    run: observed,
    requests,
    files: requests > 0 || from === 'prepared' ? newData(machine) : goodDataKept(machine),
  };
}

const sentence = (...names: string[]) =>
  new RegExp(
    `^usageline: this installation is damaged \\(${names.join(', ').replaceAll('.', '\\.')}\\): install it again\\n$`,
  );

const named = (...names: string[]) => ({
  prints: '',
  exit: 1,
  stderr: sentence(...names),
  requests: 0,
  within: WITHIN,
});

describe('a part that can be done without', () => {
  fault(
    'installation-01',
    'every file but hot.cjs is zero from its middle on: a prompt with a prerendered line',
    { prints: FRESH, requests: 0, within: WITHIN },
    () => run({ damaged: everyPart(zeroed), args: [], from: 'prepared' }),
  );
  fault(
    'installation-02',
    'a bundle of another command is cut in half, the list of checksums is missing',
    { prints: KNOWN, requests: 0, within: WITHIN },
    () => run({ damaged: { 'commands-init.cjs': cut, SHA256SUMS: missing } }),
  );
  fault(
    'installation-03',
    'the first of two HTTP parsers is damaged: the other is used',
    { prints: FRESH, requests: 1, within: WITHIN },
    () => run({ damaged: { 'sending.cjs': damageParser }, args: ['--wait', '--timeout', '10'] }),
  );
  fault(
    'installation-04',
    "the worker's bundle is cut in half: a prompt shows the stored numbers",
    { prints: KNOWN, requests: 0, within: WITHIN },
    () => run({ damaged: { 'worker.cjs': cut }, args: [] }),
  );
});

describe('a part that the command needs', () => {
  const cases: [id: string, what: string, damage: Damage][] = [
    ['05', 'has one bit flipped', flipped],
    ['06', 'is cut in half', cut],
    ['07', 'is empty', empty],
    ['08', 'is zero from its middle on', zeroed],
    ['09', 'is missing', missing],
    ['10', 'has the content of another', replaced],
  ];
  for (const [id, what, damage] of cases)
    fault(`installation-${id}`, `usage.cjs ${what}`, named('usage.cjs'), () =>
      run({ damaged: { 'usage.cjs': damage } }),
    );

  fault('installation-11', 'cli-program.cjs is cut in half: refresh', named('cli-program.cjs'), () =>
    run({ damaged: { 'cli-program.cjs': cut }, args: ['refresh'] }),
  );
  fault('installation-12', 'render-show.cjs is cut in half: show', named('render-show.cjs'), () =>
    run({ damaged: { 'render-show.cjs': cut }, args: ['show', '--cached'] }),
  );
  fault(
    'installation-13',
    'cli-fast-statusline.cjs is cut in half: statusline',
    named('cli-fast-statusline.cjs'),
    () => run({ damaged: { 'cli-fast-statusline.cjs': cut }, args: ['statusline'] }),
  );
  fault(
    'installation-14',
    'commands-statusline.cjs is cut in half: statusline',
    named('commands-statusline.cjs'),
    () => run({ damaged: { 'commands-statusline.cjs': cut }, args: ['statusline'] }),
  );
  fault(
    'installation-15',
    'sending.cjs is cut in half: --wait',
    { prints: `${KNOWN} · internal error`, requests: 0, within: WITHIN },
    () => run({ damaged: { 'sending.cjs': cut }, args: ['--wait'] }),
  );
  fault(
    'installation-16',
    'platform-damaged-files.cjs, which names damaged files, is damaged as well',
    {
      prints: '',
      exit: 1,
      stderr: /^usageline: a part of it cannot be loaded \(\w+\): install it again\n$/,
      requests: 0,
      within: WITHIN,
    },
    () => run({ damaged: { 'usage.cjs': cut, 'platform-damaged-files.cjs': cut } }),
  );
});

/** All bundles except the entry. */
function everyPart(damage: Damage): Record<string, Damage> {
  const names = fs.readdirSync(new URL('../../dist/', import.meta.url));
  return Object.fromEntries(names.filter((name) => name !== 'hot.cjs').map((name) => [name, damage]));
}
