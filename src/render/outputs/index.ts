import type { Usage } from '../../usage/model.ts';
import { lineSpans } from '../line.ts';
import type { LineOptions } from '../line.ts';
import { DEFAULT_LOOKS } from '../looks.ts';
import { ansi } from './ansi.ts';
import { bash } from './bash.ts';
import type { OutputKind } from './kinds.ts';
import type { Output } from './output.ts';
import { tmux } from './tmux.ts';
import { zsh } from './zsh.ts';

const outputs: Record<OutputKind, Output> = {
  plain: ansi,
  ansi,
  zsh,
  bash,
  fish: ansi,
  tmux,
  starship: ansi,
};

/** The line as one host wants it, without the newline. */
export function renderOutput(
  kind: OutputKind,
  usage: Usage,
  { color, ...how }: { readonly color: boolean } & LineOptions,
): string {
  const { colors } = how.looks ?? DEFAULT_LOOKS;
  return outputs[kind].paint(lineSpans(usage, how), color, colors);
}
