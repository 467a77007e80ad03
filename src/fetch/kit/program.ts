import type { ChildProcess } from 'node:child_process';
import { errno } from '../../platform/errno.ts';
import type { System } from '../../platform/system.ts';
import { endGroup, whenWeEnd } from '../../platform/process-group.ts';
import type { RefreshFailure } from '../../usage/failure.ts';

/** What a program wrote, or the failure in its place. */
export type Output =
  | { readonly ok: true; readonly text: string; readonly exitCode: number }
  | { readonly ok: false; readonly why: WhyNot; readonly failure: RefreshFailure };

/** Why there is no output. `late`: it did not end in time. `large`: it wrote too much. */
export type WhyNot = 'missing' | 'not_started' | 'late' | 'large';

/** How to run a program. */
export interface ProgramOptions {
  /** The deadline, ms. Then it is asked to end (SIGTERM), and the failure is `timeout`. */
  readonly timeoutMs: number;
  /** Variables of its environment that are not those of the caller; undefined: not set. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text for its standard input; without it, that is empty. */
  readonly input?: string;
  /**
   * It gets a process group of its own, which is ended as a whole where it does not end in time or writes too much, and where
   * this process ends. Not for a program that may be renewing a login.
   */
  readonly ownGroup?: boolean;
}

/** The largest output that is read, bytes. */
const MAX_OUTPUT = 1024 * 1024;
/** How long the output counts after the end of the program, ms: processes that it leaves behind can hold the pipe open. */
const AFTER_END_MS = 100;

/**
 * Runs a program without a shell, in the root directory, and returns what it wrote to its standard output. Its standard error
 * is not read: it can contain anything. What it leaves behind is not waited for, and not ended.
 *
 * @param command a name, which PATH leads to, or an absolute path
 */
export function runProgram(
  system: System,
  command: string,
  args: readonly string[],
  { timeoutMs, env = {}, input, ownGroup = false }: ProgramOptions,
): Promise<Output> {
  const { spawn } = process.getBuiltinModule('node:child_process');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const environment: NodeJS.ProcessEnv = { ...system.env, ...env };
    const notStarted = (error: unknown): Output => {
      const isMissing = isMissingProgram(system, command, environment.PATH, error);
      const detail = isMissing ? `${command} was not found` : `${command} could not be started`;
      const why = isMissing ? 'missing' : 'not_started';
      return { ok: false, why, failure: { code: 'no_credentials', detail } };
    };
    const isGroup = ownGroup && system.platform !== 'win32';
    let child: ChildProcess | undefined;
    const endGroupOf = () => {
      if (child !== undefined) endGroup(child, system.platform, 'SIGTERM');
    };
    const stopListening = isGroup ? whenWeEnd(endGroupOf) : () => {};
    try {
      child = spawn(command, args, {
        stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'ignore'],
        env: environment,
        windowsHide: true,
        ...(system.platform !== 'win32' && { cwd: '/' }),
        ...(isGroup && { detached: true }),
      });
    } catch (error) {
      stopListening();
      // Node throws for some reasons, such as a loop of links in PATH, and emits an event for the others.
      return resolve(notStarted(error));
    }
    const running = child;
    let isOver = false;
    const end = (output: Output) => {
      isOver = true;
      clearTimeout(timer);
      stopListening();
      running.stdout?.destroy();
      running.unref();
      resolve(output);
    };
    const stop = (why: 'late' | 'large') => {
      if (isGroup) endGroupOf();
      else running.kill();
      end({ ok: false, why, failure: { code: why === 'late' ? 'timeout' : 'bad_response' } });
    };
    const ended = (code: number | null) =>
      end({ ok: true, text: Buffer.concat(chunks).toString('utf8'), exitCode: code ?? 1 });
    let timer = setTimeout(() => stop('late'), Math.max(0, timeoutMs));
    running.on('error', (error) => end(notStarted(error)));
    running.stdin?.on('error', () => {});
    running.stdin?.end(input);
    running.stdout?.on('error', () => {});
    running.stdout?.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_OUTPUT) chunks.push(chunk);
      // After its end the group can have another one's id.
      else if (running.exitCode === null && running.signalCode === null) stop('large');
      else end({ ok: false, why: 'large', failure: { code: 'bad_response' } });
    });
    running.on('exit', (code) => {
      if (isOver) return;
      stopListening();
      clearTimeout(timer);
      // A busy process reads first what the pipe still holds.
      timer = setTimeout(() => setImmediate(() => ended(code)), AFTER_END_MS);
    });
    running.on('close', ended);
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
