import { windowNamed } from '../selection.ts';
import { plain } from '../spans.ts';
import type { Span } from '../spans.ts';
import { namesIn, ranksOf } from './filling.ts';
import type { Filling, Ranked } from './filling.ts';
import { agePart, errorPart, lineField } from './line-fields.ts';
import type { Node } from './parse.ts';
import { separated } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { isLacking, spanOf, windowField } from './window-fields.ts';
import type { Window } from '../../usage/model.ts';

interface Filled {
  readonly pieces: readonly Piece[];
  /** Something that was asked for is there. */
  readonly said: boolean;
  /** A number among it. */
  readonly numbers: boolean;
}

/** The template with what is known in its places; what it has no place for, and must be said, comes behind it. */
export function fill(given: Filling): Filled {
  const filling = { ...given, ranks: ranksOf(given) };
  const { format, usage, cut, countdowns } = filling;
  const { asks } = format;
  const line = fillNodes(format.nodes, filling, null);
  const must: Piece[][] = [];
  if (!asks.has('line.status')) {
    if (!asks.has('line.age')) must.push(agePart(usage));
    if (!asks.has('line.error') && !cut.error) must.push(errorPart(usage, countdowns));
  }
  const pieces = [line.pieces, ...agesOwed(filling), ...must].filter((part) => part.length > 0);
  return { ...line, pieces: separated(pieces) };
}

const NOTHING: Filled = { pieces: [], said: false, numbers: false };

function fillNodes(nodes: readonly Node[], filling: Ranked, window: Window | null): Filled {
  const pieces: Piece[] = [];
  let said = false;
  let numbers = false;
  for (const node of nodes) {
    const part = fillNode(node, filling, window);
    pieces.push(...part.pieces);
    said ||= part.said;
    numbers ||= part.numbers;
  }
  return { pieces, said, numbers };
}

function fillNode(node: Node, filling: Ranked, window: Window | null): Filled {
  if (node.kind === 'text') return { ...NOTHING, pieces: [plain(node.text)] };
  if (node.kind === 'windows') return fillWindows(node.nodes, filling);
  if (node.kind === 'group') {
    const filled = fillNodes(node.nodes, filling, window);
    return filled.said ? filled : NOTHING;
  }
  const { placeholder } = node;
  if (placeholder.of === 'line') {
    if (placeholder.field === 'sep') return { ...NOTHING, pieces: [null] };
    const pieces = lineField(placeholder.field, filling);
    const said = pieces.length > 0;
    return { pieces, said, numbers: said && placeholder.field === 'extra' };
  }
  const pieces = spanOf(placeholder, window, filling);
  const written = pieces.length > 0;
  // A group about a window that the plan lacks vanishes; outside of one the line says so.
  const said = written && !(placeholder.window !== null && isLacking(placeholder.window, filling.usage));
  return { pieces, said, numbers: written && placeholder.field !== 'label' };
}

function fillWindows(nodes: readonly Node[], filling: Ranked): Filled {
  const { onLine, cut, format } = filling;
  const parts = onLine.slice(0, cut.windows).map((window) => {
    const { pieces } = fillNodes(nodes, filling, window);
    const own = format.asks.has('windows.age') ? null : windowField('age', window, filling);
    return own === null ? pieces : pieces.concat(plain(' '), own);
  });
  return { pieces: separated(parts), said: parts.length > 0, numbers: parts.length > 0 };
}

/** Ages of single numbers that the template shows and has no place for. */
export function agesOwed(filling: Ranked): Span[][] {
  const { format, usage, model, ranks, cut } = filling;
  const owed = new Map<Window, Span[]>();
  for (const name of namesIn(format)) {
    if (format.asks.has(`${name}.age`)) continue;
    const window = windowNamed(name, usage.windows, model);
    const isThere = window && (ranks.get(window) as number) < cut.windows;
    const own = isThere ? windowField('age', window, filling) : null;
    if (window && own) owed.set(window, [plain(`${window.label} `), own]);
  }
  return [...owed.values()];
}
