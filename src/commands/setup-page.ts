import { wrap } from '../render/layout.ts';

/* The layout of what `usageline setup` prints. */

/** Where the texts of setup go. */
export interface Page {
  readonly terminal: boolean;
  /** Columns of a line of prose; infinite where no terminal would break a line. */
  readonly width: number;
  /** Columns of a sketch. */
  readonly sketch: number;
}

/** Columns of a terminal: a narrower one counts as the least, and in a wider one lines are as long as in the widest. */
const [LEAST_COLUMNS, USUAL_COLUMNS, MOST_COLUMNS] = [40, 80, 100];
/** Before a sketch, and before what has no room behind its name. */
export const INDENT = '    ';

/** @param width of the terminal, columns; undefined where it is not known */
export function pageOf(terminal: boolean, width: number | undefined): Page {
  const given = (terminal && width) || USUAL_COLUMNS;
  const columns = Math.max(LEAST_COLUMNS, Math.min(given, MOST_COLUMNS));
  return {
    terminal,
    width: terminal ? columns : Number.POSITIVE_INFINITY,
    sketch: columns - INDENT.length,
  };
}

/** Lines of prose, wrapped to the page. */
export function prose(text: string, { width }: Page): string {
  return text
    .split('\n')
    .map((line) => wrap(line, width).join('\n'))
    .join('\n');
}

/** Fewer columns than this behind a name are too few for prose. */
const LEAST_PROSE = 40;

/** Prose behind a name, wrapped in a column of its own; in a narrow terminal below the name. */
export function named(name: string, text: string, { width }: Page): string {
  const isBeside = width - name.length >= LEAST_PROSE;
  const indent = isBeside ? ' '.repeat(name.length) : INDENT;
  const lines = wrap(text, width - indent.length).join(`\n${indent}`);
  return isBeside ? name + lines : `${name.trimEnd()}\n${indent}${lines}`;
}

/** The files of a host behind its name, in a column of their own; below the name where one has no room there. */
export function listed(name: string, files: readonly string[], { width }: Page): string {
  const isBeside = files.every((file) => name.length + file.length <= width);
  return isBeside
    ? name + files.join(`\n${' '.repeat(name.length)}`)
    : [name.trimEnd(), ...files.map((file) => INDENT + file)].join('\n');
}
