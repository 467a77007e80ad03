import type { ChildProcess } from 'node:child_process';
import { errno } from '../../platform/errno.ts';
import type { System } from '../../platform/system.ts';
import type { RefreshFailure } from '../../usage/failure.ts';

/** What a program wrote, or the failure in its place. */
export type Output =
  | { readonly ok: true; readonly text: string; readonly exitCode: number }
  | { readonly ok: false; readonly failure: RefreshFailure };

/** How to run a program. */
export interface ProgramOptions {
  /** The deadline, ms. Then it is asked to end (SIGTERM), and the failure is `timeout`. */
  readonly timeoutMs: number;
  /** Variables of its environment that are not those of the caller; undefined: not set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text for its standard input; without it, that is empty. */
  readonly input?: string;
}

/** The largest output that is read, bytes. */
const MAX_OUTPUT = 1024 * 1024;

/**
 * Runs a program without a shell, in the root directory, and returns what it wrote to its standard output. Its standard error
 * is not read: it can contain anything.
 *
 * @param command a name, which PATH leads to, or an absolute path
 */
export function runProgram(
  system: System,
  command: string,
  args: readonly string[],
  { timeoutMs, env = {}, input }: ProgramOptions,
): Promise<Output> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const environment: NodeJS.ProcessEnv = { ...system.env, ...env };
    const notStarted = (error: unknown): Output => {
      const isMissing = isMissingProgram(system, command, environment.PATH, error);
      const detail = isMissing ? `${command} was not found` : `${command} could not be started`;
      return { ok: false, failure: { code: 'no_credentials', detail } };
    };
    let child: ChildProcess;
    try {
      child = spawn(command, args, {
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'ignore'],
        env: environment,
        windowsHide: true,
        ...(system.platform !== 'win32' && { cwd: '/' }),
      });
    } catch (error) {
      // Node throws for some reasons, such as a loop of links in PATH, and emits an event for the others.
      return resolve(notStarted(error));
    }
    const end = (output: Output) => {
      clearTimeout(timer);
      child.stdout?.destroy();
      child.kill();
      child.unref();
      resolve(output);
    };
    const timer = setTimeout(() => end({ ok: false, failure: { code: 'timeout' } }), Math.max(0, timeoutMs));
    child.on('error', (error) => end(notStarted(error)));
    child.stdin?.on('error', () => {});
    child.stdin?.end(input);
    child.stdout?.on('error', () => {});
    child.stdout?.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > MAX_OUTPUT) end({ ok: false, failure: { code: 'bad_response' } });
      else chunks.push(chunk);
    });
    child.on('close', (code) => {
      const text = Buffer.concat(chunks).toString('utf8');
      end({ ok: true, text, exitCode: code ?? 1 });
    });
  });
}

/**
 * Whether a program could not be started because it is not there. Where a directory of PATH may not be read, the system says
 * EACCES of every name that no other directory has.
 */
export function isMissingProgram(
  { fs }: Pick<System, 'fs'>,
  command: string,
  path: string | undefined,
  error: unknown,
): boolean {
  const code = errno(error);
  if (code !== 'EACCES' || command.includes('/')) return code === 'ENOENT';
  const directories = (path ?? '').split(':').filter(Boolean);
  return !directories.some((directory) => fs.existsSync(`${directory}/${command}`));
}
