import type { Usage } from '../../usage/model.ts';
import { lineSpans } from '../line.ts';
import type { LineLooks } from '../line.ts';
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
  { color, ...looks }: { readonly color: boolean } & LineLooks,
): string {
  return outputs[kind].paint(lineSpans(usage, looks), color);
}
