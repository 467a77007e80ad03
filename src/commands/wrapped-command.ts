import type { ChildProcess } from 'node:child_process';
import { rememberOutput, rememberedOutput } from '../cache/wrapped-outputs.ts';
import type { AccountDirectory } from '../cache/directory.ts';
import { closeInherited } from '../platform/descriptors.ts';
import { endGroup, whenWeEnd } from '../platform/process-group.ts';
import { widthOf } from '../render/layout.ts';
import type { System } from '../platform/system.ts';
import { SECOND } from '../usage/time.ts';

/** Deadline of the wrapped command, ms. A later status line is of no use. */
const DEADLINE_MS = 2 * SECOND;
/** The longest output. No status line is longer. */
const MAX_OUTPUT_CHARACTERS = 64 * 1024;
/** With fewer free columns beside the last row of the output, the line gets a row of its own. */
const LEAST_ROOM = 24;
const GAP = '  ';

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
  /** Its output; empty also if it could not be started. */
  { readonly kind: 'output'; readonly text: string } | { readonly kind: 'late' };

/**
 * Runs the user's own status line command with the same standard input, as the provider's client would. The input is no
 * part of the text that the shell evaluates. Does not wait for the end of the output: processes that the command leaves
 * behind may hold it open. The command has its own process group, which is killed at the deadline, or when usageline ends.
 */
export function runWrappedCommand(system: System, command: string, input: Buffer): Promise<Ended> {
  const { platform } = system;
  return new Promise((resolve) => {
    closeInherited(system);
    let running: ChildProcess | null = null;
    const end = () => {
      if (running !== null) endGroup(running, platform, 'SIGKILL');
    };
    const stopListening = whenWeEnd(end);
    const child = started(command, platform);
    running = child;
    const { stdin, stdout } = child ?? {};
    if (!child || !stdin || !stdout) {
      stopListening();
      return resolve({ kind: 'output', text: '' });
    }
    let text = '';
    let received = 0;

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
      // Its process group is not killed: its children may be wanted, and another process may have its id by then.
      clearTimeout(timer);
      stopListening();
      whenQuiet(
        () => received,
        () => done({ kind: 'output', text: text.slice(0, MAX_OUTPUT_CHARACTERS).trimEnd() }),
      );
    });
    // EPIPE, if it does not read the input.
    stdin.on('error', () => {});
    stdin.end(input);
  });
}

/** Null if the process cannot be started. Node throws for most reasons, and reports the others as an event. */
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

/** Turns of the event loop without a byte, after which the pipe is empty: what it held is read in the first of them. */
const QUIET_TURNS = 3;
/** Most turns to wait: a process that was left behind may print for ever. */
const MAX_TURNS = 64;

/** Calls back when the output up to the end of a process has been received. */
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

/** The session and the command of a stored output, which is shown for no other. */
export interface Wrapped {
  readonly session: string;
  readonly command: string;
}

/**
 * The output to show. That of a command that has ended is stored; a command that is late is replaced by its last output, or
 * by `unknown` if there is none.
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

/** The output with the line after its last row, or in a row of its own if there is no room. */
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

/** The output with its colours and its link ended, so that they do not extend to the text after it. */
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

/** The width of a row of the wrapped command, without colours and links, in columns. */
function columnsOf(row: string): number {
  return widthOf(row.replace(ESCAPES, ''));
}
