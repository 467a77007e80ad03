import type { Usage } from '../../usage/model.ts';
import { withoutHidden } from '../hidden.ts';
import type { DocumentKind } from './kinds.ts';
import { openmetrics } from './openmetrics.ts';
import type { OutputContext, StructuredOutput } from './output.ts';
import { xbar } from './xbar.ts';

const outputs: Record<DocumentKind, StructuredOutput> = { xbar, openmetrics };

/** Usage as one host wants it that takes several lines, without the newline at its end. */
export function renderDocument(kind: DocumentKind, usage: Usage, context: OutputContext): string {
  return outputs[kind].render(withoutHidden(usage, context.appearance), context);
}
