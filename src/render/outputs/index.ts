import type { Usage } from '../../usage/model.ts';
import { withoutHidden } from '../hidden.ts';
import { lineSpans } from '../line.ts';
import type { LineOptions } from '../line.ts';
import { DEFAULT_APPEARANCE } from '../appearance.ts';
import { ansi } from './ansi.ts';
import { bash } from './bash.ts';
import { i3blocks } from './i3blocks.ts';
import type { LineKind } from './kinds.ts';
import type { Output, StructuredOutput } from './output.ts';
import { polybar } from './polybar.ts';
import { sketchybar } from './sketchybar.ts';
import { tmux } from './tmux.ts';
import { vim } from './vim.ts';
import { waybar } from './waybar.ts';
import { zsh } from './zsh.ts';

const outputs: Record<LineKind, Output | StructuredOutput> = {
  plain: ansi,
  ansi,
  zsh,
  bash,
  fish: ansi,
  tmux,
  starship: ansi,
  vim,
  waybar,
  i3blocks,
  polybar,
  sketchybar,
};

/** Usage as the line of one host, without the newline. */
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
