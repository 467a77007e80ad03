/** What every benchmark needs: a scratch folder, the endpoint, and a clean-up. */
import { fork } from 'node:child_process';
import fs from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/** What npm links as `usageline`. */
export const program = join(root, 'dist', 'hot.cjs');
/** The command line in a checkout. */
export const checkout = join(root, 'bin', 'usageline.cjs');
export const launcher = join(root, 'bin', 'usageline-prompt');
export const background = join(root, 'dist', 'worker.cjs');
export const authority = join(root, 'test', 'fixtures', 'tls', 'ca.pem');

/** Names what is missing, or null. */
export function missingBuild() {
  return fs.existsSync(program) ? null : 'dist/ is missing; run `npm run build` first';
}

/** Machine and date: a number means nothing without them. */
export function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cores: availableParallelism(),
    platform: `${process.platform} ${process.arch}`,
  };
}

/** A folder that is removed when the process ends, however it ends. */
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
 * Starts the endpoint. `expected` is the intended number of requests; `settle` stops the endpoint and throws
 * when the number differs.
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
