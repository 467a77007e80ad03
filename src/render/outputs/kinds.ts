/**
 * The output kinds and their default for colour; null: colour on a terminal. On the hot path, so the outputs
 * themselves are in `index.ts`.
 */
export const OUTPUT_KINDS = {
  plain: null,
  ansi: true,
  zsh: true,
  bash: true,
  fish: true,
  tmux: true,
  starship: true,
  vim: true,
  waybar: true,
  i3blocks: true,
  polybar: true,
  sketchybar: true,
  xbar: true,
  openmetrics: false,
} as const satisfies Record<string, boolean | null>;

/** The name of an output kind. */
export type OutputKind = keyof typeof OUTPUT_KINDS;

/** Whether a text is the name of an output kind. */
export function isOutputKind(text: string): text is OutputKind {
  return Object.hasOwn(OUTPUT_KINDS, text);
}

/** Kinds of several lines. They are never prerendered. */
const DOCUMENTS = ['xbar', 'openmetrics'] as const;
/** An output kind of several lines. */
export type DocumentKind = (typeof DOCUMENTS)[number];
/** An output kind of one line. */
export type LineKind = Exclude<OutputKind, DocumentKind>;

/** The kinds that the hooks of shells show. */
const HOOK_KINDS = ['zsh', 'bash', 'fish'] as const;
/** A kind that the hook of a shell shows. */
export type HookKind = (typeof HOOK_KINDS)[number];

/** Whether the hook of a shell shows lines of this kind, and chooses among them by the width of the terminal. */
export function isHookKind(kind: LineKind): kind is HookKind {
  return (HOOK_KINDS as readonly string[]).includes(kind);
}

/** Whether a text is the name of an output kind of one line, which can be prerendered. */
export function isLineKind(text: string): text is LineKind {
  return isOutputKind(text) && !(DOCUMENTS as readonly string[]).includes(text);
}
