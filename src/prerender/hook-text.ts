import type { Appearance } from '../render/appearance.ts';
import type { LineOptions } from '../render/line.ts';
import { renderMeasured } from '../render/outputs/index.ts';
import type { HookKind } from '../render/outputs/kinds.ts';
import { lineLevel } from '../render/summary.ts';
import type { Usage } from '../usage/model.ts';

/** The largest number of shorter versions of a text. */
const MAX_SHORTER = 12;
/** Columns of the narrowest version: `5h 22%`. */
const NARROWEST = 6;
/** The short version of a later text, which is shown only while a refresh runs: to fit all would double the time of a refresh. */
const LATER_FORMAT = 'compact';

/**
 * A text for the hook of a shell, which chooses by the width of its terminal: the line, then shorter versions, each on a line
 * `< <columns> <text>` and for less room than that. Each is what fits where the one before does not. zsh gets a line
 * `= <level>` as well, for powerlevel10k. All are in the one file that a hook reads anyway, and other readers skip them.
 *
 * @param isNear whether the text is among those of the near file
 */
export function hookText(
  kind: HookKind,
  usage: Usage,
  options: LineOptions & { readonly color: boolean; readonly appearance: Appearance },
  isNear: boolean,
): string {
  const { appearance } = options;
  const full = renderMeasured(kind, usage, options);
  const lines = [full.text];
  if (isNear) {
    let below = full.width;
    while (below > NARROWEST && lines.length <= MAX_SHORTER) {
      const { text, width } = renderMeasured(kind, usage, { ...options, columns: below - 1 });
      lines.push(`< ${below} ${text}`);
      below = width;
    }
  } else {
    const short = { ...options, appearance: { ...appearance, format: LATER_FORMAT } };
    const { text, width } = renderMeasured(kind, usage, short);
    if (width < full.width) lines.push(`< ${full.width} ${text}`);
  }
  if (kind === 'zsh') lines.push(`= ${lineLevel(usage, appearance)}`);
  return lines.join('\n');
}
