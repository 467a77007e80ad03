import type { ChildProcess } from 'node:child_process';
import { rememberOutput, rememberedOutput } from '../cache/wrapped-outputs.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { closeInherited } from '../platform/descriptors.ts';
import { widthOf } from '../render/layout.ts';
import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';

/** How long the wrapped command may take, ms. A later status line is of no use. */
const DEADLINE_MS = 2 * SECOND;
/** No status line is longer. */
const MAX_OUTPUT_CHARACTERS = 64 * 1024;
/** Fewer free columns than this beside the command's last row: the line gets a row of its own. */
const LEAST_ROOM = 24;
const GAP = '  ';
/** Signals that end usageline, and that the wrapped command does not get by itself. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const ESC = '\u001B';
const BEL = '\u0007';
// CSI sequences (colours) and OSC sequences (links).
const ESCAPES = new RegExp(`${ESC}(?:\\[[0-9;:?]*[A-Za-z]|\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\))`, 'g');
const CUT_OFF_ESCAPE = new RegExp(`${ESC}(?:\\[[0-9;:?]*|[\\]P^_X][^${BEL}${ESC}]*)?$`);
const COLORS = new RegExp(`^${ESC}\\[([0-9;:]*)m$`);
const LINK = new RegExp(`^${ESC}\\]8;[^;]*;(.*?)(?:${BEL}|${ESC}\\\\)$`);
const END_OF_COLORS = `${ESC}[0m`;
const END_OF_LINK = `${ESC}]8;;${ESC}\\`;

/** How the wrapped command ended. */
export type Ended =
  /** What it had printed by its end; empty for nothing, or when it could not be started. */
  { readonly kind: 'output'; readonly text: string } | { readonly kind: 'late' };

/**
 * Runs the status line command that the user had before, with the same input, as the provider's client would. Nothing of the
 * input is part of what the shell reads. The end of the command's own process counts: processes that it leaves behind
 * may hold its output open for longer. It has a process group of its own, which ends at the deadline, and when
 * usageline ends before it.
 */
export function runWrappedCommand(system: System, command: string, input: Buffer): Promise<Ended> {
  const { platform } = system;
  return new Promise((resolve) => {
    closeInherited(system);
    const child = started(command, platform);
    const { stdin, stdout } = child ?? {};
    if (!child || !stdin || !stdout) return resolve({ kind: 'output', text: '' });
    let text = '';
    let received = 0;
    const end = () => endGroup(child, platform);
    const handlers = SIGNALS.map(
      (signal) => [signal, () => (stopListening(), end(), raise(signal))] as const,
    );
    const stopListening = () => {
      process.off('exit', end);
      for (const [signal, handler] of handlers) process.off(signal, handler);
    };
    process.on('exit', end);
    for (const [signal, handler] of handlers) process.on(signal, handler);

    const done = (ended: Ended) => {
      clearTimeout(timer);
      stopListening();
      stdout.removeAllListeners('data').on('error', () => {});
      resolve(ended);
    };
    const timer = setTimeout(() => {
      end();
      done({ kind: 'late' });
    }, DEADLINE_MS);
    stdout.setEncoding('utf8').on('data', (more: string) => {
      received += more.length;
      if (text.length < MAX_OUTPUT_CHARACTERS) text += more;
    });
    child.on('error', () => done({ kind: 'output', text: '' }));
    child.on('exit', () => {
      // Do not kill its process group: the user may want what it started, and another process may have its id by then.
      clearTimeout(timer);
      stopListening();
      whenQuiet(
        () => received,
        () => done({ kind: 'output', text: text.slice(0, MAX_OUTPUT_CHARACTERS).trimEnd() }),
      );
    });
    // It may not want the input.
    stdin.on('error', () => {});
    stdin.end(input);
  });
}

/** Null when the process cannot be started: Node throws for most reasons, and reports some as an event. */
function started(command: string, platform: NodeJS.Platform): ChildProcess | null {
  const { spawn } = process.getBuiltinModule('node:child_process');
  try {
    const child = spawn(command, {
      shell: true,
      stdio: ['pipe', 'pipe', 'ignore'],
      windowsHide: true,
      // On Windows it would get a console window.
      detached: platform !== 'win32',
    });
    child.on('error', () => {});
    return child.pid === undefined ? null : child;
  } catch {
    return null;
  }
}

function endGroup(child: ChildProcess, platform: NodeJS.Platform): void {
  try {
    if (platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid!, 'SIGKILL');
  } catch {
    // The process has just ended.
  }
}

function raise(signal: NodeJS.Signals): void {
  process.kill(process.pid, signal);
}

/** Turns of the event loop without a byte: what was in the pipe by then has been read in the first of them. */
const QUIET_TURNS = 3;
/** A process that was left behind can go on printing for ever. */
const MAX_TURNS = 64;

/** Calls back once what a process had printed by its end has been received. */
function whenQuiet(received: () => number, onQuiet: () => void): void {
  let [before, quiet, turns] = [received(), 0, 0];
  const turn = () => {
    quiet = received() === before ? quiet + 1 : 0;
    before = received();
    turns += 1;
    if (quiet >= QUIET_TURNS || turns >= MAX_TURNS) onQuiet();
    else setImmediate(turn);
  };
  setImmediate(turn);
}

/** Session and command of a stored output: it is not shown for another one. */
export interface Wrapped {
  readonly session: string;
  readonly command: string;
}

/**
 * The output to show: what the command printed, which is remembered; of one that was too slow what it printed last, or
 * `unknown` where there is nothing.
 */
export function outputToShow(
  system: System,
  cache: AccountDirectory | null,
  { session, command }: Wrapped,
  ended: Ended,
  unknown: string,
): string {
  const key = `${session}\n${command}`;
  if (ended.kind === 'late') return (cache && rememberedOutput(system, cache, key)) || unknown;
  if (cache !== null) rememberOutput(system, cache, key, ended.text);
  return ended.text;
}

/** Our line behind the last row of the wrapped command, or in a row of its own where there is no room for it. */
export function beside(
  output: string,
  line: (columns: number | null) => string,
  columns: number | null,
): string {
  const other = closed(output);
  if (other === '') return line(columns);
  if (columns === null) return `${other}${GAP}${line(null)}`;
  const room = columns - columnsOf(other.slice(other.lastIndexOf('\n') + 1)) - GAP.length;
  return room < LEAST_ROOM ? `${other}\n${line(columns)}` : `${other}${GAP}${line(room)}`;
}

/** The output with its colours and its link ended, so that they do not reach what is written behind it. */
function closed(output: string): string {
  // An escape sequence without an end would swallow what comes next.
  const whole = output.replace(CUT_OFF_ESCAPE, '');
  let [colored, linked] = [false, false];
  for (const [escape] of whole.matchAll(ESCAPES)) {
    const colors = COLORS.exec(escape)?.[1];
    const link = LINK.exec(escape)?.[1];
    if (colors !== undefined) colored = /[1-9]/.test(colors);
    if (link !== undefined) linked = link !== '';
  }
  return `${whole}${linked ? END_OF_LINK : ''}${colored ? END_OF_COLORS : ''}`;
}

/** Columns of a row of the wrapped command: colours and links have none. */
function columnsOf(row: string): number {
  return widthOf(row.replace(ESCAPES, ''));
}
