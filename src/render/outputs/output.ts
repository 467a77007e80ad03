import type { Span } from '../color.ts';
import type { Colors } from '../paint.ts';

/** How one host wants its line. Adding a host is adding a file with this in it, and a line in the list. */
export interface Output {
  /** Spans as the host's text, on one line, without the newline. */
  paint(spans: readonly Span[], color: boolean, colors: Colors): string;
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
