import { didYouMean } from '../../usage/nearest.ts';
import { hasValuePlaceholder, parseTemplate } from './parse.ts';
import type { Node } from './parse.ts';
import type { Placeholder } from './placeholders.ts';

/** The formats that have a name, as templates. `ascii`, `blocks` and `powerline` have glyphs of their own: `glyphs.ts`. */
export const PRESETS = {
  default: '{#windows}{label} {percent}[ {amount}][ {reset}][, {verdict}]{/windows}{sep}{extra}{sep}{status}',
  compact: '{#windows}{label} {percent}{/windows}{sep}{status}',
  bars: '{#windows}{label}[ {bar}] {percent}[ {amount}][ {reset}][, {verdict}]{/windows}{sep}{extra}{sep}{status}',
  minimal: '{tightest.label} {tightest.percent}[ {tightest.age}][, {tightest.verdict}]{sep}{status}',
  ascii: '{#windows}{label} {percent}[ {amount}][ {reset}][, {verdict}]{/windows}{sep}{extra}{sep}{status}',
  gauges:
    '{#windows}{gauge} {label} {percent}[ {amount}][ {reset}][, {verdict}]{/windows}{sep}{extra}{sep}{status}',
  blocks:
    '{#windows}{label}[ {bar}] {percent}[ {amount}][ {reset}][, {verdict}]{/windows}{sep}{extra}{sep}{status}',
  powerline:
    '{#windows}{label} {percent}[ {amount}][ {reset}][, {verdict}]{/windows}{sep}{extra}{sep}{status}',
  icons:
    '\uF0E4 {#windows}{label} {percent}[ {amount}][ \uF252 {reset}][ \uF071 {verdict}]{/windows}{sep}{extra}{sep}{status}',
} as const;

/** The presets with characters that only a Nerd Font has (nerdfonts.com). */
export const NERD_FONT_PRESETS: readonly string[] = ['powerline', 'icons'];

/** The name of a preset. */
export type Preset = keyof typeof PRESETS;

/** Whether a format is the name of a preset. */
export function isPreset(text: string): text is Preset {
  return Object.hasOwn(PRESETS, text);
}

/** Longest template, characters. */
export const MAX_FORMAT = 500;

/** A parsed format. */
export interface Format {
  readonly nodes: readonly Node[];
  /** The fields of its placeholders: `<window>.<field>`, `line.<field>`, in a section `windows.<field>`; a section itself is `windows.`. */
  readonly fields: ReadonlySet<string>;
}

/** The mistake in a format, for a message; null if it is a preset or a valid template. */
export function formatMistake(text: string): string | null {
  if (isPreset(text)) return null;
  const accepted = `accepted: ${Object.keys(PRESETS).join(', ')}, or a template such as '{5h.percent} {5h.reset}'`;
  if ([...text].length > MAX_FORMAT) return `longer than ${MAX_FORMAT} characters; ${accepted}`;
  const unprintable = [...text].findIndex((char) => UNPRINTABLE.test(char));
  if (unprintable >= 0)
    return `a character that cannot be shown at character ${unprintable + 1}; ${accepted}`;
  const parsed = parseTemplate(text);
  if ('mistake' in parsed) return parsed.mistake;
  if (parsed.nodes.some(hasValuePlaceholder)) return null;
  return `no placeholder in it; ${accepted}${didYouMean(text, Object.keys(PRESETS))}`;
}

/**
 * Control characters, line breaks, characters that are invisible or change the direction of text, and lone
 * surrogates. Allowed are the joiner of emoji and the private glyphs of icon fonts.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?!\u200D)\p{Cf}/u;

/** Formats that this process has parsed, by their text. */
const parsedFormats = new Map<string, Format>();

/** Parses a preset or template. An invalid template gives the default; `formatMistake` reports it. */
export function formatOf(text: string): Format {
  let format = parsedFormats.get(text);
  if (format === undefined) {
    const template = isPreset(text) ? PRESETS[text] : formatMistake(text) === null ? text : PRESETS.default;
    const parsed = parseTemplate(template);
    const nodes = 'nodes' in parsed ? parsed.nodes : [];
    format = { nodes, fields: new Set(fieldsOf(nodes)) };
    parsedFormats.set(text, format);
  }
  return format;
}

function fieldsOf(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'text') return [];
    if (node.kind === 'placeholder') return [nameOf(node.placeholder)];
    return [...(node.kind === 'windows' ? ['windows.'] : []), ...fieldsOf(node.nodes)];
  });
}

function nameOf(placeholder: Placeholder): string {
  const window = placeholder.of === 'line' ? 'line' : (placeholder.window ?? 'windows');
  return `${window}.${placeholder.field}`;
}
