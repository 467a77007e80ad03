/*
 * Exceptions: faults of this program, or of the Node that runs it. What the world does (a file that is not there, a
 * server that hangs up) is a value; an exception is what nothing was prepared for.
 */

/**
 * Kind and place of an exception, without its message: Node quotes headers and file contents in some.
 * `TypeError at emitLookup net:1466:9`, `string` for what is no error.
 */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  // The message comes before the frames, and can have lines of its own.
  const { stack = '', message } = error;
  const start = stack.indexOf(message);
  const frames = start < 0 ? '' : stack.slice(start + message.length);
  const frame = frames.split('\n').find((line) => line.trimStart().startsWith('at '));
  return `${error.name} ${frame === undefined ? '' : placeOf(frame.trim())}`.trim();
}

/** `at call (/dir/file.cjs:1:2)` → `at call file.cjs:1:2`: directories can have a user's name in them. */
function placeOf(frame: string): string {
  // The first one: a directory can have one in its name as well, such as `C:\Program Files (x86)`.
  const from = frame.endsWith(')') ? frame.indexOf(' (') : -1;
  const [call, place] =
    from < 0 ? ['at', frame.slice('at '.length)] : [frame.slice(0, from), frame.slice(from + 2, -1)];
  return `${call} ${place.slice(Math.max(place.lastIndexOf('/'), place.lastIndexOf('\\')) + 1)}`;
}

/**
 * Calls back with every exception that no caller can catch: thrown in the callback of a timer, a socket, a name lookup
 * or a child process, or a rejection without a handler. While one listens, Node neither prints them nor ends.
 *
 * @returns stops it
 */
export function onUncaught(listener: (error: unknown) => void): () => void {
  process.on('uncaughtException', listener).on('unhandledRejection', listener);
  return () => {
    process.off('uncaughtException', listener).off('unhandledRejection', listener);
  };
}

/**
 * Work that goes on after an exception which no caller can catch may be waiting for what threw it, or not. All that is
 * waited for has a deadline of its own: most are shorter than this, ms, and a request ends at once.
 */
const PATIENCE_MS = 3000;

/**
 * The outcome of some work. An exception that no caller can catch is ignored while the work still comes to its end, and
 * is what the promise rejects with when it does not.
 */
export function withUncaught<T>(work: Promise<T>): Promise<T> {
  const uncaught = new Promise<never>((_, reject) => {
    onUncaught((error) => setTimeout(reject, PATIENCE_MS, error));
  });
  return Promise.race([work, uncaught]);
}
