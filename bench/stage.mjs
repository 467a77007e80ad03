/** What every benchmark needs around it: a scratch folder, the endpoint, and an end that leaves nothing. */
import { fork } from 'node:child_process';
import fs from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What npm links as `usageline`. */
export const program = join(root, 'dist', 'hot.cjs');
/** The way through a checkout. */
export const checkout = join(root, 'bin', 'usageline.cjs');
export const launcher = join(root, 'bin', 'usageline-prompt');
export const background = join(root, 'dist', 'worker.cjs');
export const authority = join(root, 'test', 'fixtures', 'tls', 'ca.pem');

/** Says what is missing, or null. */
export function missingBuild() {
  return fs.existsSync(program) ? null : 'dist/ is missing; run `npm run build` first';
}

/** Where and when: what a number is worth without its machine. */
export function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
  };
}

/** A folder that is gone when the process is, however it ends. */
export function scratchFolder() {
  const folder = fs.mkdtempSync(join(fs.realpathSync(tmpdir()), 'usageline-bench-'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])
    process.once(signal, () => process.exit(code));
  return folder;
}

/**
 * Starts the endpoint. `expected` is the number of requests that were meant; `settle` ends it and throws when
 * another number has come.
 */
export async function startEndpoint() {
  const child = fork(fileURLToPath(new URL('endpoint.mjs', import.meta.url)), {
    execArgv: [],
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  process.on('exit', () => child.kill());
  const { http, https } = await message(child);
  return {
    http,
    https,
    expected: 0,
    async settle() {
      child.send('requests');
      const { requests } = await message(child);
      child.disconnect();
      if (requests !== this.expected)
        throw new Error(`${requests} requests were made, ${this.expected} were to be measured`);
    },
  };
}

function message(child) {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('the endpoint ended'));
    child.once('exit', ended);
    child.once('message', (what) => {
      child.off('exit', ended);
      resolve(what);
    });
  });
}
