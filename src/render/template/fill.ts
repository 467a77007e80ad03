import { windowNamed } from '../selection.ts';
import { plain } from '../spans.ts';
import type { Span } from '../spans.ts';
import { isKept, namesIn, ranked } from './filling.ts';
import type { Filling, Ranked } from './filling.ts';
import { agePart, errorPart, lineField } from './line-fields.ts';
import type { Node } from './parse.ts';
import { separated } from './pieces.ts';
import type { Piece } from './pieces.ts';
import { isLacking, labelIn, placeholderSpans, windowField } from './window-fields.ts';
import type { Window } from '../../usage/model.ts';

/** The filled part of a template. */
interface Filled {
  readonly pieces: readonly Piece[];
  /** At least one placeholder has a value; a group without any vanishes. */
  readonly hasValue: boolean;
  /** At least one of the values is a number. */
  readonly numbers: boolean;
}

/** Fills a template. Ages and errors that must be shown and have no placeholder in it are appended. */
export function fill(given: Filling): Filled {
  const filling = ranked(given);
  const { format, usage, cut, countdowns } = filling;
  const { fields } = format;
  const line = fillNodes(format.nodes, filling, null);
  const appended: Piece[][] = [];
  if (!fields.has('line.status')) {
    if (!fields.has('line.age')) appended.push(agePart(usage));
    if (!fields.has('line.error') && !cut.error) appended.push(errorPart(usage, countdowns));
  }
  const pieces = [line.pieces, ...missingAges(filling), ...appended].filter((part) => part.length > 0);
  return { ...line, pieces: separated(pieces) };
}

const NOTHING: Filled = { pieces: [], hasValue: false, numbers: false };

function fillNodes(nodes: readonly Node[], filling: Ranked, window: Window | null): Filled {
  const pieces: Piece[] = [];
  let hasValue = false;
  let numbers = false;
  for (const node of nodes) {
    const part = fillNode(node, filling, window);
    pieces.push(...part.pieces);
    hasValue ||= part.hasValue;
    numbers ||= part.numbers;
  }
  return { pieces, hasValue, numbers };
}

function fillNode(node: Node, filling: Ranked, window: Window | null): Filled {
  if (node.kind === 'text') return { ...NOTHING, pieces: [plain(node.text)] };
  if (node.kind === 'windows') return fillWindows(node.nodes, filling);
  if (node.kind === 'group') {
    const filled = fillNodes(node.nodes, filling, window);
    return filled.hasValue ? filled : NOTHING;
  }
  const { placeholder } = node;
  if (placeholder.of === 'line') {
    if (placeholder.field === 'sep') return { ...NOTHING, pieces: [null] };
    const pieces = lineField(placeholder.field, filling);
    const hasValue = pieces.length > 0;
    return { pieces, hasValue, numbers: hasValue && placeholder.field === 'extra' };
  }
  const pieces = placeholderSpans(placeholder, window, filling);
  const written = pieces.length > 0;
  // A group about a window that the plan lacks vanishes; outside a group the line shows "no such limit".
  const hasValue = written && !(placeholder.window !== null && isLacking(placeholder.window, filling.usage));
  return { pieces, hasValue, numbers: written && placeholder.field !== 'label' };
}

function fillWindows(nodes: readonly Node[], filling: Ranked): Filled {
  const { sectionWindows, cut, format } = filling;
  const parts = sectionWindows
    .filter((window) => isKept(window, filling))
    .map((window) => {
      const { pieces } = fillNodes(nodes, filling, window);
      const age = format.fields.has('windows.age') ? null : windowField('age', window, filling);
      if (age === null) return pieces;
      // `empty in 15h 16m ago` would read as one time.
      const hasVerdict =
        format.fields.has('windows.verdict') && !cut.verdicts && windowField('verdict', window, filling);
      return pieces.concat(plain(hasVerdict ? ', ' : ' '), age);
    });
  return { pieces: separated(parts), hasValue: parts.length > 0, numbers: parts.length > 0 };
}

/** The ages of windows that the template shows without a placeholder for their age. */
export function missingAges(filling: Ranked): Span[][] {
  const { format, usage, model } = filling;
  const ages = new Map<Window, Span[]>();
  for (const name of namesIn(format)) {
    if (format.fields.has(`${name}.age`)) continue;
    const window = windowNamed(name, usage, model);
    const isShown = window && isKept(window, filling);
    const age = isShown ? windowField('age', window, filling) : null;
    if (window && age) ages.set(window, [plain(`${labelIn(window, filling)} `), age]);
  }
  return [...ages.values()];
}
