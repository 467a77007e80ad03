import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';

/**
 * Whole processes, from outside: from before the process is started until it is gone and its output closed.
 * Output goes to a pipe, as it does in a prompt or a bar. `spawnSync`, because nothing of this process runs
 * in between then.
 *
 * @param input standard input, null for none: `{ text, pipe }`, where `pipe` is where its pipe can be made; without
 *   one the text comes through the socket that Node calls a pipe
 */
export function run(file, args, env, input = null) {
  const stdin = openInput(input);
  try {
    const start = process.hrtime.bigint();
    const { status, stdout, stderr, error } = spawnSync(file, args, {
      env,
      stdio: [stdin.from, 'pipe', 'pipe'],
      ...(stdin.from === 'pipe' && { input: input.text }),
      encoding: 'utf8',
      timeout: 30_000,
    });
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    if (error) throw error;
    return { ms, status, stdout, stderr };
  } finally {
    stdin.close();
  }
}

/**
 * All of a text is in the pipe and its writer is gone before the program reads, so that no row includes a wait
 * for the end.
 */
function openInput(input) {
  if (input === null) return { from: 'ignore', close() {} };
  if (input.pipe === undefined) return { from: 'pipe', close() {} };
  // Node cannot create an anonymous pipe; a named one is the same to its reader.
  if (!fs.existsSync(input.pipe)) execFileSync('mkfifo', [input.pipe]);
  // Opened for reading as well, so that opening does not wait for a reader.
  const writer = fs.openSync(input.pipe, 'r+');
  fs.writeSync(writer, input.text);
  const from = fs.openSync(input.pipe, 'r');
  fs.closeSync(writer);
  return { from, close: () => fs.closeSync(from) };
}

const GNU_TIME = '/usr/bin/time';

/** Whether peak memory can be measured on this machine. */
export function canMeasureMemory() {
  const { status, stderr } = spawnSync(GNU_TIME, ['-f', '%M', 'true'], { encoding: 'utf8' });
  return status === 0 && /^\d+\n$/.test(stderr);
}

/**
 * Peak resident memory of one process, KiB, as the kernel reports it to the parent. GNU time runs in between,
 * because a process inherits the peak of the one it was forked from. `/proc` would have to be read at the last moment,
 * and a preload would be measured as well.
 */
export function peakMemory(file, args, env, scratch, input = null) {
  const measured = run(GNU_TIME, ['-f', '%M', '-o', scratch, file, ...args], env, input);
  const last = fs.readFileSync(scratch, 'utf8').trim().split('\n').at(-1);
  return { ...measured, kib: Number(last) };
}
