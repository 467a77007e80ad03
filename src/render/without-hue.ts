import type { Color } from './appearance.ts';
import type { Colors } from './spans.ts';
import { isColorTerminal } from './wants-color.ts';
import type { ColorInputs } from './wants-color.ts';

/** Whether text without colour keeps its weight: `NO_COLOR` is about colour alone, and a terminal has bold and reverse, too. */
export function keepsWeight({
  flag,
  env,
  isTerminal,
}: Pick<ColorInputs, 'flag' | 'env' | 'isTerminal'>): boolean {
  return flag === 'auto' && Boolean(env.NO_COLOR) && isColorTerminal(env, isTerminal);
}

const weight = ({ bold, reverse = false }: Color): Color => ({ color: null, bold, dim: false, reverse });

/** The colours without any hue: what is critical stays bold and reversed, all else is plain. */
export function withoutHue(colors: Colors): Colors {
  const none: Color = { color: null, bold: false, dim: false };
  const { critical, urgent } = colors;
  return {
    ok: none,
    warn: none,
    dim: none,
    notice: none,
    strong: none,
    critical: weight(critical),
    urgent: weight(urgent),
  };
}
