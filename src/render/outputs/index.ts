import { DEFAULT_APPEARANCE } from '../appearance.ts';
import { lineWidth } from '../layout.ts';
import { lineSpans } from '../line.ts';
import type { LineOptions } from '../line.ts';
import { bash } from './bash.ts';
import { i3blocks } from './i3blocks.ts';
import type { HookKind, LineKind } from './kinds.ts';
import type { Output, StructuredOutput } from './output.ts';
import { polybar } from './polybar.ts';
import { sketchybar } from './sketchybar.ts';
import { tmux } from './tmux.ts';
import { vim } from './vim.ts';
import { waybar } from './waybar.ts';
import { zsh } from './zsh.ts';
import { withoutHidden } from '../selection.ts';
import { paint } from '../spans.ts';
import type { Usage } from '../../usage/model.ts';

/** Text with or without ANSI colours: for terminals, fish, the provider's status line, and hosts that escape the text themselves (starship). */
const ansi: Output = { paint };

const hookOutputs: Record<HookKind, Output> = { zsh, bash, fish: ansi };

const outputs: Record<LineKind, Output | StructuredOutput> = {
  plain: ansi,
  ansi,
  ...hookOutputs,
  tmux,
  starship: ansi,
  vim,
  waybar,
  i3blocks,
  polybar,
  sketchybar,
};

/** The line of a usage in the syntax of a host, without a newline. */
export function renderOutput(
  kind: LineKind,
  usage: Usage,
  { color, appearance = DEFAULT_APPEARANCE, ...how }: { readonly color: boolean } & LineOptions,
): string {
  const output = outputs[kind];
  const context = { ...how, color, appearance };
  if ('render' in output) return output.render(withoutHidden(usage, appearance), context);
  return output.paint(lineSpans(usage, context), color, appearance.colors);
}

/** The line of a usage for the hook of a shell, with its width in columns, which its markup is no part of. */
export function renderMeasured(
  kind: HookKind,
  usage: Usage,
  { color, appearance = DEFAULT_APPEARANCE, ...how }: { readonly color: boolean } & LineOptions,
): { readonly text: string; readonly width: number } {
  const spans = lineSpans(usage, { ...how, appearance });
  return { text: hookOutputs[kind].paint(spans, color, appearance.colors), width: lineWidth(spans) };
}
