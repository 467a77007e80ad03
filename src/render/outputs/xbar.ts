import { isAboutCredentials } from '../../usage/failure.ts';
import type { Usage } from '../../usage/model.ts';
import { levelOf } from '../color.ts';
import type { Style } from '../style.ts';
import { age } from '../duration.ts';
import { errorSentence } from '../error-sentence.ts';
import { summaryOf, hasNumbers, shownError } from '../summary.ts';
import { heading } from '../heading.ts';
import { wrap } from '../layout.ts';
import { lineSpans } from '../line.ts';
import { lockSentences } from '../locks.ts';
import { limitRows, moment, poolRows, tokenRows } from '../row.ts';
import type { Row } from '../row.ts';
import { table } from '../table.ts';
import { plainText } from './output.ts';
import type { OutputContext, StructuredOutput } from './output.ts';
import { hexOf } from './palette.ts';

/** A menu should not be wider than a sixth of a screen. */
const MENU_COLUMNS = 84;
/** Columns stand under each other only where all characters are equally wide. */
const MONOSPACE = 'font=Menlo';

/**
 * A plugin of xbar and SwiftBar, and of Argos: the line in the menu bar, a table behind it. Only parameters that all
 * three know, since xbar shows an error for any other.
 */
export const xbar: StructuredOutput = {
  render: (usage, context) => {
    const { level, style } = summaryOf(usage, context.appearance);
    const blocks = [
      [item(plainText(lineSpans(usage, context)), colorOf(level === 'ok' ? null : style, context))],
      [item(heading(usage)), ...rowItems(usage, context)],
      origin(usage, context).map((text) => item(text)),
      ['Refresh | refresh=true'],
    ];
    return blocks
      .filter((block) => block.length > 0)
      .map((block) => block.join('\n'))
      .join('\n---\n');
  },
};

function rowItems(usage: Usage, context: OutputContext): string[] {
  const pools = hasNumbers(usage) ? poolRows(usage, context.appearance) : [];
  return [...tableItems(rowsOf(usage, context), context), ...tableItems(pools, context)];
}

function tableItems(rows: readonly Row[], context: OutputContext): string[] {
  return table(rows, MENU_COLUMNS, context.appearance).map((spans, index) => {
    const used = rows[index]?.used ?? null;
    const near = used === null ? 'ok' : levelOf(used, context.appearance.thresholds);
    return item(plainText(spans), MONOSPACE, colorOf(near === 'ok' ? null : near, context));
  });
}

function rowsOf(usage: Usage, { appearance }: OutputContext): Row[] {
  const { generatedAt, state, tokens } = usage;
  if (state === 'estimate') return tokenRows(tokens, generatedAt, appearance);
  return hasNumbers(usage) ? limitRows(usage, true, appearance) : [];
}

/** How old the numbers are, what went wrong, and when the next try is. */
function origin(usage: Usage, { appearance }: OutputContext): string[] {
  const { state, ageMs, generatedAt } = usage;
  const locked = hasNumbers(usage) ? lockSentences(usage).flatMap((text) => wrap(text, MENU_COLUMNS)) : [];
  const read = hasNumbers(usage) && ageMs !== null ? [`Read ${age(Math.max(0, ageMs))}`, ...locked] : locked;
  const error = shownError(usage);
  if (error === null) return state === 'none' && usage.pending ? ['The first answer is on its way'] : read;
  // New credentials are noticed at once, so the next try is no date to wait for.
  const timed = error.retryAt !== null && error.retryAt > generatedAt && !isAboutCredentials(error.code);
  const next = timed ? ` Next try ${moment(error.retryAt as number, generatedAt, appearance)}.` : '';
  return [...read, ...wrap(`${errorSentence(usage)}${next}`, MENU_COLUMNS)];
}

function colorOf(style: Style | null, { color, appearance }: OutputContext): string {
  const hex = color ? hexOf(style, appearance.colors) : null;
  return hex === null ? '' : `color=#${hex}`;
}

/** One line with its parameters. */
function item(text: string, ...parameters: string[]): string {
  const given = parameters.filter((parameter) => parameter !== '');
  return given.length === 0 ? literal(text) : `${literal(text)} | ${given.join(' ')}`;
}

/**
 * What somebody of the three takes for more than a character: `|` begins parameters, among them commands to run,
 * a backslash is an escape, the others are Pango markup in Argos. They have no common way to switch that off.
 */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '|': '¦',
  '\\': '∖',
  '<': '‹',
  '>': '›',
  '&': '＆',
};

/** Text that is text. Two colons make a symbol of what is between them (`:fire:`), a dash in front a submenu. */
function literal(text: string): string {
  const plain = text.replace(/[|\\<>&]/g, (special) => LOOKALIKES[special] as string).replace(/^-/, '‐');
  return plain.split(':').length > 2 ? plain.replaceAll(':', '.') : plain;
}
