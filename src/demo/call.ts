import { stripVTControlCharacters } from 'node:util';
import { spawn } from 'node:child_process';

/** The result of running the program as a process. */
export interface Call {
  readonly stdout: string;
  /** Standard output without its colours, to be checked. */
  readonly plain: string;
  readonly stderr: string;
  /** Null if the process was killed. */
  readonly exitCode: number | null;
  /** The time from starting the process to its end, ms. */
  readonly ms: number;
}

/** Runs the program with arguments. Never rejects. */
export type RunProgram = (args: readonly string[]) => Promise<Call>;

/** A call that takes longer than this, ms, hangs and is killed. */
const LIMIT_MS = 10_000;

/** Returns a function that runs `entry` as a process, with its output in pipes. */
export function programRunner(entry: string, env: Readonly<Record<string, string>>, cwd: string): RunProgram {
  return (args) =>
    new Promise((resolve) => {
      const start = performance.now();
      const child = spawn(process.execPath, [entry, ...args], {
        cwd,
        env: { ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: LIMIT_MS,
        killSignal: 'SIGKILL',
        windowsHide: true,
      });
      const out = { stdout: '', stderr: '' };
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          out[name] += text;
        });
      }
      child.on('error', () => {});
      child.on('close', (exitCode) => {
        const plain = stripVTControlCharacters(out.stdout);
        resolve({ ...out, plain, exitCode, ms: performance.now() - start });
      });
    });
}
