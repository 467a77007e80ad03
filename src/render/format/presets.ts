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
