import { STDOUT, writeOut } from '../platform/stdio.ts';
import { paint } from '../render/spans.ts';
import type { Style } from '../render/style.ts';
import { wrap } from '../render/layout.ts';
import type { System } from '../platform/system.ts';

/** What is narrated fits a classic terminal; the program's own output is set in by `INDENT`. */
export const COLUMNS = 80;
export const INDENT = '  ';

/** Tells the demo as it goes, and keeps count of what did not come out as told. */
export interface Narrator {
  /** A paragraph at the margin, before the first scene and after the last. */
  paragraph(text: string): void;
  /** The next numbered scene. */
  scene(title: string): void;
  /** A command, as one would type it. */
  command(text: string): void;
  /** What a command printed, as it stands. */
  output(text: string): void;
  /** Something that was measured or seen. */
  fact(text: string): void;
  /** Says so when it is not so. */
  check(claim: string, isSo: boolean): void;
  failures(): number;
}

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
      prose(INDENT, `NOT AS TOLD: ${claim}`, 'critical');
    },
    failures: () => failures,
  };
}

/** `1 request`, `no requests`, `10 calls`. */
export function countOf(count: number, noun: string): string {
  return `${count === 0 ? 'no' : count} ${noun}${count === 1 ? '' : 's'}`;
}
