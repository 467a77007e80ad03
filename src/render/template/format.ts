import { nearest } from './nearest.ts';
import { asksForData, parseTemplate } from './parse.ts';
import type { Node } from './parse.ts';
import type { Placeholder } from './placeholders.ts';

/**
 * The formats that have a name, in the language that everybody's templates are written in. `ascii` differs from
 * `default` in its glyphs alone.
 */
export const PRESETS = {
  default: '{#windows}{label} {percent}[ {amount}][ {reset}]{/windows}{sep}{extra}{sep}{status}',
  compact: '{#windows}{label} {percent}{/windows}{sep}{status}',
  bars: '{#windows}{label}[ {bar}] {percent}[ {amount}][ {reset}]{/windows}{sep}{extra}{sep}{status}',
  minimal: '{tightest.label} {tightest.percent}[ {tightest.age}]{sep}{status}',
  ascii: '{#windows}{label} {percent}[ {amount}][ {reset}]{/windows}{sep}{extra}{sep}{status}',
} as const;

export type Preset = keyof typeof PRESETS;

export function isPreset(text: string): text is Preset {
  return Object.hasOwn(PRESETS, text);
}

/** Nobody's line needs more. In characters. */
export const MAX_FORMAT = 500;

/** A format, ready to be filled. */
export interface Format {
  readonly nodes: readonly Node[];
  /** What it asks for: `<window>.<field>`, `line.<field>`; `windows.<field>` in a section, which itself is `windows.`. */
  readonly asks: ReadonlySet<string>;
}

/** What is wrong with a format, in words; null when it is a preset's name or a template that can be filled. */
export function formatMistake(text: string): string | null {
  if (isPreset(text)) return null;
  const accepted = `accepted: ${Object.keys(PRESETS).join(', ')}, or a template such as '{5h.percent} {5h.reset}'`;
  if ([...text].length > MAX_FORMAT) return `longer than ${MAX_FORMAT} characters; ${accepted}`;
  const unprintable = [...text].findIndex((char) => UNPRINTABLE.test(char));
  if (unprintable >= 0)
    return `a character that cannot be shown at character ${unprintable + 1}; ${accepted}`;
  const parsed = parseTemplate(text);
  if ('mistake' in parsed) return parsed.mistake;
  if (parsed.nodes.some(asksForData)) return null;
  const near = nearest(text.toLowerCase(), Object.keys(PRESETS));
  return `no placeholder in it${near === null ? '' : ` (did you mean '${near}'?)`}; ${accepted}`;
}

/**
 * Control characters and line breaks, what is there to steer the direction of text or to be invisible, halves of
 * characters. The joiner of emoji and the private glyphs of icon fonts may stand.
 */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?!\u200D)\p{Cf}/u;

const known = new Map<string, Format>();

/** A format by preset or template; one that is wrong, which is named elsewhere, counts as the default. */
export function formatOf(text: string): Format {
  let format = known.get(text);
  if (format === undefined) {
    const template = isPreset(text) ? PRESETS[text] : formatMistake(text) === null ? text : PRESETS.default;
    const parsed = parseTemplate(template);
    const nodes = 'nodes' in parsed ? parsed.nodes : [];
    format = { nodes, asks: new Set(asked(nodes)) };
    known.set(text, format);
  }
  return format;
}

function asked(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'text') return [];
    if (node.kind === 'placeholder') return [nameOf(node.placeholder)];
    return [...(node.kind === 'windows' ? ['windows.'] : []), ...asked(node.nodes)];
  });
}

function nameOf(placeholder: Placeholder): string {
  const window = placeholder.of === 'line' ? 'line' : (placeholder.window ?? 'windows');
  return `${window}.${placeholder.field}`;
}
