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
} as const satisfies Record<string, boolean | null>;

export type OutputKind = keyof typeof OUTPUT_KINDS;

export function isOutputKind(text: string): text is OutputKind {
  return Object.hasOwn(OUTPUT_KINDS, text);
}
