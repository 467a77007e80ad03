/**
 * The output kinds by name, and what each wants of colour when nothing else says: null, it has no opinion and
 * goes by the terminal. On the hot path: how they paint is in `index.ts`.
 */
export const OUTPUT_KINDS = {
  plain: null,
  ansi: true,
  zsh: true,
  bash: true,
  fish: true,
  tmux: true,
  starship: false,
  vim: false,
  waybar: false,
  i3blocks: true,
  polybar: true,
  sketchybar: true,
  xbar: true,
  openmetrics: false,
} as const satisfies Record<string, boolean | null>;

export type OutputKind = keyof typeof OUTPUT_KINDS;

export function isOutputKind(text: string): text is OutputKind {
  return Object.hasOwn(OUTPUT_KINDS, text);
}

/** Of several lines, and made anew at each call: a ready line is one line, and its times are those that tick. */
const DOCUMENTS = ['xbar', 'openmetrics'] as const;
export type DocumentKind = (typeof DOCUMENTS)[number];
export type LineKind = Exclude<OutputKind, DocumentKind>;

/** Whether a kind is one line: it can be prepared, and stand in a prompt. */
export function isLineKind(text: string): text is LineKind {
  return isOutputKind(text) && !(DOCUMENTS as readonly string[]).includes(text);
}
