/*
 * Exceptions are bugs of this program or of Node. Failures that are expected (a missing file, a server that closes the
 * connection) are values.
 */

/**
 * Describes an exception by its type and position: `TypeError at emitLookup net:1466:9`, or `string` for a thrown text.
 * The message is left out, because Node quotes headers and file contents in some.
 */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  // The frames follow the message, which can itself have several lines.
  const { stack = '', message } = error;
  const start = stack.indexOf(message);
  const frames = start < 0 ? '' : stack.slice(start + message.length);
  const frame = frames.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${error.name} ${frame === undefined ? '' : positionOf(frame.trim())}`.trim();
}

/** `at call (/dir/file.cjs:1:2)` → `at call file.cjs:1:2`: a directory can contain the user's name. */
function positionOf(frame: string): string {
  // The first parenthesis: the name of a directory can contain another, as `C:\Program Files (x86)` does.
  const from = frame.endsWith(')') ? frame.indexOf(' (') : -1;
  const [call, position] =
    from < 0 ? ['at', frame.slice('at '.length)] : [frame.slice(0, from), frame.slice(from + 2, -1)];
  return `${call} ${position.slice(Math.max(position.lastIndexOf('/'), position.lastIndexOf('\\')) + 1)}`;
}

/** The listeners of `onUncaught`. One of the process calls them all: Node warns on standard error of more than ten. */
const listeners = /* @__PURE__ */ new Set<(error: unknown) => void>();

function tellAll(error: unknown): void {
  for (const listener of listeners) listener(error);
}

/**
 * Calls `listener` with every exception that no caller can catch: one thrown in a callback of a timer, a socket, a name
 * lookup or a child process, or a rejection without a handler. Meanwhile Node neither prints them nor ends.
 *
 * @returns a function that stops it
 */
export function onUncaught(listener: (error: unknown) => void): () => void {
  if (listeners.size === 0) process.on('uncaughtException', tellAll).on('unhandledRejection', tellAll);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) process.off('uncaughtException', tellAll).off('unhandledRejection', tellAll);
  };
}

/**
 * How long work may go on after an exception that no caller can catch, ms: it may or may not be waiting for the callback
 * that threw. Most deadlines are shorter, so that the work ends by itself.
 */
const GRACE_MS = 3000;

/**
 * The result of some work. An exception that no caller can catch is ignored if the work still ends in time; otherwise the
 * promise rejects with it.
 */
export function withUncaught<T>(work: Promise<T>): Promise<T> {
  const uncaught = new Promise<never>((_, reject) => {
    onUncaught((error) => setTimeout(reject, GRACE_MS, error));
  });
  return Promise.race([work, uncaught]);
}
