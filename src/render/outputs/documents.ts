import type { Usage } from '../../usage/model.ts';
import { withoutHidden } from '../selection.ts';
import type { DocumentKind } from './kinds.ts';
import { openmetrics } from './openmetrics.ts';
import type { OutputContext, StructuredOutput } from './output.ts';
import { xbar } from './xbar.ts';

const outputs: Record<DocumentKind, StructuredOutput> = { xbar, openmetrics };

/** A usage as a text of several lines for one host, without a newline at the end. */
export function renderDocument(kind: DocumentKind, usage: Usage, context: OutputContext): string {
  return outputs[kind].render(withoutHidden(usage, context.appearance), context);
}
