import { spawn } from 'node:child_process';

/** What a call of the program came to, as seen from outside. */
export interface Call {
  readonly stdout: string;
  readonly stderr: string;
  /** Null when it was killed. */
  readonly exitCode: number | null;
  /** From starting the process until it was gone and its output closed, ms. */
  readonly ms: number;
}

/** Runs the program with arguments. Never rejects. */
export type RunProgram = (args: readonly string[]) => Promise<Call>;

/** Longer than any call takes; what hangs then is a finding, not something to wait for. */
const LIMIT_MS = 10_000;

/** Runs `entry` as whoever types the command would: a process of its own, its output in pipes. */
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
      child.on('close', (exitCode) => resolve({ ...out, exitCode, ms: performance.now() - start }));
    });
}
