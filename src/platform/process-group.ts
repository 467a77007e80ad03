import type { ChildProcess } from 'node:child_process';

/** Signals that end usageline, and that a process in a group of its own does not get by itself. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/**
 * Calls `end` when this process ends before a process in a group of its own has ended. To be called before that is started: a
 * signal can arrive right after the start.
 *
 * @returns a function that stops it
 */
export function whenWeEnd(end: () => void): () => void {
  const handlers = SIGNALS.map((signal) => [signal, () => (stop(), end(), raise(signal))] as const);
  const stop = () => {
    process.off('exit', end);
    for (const [signal, handler] of handlers) process.off(signal, handler);
  };
  process.on('exit', end);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  return stop;
}

/** Sends a signal to the group of a process that was started as `detached` and has not been waited for. On Windows: to it alone. */
export function endGroup(child: ChildProcess, platform: NodeJS.Platform, signal: NodeJS.Signals): void {
  try {
    if (platform === 'win32' || child.pid === undefined) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // The process has just ended.
  }
}

function raise(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal);
}
