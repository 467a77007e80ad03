import type { Usage } from '../../usage/model.ts';
import { plainText } from '../spans.ts';
import type { Style } from '../style.ts';
import { age } from '../values.ts';
import { errorSentence, lockSentences } from '../messages.ts';
import { summaryOf } from '../summary.ts';
import { saidOnce } from '../said-once.ts';
import { accountsIn, hasNumbers, nextTryAt, shownError } from '../selection.ts';
import { heading } from '../heading.ts';
import { wrap } from '../layout.ts';
import { lineSpans } from '../line.ts';
import { limitRows, moment, poolRows, tokenRows } from '../rows.ts';
import type { Row } from '../rows.ts';
import { table } from '../table.ts';
import type { OutputContext, StructuredOutput } from './output.ts';
import { isDefaultColor } from './host-colors.ts';
import type { ByStyle } from './host-colors.ts';
import { hexOf } from './palette.ts';

/** Widest menu, columns. */
const MENU_COLUMNS = 84;
/** The columns of a table need a font with characters of one width. */
const MONOSPACE = 'font=Menlo';
/** A critical text is bold as well, which needs no hue. */
const BOLD = 'font=Menlo-Bold';

/** Instead of the default colours. Menus are white or black, and a text has one colour for both: 4.5:1 on either. */
export const MENU_COLORS: ByStyle<string | null> = {
  ok: null,
  warn: 'a36a00',
  critical: 'e3242b',
  urgent: 'e3242b',
  dim: '757575',
  notice: 'a36a00',
  strong: null,
};

/**
 * A plugin of xbar, SwiftBar and Argos: the line in the menu bar, a table in the menu. Only parameters that all three
 * support, because xbar shows an error for any other.
 */
export const xbar: StructuredOutput = {
  render: (usage, context) => {
    const { level, style } = summaryOf(usage, context.appearance);
    const accounts = accountsIn(usage);
    const errors = accounts.map((account) => problem(account, context));
    const shared = saidOnce(errors);
    const blocks = [
      [
        item(
          plainText(lineSpans(usage, context)),
          context.color && level === 'critical' ? BOLD : '',
          colorOf(level === 'ok' ? null : style, context),
        ),
      ],
      ...accounts.flatMap((account, index) => [
        [item(heading(account)), ...rowItems(account, context)],
        [...origin(account), ...wrap(shared === '' ? (errors[index] ?? '') : '', MENU_COLUMNS)].map((text) =>
          item(text),
        ),
      ]),
      wrap(shared, MENU_COLUMNS).map((text) => item(text)),
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
  return table(rows, MENU_COLUMNS, context.appearance).lines.map((spans, index) => {
    const level = rows[index]?.level ?? 'ok';
    const font = context.color && level === 'critical' ? BOLD : MONOSPACE;
    return item(plainText(spans), font, colorOf(level === 'ok' ? null : level, context));
  });
}

function rowsOf(usage: Usage, { appearance }: OutputContext): Row[] {
  const { generatedAt, state, tokens } = usage;
  if (state === 'estimate') return tokenRows(tokens, generatedAt, appearance);
  return hasNumbers(usage) ? limitRows(usage, true, appearance) : [];
}

/** The age of the numbers, and why limits are locked. */
function origin(usage: Usage): string[] {
  const { state, ageMs } = usage;
  const locked = hasNumbers(usage) ? lockSentences(usage).flatMap((text) => wrap(text, MENU_COLUMNS)) : [];
  const read = hasNumbers(usage) && ageMs !== null ? [`Read ${age(Math.max(0, ageMs))}`, ...locked] : locked;
  const isFirst = state === 'none' && usage.pending && shownError(usage) === null;
  return isFirst ? ['The first answer is on its way'] : read;
}

/** The error and the time of the next request; empty without one. */
function problem(usage: Usage, { appearance }: OutputContext): string {
  if (shownError(usage) === null) return '';
  const next = nextTryAt(usage);
  const nextTry = next === null ? '' : ` Next try ${moment(next, usage.generatedAt, appearance)}.`;
  return `${errorSentence(usage)}${nextTry}`;
}

function colorOf(style: Style | null, { color, appearance }: OutputContext): string {
  if (!color || style === null) return '';
  const { colors } = appearance;
  const hex = isDefaultColor(style, colors[style]) ? MENU_COLORS[style] : hexOf(style, colors);
  return hex === null ? '' : `color=#${hex}`;
}

/** A line of the menu with its parameters. */
function item(text: string, ...parameters: string[]): string {
  const given = parameters.filter((parameter) => parameter !== '');
  return given.length === 0 ? literal(text) : `${literal(text)} | ${given.join(' ')}`;
}

/**
 * Replacements for characters that one of the three hosts interprets: `|` begins parameters (commands to run among
 * them), a backslash begins an escape, the others are Pango markup in Argos. The three share no escape.
 */
const LOOKALIKES: Readonly<Record<string, string>> = {
  '|': '¦',
  '\\': '∖',
  '<': '‹',
  '>': '›',
  '&': '＆',
};

/** Text without special meaning. A host turns `:fire:` into a symbol and a leading dash into a submenu. */
function literal(text: string): string {
  const plain = text.replace(/[|\\<>&]/g, (special) => LOOKALIKES[special] as string).replace(/^-/, '‐');
  return plain.split(':').length > 2 ? plain.replaceAll(':', '.') : plain;
}
