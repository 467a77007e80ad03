import type { Appearance } from '../appearance.ts';
import type { LineOptions } from '../line.ts';
import type { Colors, Span } from '../spans.ts';
import type { Usage } from '../../usage/model.ts';

/**
 * The output of a host that shows the line as text. To add one: a file in this directory, a line in `index.ts` and one in
 * `kinds.ts`.
 */
export interface Output {
  /** The spans in the syntax of the host, on one line, without a newline. */
  paint(spans: readonly Span[], color: boolean, colors: Colors): string;
}

/** The output of a host that needs more than a text: fields, a menu, metrics. */
export interface StructuredOutput {
  /** A usage without hidden windows in the syntax of the host, without a newline at the end. */
  render(usage: Usage, context: OutputContext): string;
}

/** The options of a structured output. */
export interface OutputContext extends LineOptions {
  readonly color: boolean;
  readonly appearance: Appearance;
}
