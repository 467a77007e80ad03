import { spawn, spawnSync } from 'node:child_process';

/** Other users than root need a user namespace for it, where that is allowed. */
const UNSHARE = process.getuid?.() === 0 ? ['unshare', '-n'] : ['unshare', '-rn'];

export function canUnshare() {
  const [file, ...args] = UNSHARE;
  return spawnSync(file, [...args, 'true'], { stdio: 'ignore' }).status === 0;
}

/**
 * Opens a shell that runs one command per request: a command of microseconds can only be measured in a process that is
 * already running. The shell reads a word per line, and prints a line when the command has ended.
 *
 * @param isolated in a network namespace without interfaces, see `canUnshare`
 */
export function openSession(file, args, env, isolated = false) {
  const [first, ...rest] = [...(isolated ? UNSHARE : []), file, ...args];
  const child = spawn(first, rest, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let waiting = null;
  let buffer = '';
  const fail = (error) => {
    waiting?.reject(error);
    waiting = null;
  };
  child.on('error', fail);
  child.stdin.on('error', fail);
  child.on('exit', (code) => fail(new Error(`${file} ended with ${code}`)));
  child.stdout.setEncoding('utf8').on('data', (text) => {
    buffer += text;
    const end = buffer.indexOf('\n');
    if (end < 0) return;
    const line = buffer.slice(0, end);
    buffer = buffer.slice(end + 1);
    waiting?.resolve(line);
    waiting = null;
  });
  const ask = (word) =>
    new Promise((resolve, reject) => {
      waiting = { resolve, reject };
      child.stdin.write(`${word}\n`);
    });
  return {
    ask,
    /** How long it takes, ms. */
    async time(word) {
      const start = process.hrtime.bigint();
      await ask(word);
      return Number(process.hrtime.bigint() - start) / 1e6;
    },
    close: () => child.stdin.end(),
  };
}
