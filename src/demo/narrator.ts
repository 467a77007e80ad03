import { STDOUT, writeOut } from '../platform/stdio.ts';
import { paint } from '../render/spans.ts';
import type { Style } from '../render/style.ts';
import { wrap } from '../render/layout.ts';
import type { System } from '../platform/system.ts';

/** The demo's width, for a classic terminal. */
export const COLUMNS = 80;
/** The indentation of the program's output. */
export const INDENT = '  ';

/** Prints the demo, and counts failed checks. */
export interface Narrator {
  /** Prints a paragraph without indentation, before the first scene or after the last. */
  paragraph(text: string): void;
  /** Prints the title of the next scene with its number. */
  scene(title: string): void;
  /** Prints a command line. */
  command(text: string): void;
  /** Prints the output of a command, indented. */
  output(text: string): void;
  /** Prints a measurement or an observation. */
  fact(text: string): void;
  /** Counts a failure and prints `claim`, unless `isSo`. */
  check(claim: string, isSo: boolean): void;
  failures(): number;
}

/** Prints to standard output. */
export function narrator(system: System, color: boolean): Narrator {
  let scenes = 0;
  let failures = 0;
  const line = (indent: string, text: string, style: Style | null) =>
    writeOut(system, STDOUT, `${indent}${paint([{ text, style }], color)}\n`);
  const prose = (indent: string, text: string, style: Style | null) => {
    for (const part of wrap(text, COLUMNS - indent.length)) line(indent, part, style);
  };
  return {
    paragraph: (text) => {
      if (scenes > 0) writeOut(system, STDOUT, '\n');
      prose('', text, null);
    },
    scene: (title) => {
      scenes += 1;
      const [first = '', ...rest] = wrap(title, COLUMNS - INDENT.length);
      writeOut(system, STDOUT, '\n');
      line('', `${String(scenes).padEnd(INDENT.length)}${first}`, 'strong');
      for (const part of rest) line(INDENT, part, 'strong');
    },
    command: (text) => line(INDENT, `$ ${text}`, null),
    output: (text) => {
      for (const part of text.trimEnd().split('\n')) {
        writeOut(system, STDOUT, part === '' ? '\n' : `${INDENT}${part}\n`);
      }
    },
    fact: (text) => prose(INDENT, text, 'dim'),
    check: (claim, isSo) => {
      if (isSo) return;
      failures += 1;
      prose(INDENT, `NOT AS ANNOUNCED: ${claim}`, 'critical');
    },
    failures: () => failures,
  };
}

/** A number with a noun: `1 request`, `no requests`, `10 calls`. */
export function countOf(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}
