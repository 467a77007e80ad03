import type { Usage } from '../../usage/model.ts';
import type { Span } from '../color.ts';
import type { LineOptions } from '../line.ts';
import type { Appearance } from '../appearance.ts';
import type { Colors } from '../paint.ts';

/** How a host wants its line that takes it as text. Adding one is adding a file with this in it, and a line in the list. */
export interface Output {
  /** Spans as the host's text, on one line, without the newline. */
  paint(spans: readonly Span[], color: boolean, colors: Colors): string;
}

/** How a host wants to be told that takes more than text: fields, a menu, metrics. */
export interface StructuredOutput {
  /** Usage, without what is hidden, as the host's text without the newline at its end. */
  render(usage: Usage, context: OutputContext): string;
}

export interface OutputContext extends LineOptions {
  readonly color: boolean;
  readonly appearance: Appearance;
}

/** Spans painted one by one, each closed by itself, so that a line that is cut leaks no colour. */
export function paintEach(
  spans: readonly Span[],
  color: boolean,
  escape: (text: string) => string,
  wrap: (text: string, style: NonNullable<Span['style']>) => string,
): string {
  return spans
    .map(({ text, style }) => {
      const escaped = escape(text);
      return color && style !== null && text !== '' ? wrap(escaped, style) : escaped;
    })
    .join('');
}

/** Spans as their words alone. */
export function plainText(spans: readonly Span[]): string {
  return spans.map(({ text }) => text).join('');
}
