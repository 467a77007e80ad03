import { isSeparator, parsePlaceholder } from './placeholders.ts';
import type { Placeholder } from './placeholders.ts';

/** A part of a parsed template. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly placeholder: Placeholder }
  /** `[…]`: vanishes if none of its placeholders has a value. */
  | { readonly kind: 'group'; readonly nodes: readonly Node[] }
  /** `{#windows}…{/windows}`: repeated for each window of the line, with separators between. */
  | { readonly kind: 'windows'; readonly nodes: readonly Node[] };

/** The nodes of a template, or the mistake in it, for a message. */
export type Parsed = { readonly nodes: readonly Node[] } | { readonly mistake: string };

/** Characters with a meaning; after a backslash they are plain text. */
const SPECIAL = '{}[]';

/** Characters that no output may contain: shells expand them, and no escape works in every host. */
const FORBIDDEN = '$`';

/** A line, group or section that is not closed yet. */
interface Open {
  readonly kind: 'line' | 'group' | 'windows';
  /** Index of its opening character. */
  readonly at: number;
  readonly nodes: Node[];
}

/** Parses a template in one pass. Stops at the first mistake. */
export function parseTemplate(text: string): Parsed {
  const stack: Open[] = [{ kind: 'line', at: 0, nodes: [] }];
  const top = () => stack[stack.length - 1] as Open;
  const mistake = (at: number, words: string, more = '') => ({
    mistake: `${words} at character ${position(text, at)}${more}`,
  });
  let literal = '';
  const push = (node: Node) => {
    if (literal !== '') top().nodes.push({ kind: 'text', text: literal });
    literal = '';
    if (node.kind !== 'text') top().nodes.push(node);
  };

  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (FORBIDDEN.includes(char)) return mistake(at, `'${char}'`, ': shells would act on it');
    if (char === '\\') {
      const next = text[at + 1];
      if (next === undefined || !SPECIAL.includes(next)) {
        return mistake(at, 'a backslash', `; accepted behind it: ${[...SPECIAL].join(' ')}`);
      }
      literal += next;
      at += 1;
    } else if (char === '[') {
      push(NOTHING);
      stack.push({ kind: 'group', at, nodes: [] });
    } else if (char === ']') {
      if (top().kind !== 'group') return mistake(at, "']' that closes nothing");
      push(NOTHING);
      const { nodes, at: opened } = stack.pop() as Open;
      if (!nodes.some(hasValuePlaceholder)) return mistake(opened, 'a group […] without a placeholder');
      push({ kind: 'group', nodes });
    } else if (char === '}') {
      return mistake(at, "'}' that closes nothing", String.raw`; for the character itself: \}`);
    } else if (char === '{') {
      const end = text.indexOf('}', at);
      if (end < 0) return mistake(at, "'{' that is never closed");
      const name = text.slice(at + 1, end);
      const inside = stack.some(({ kind }) => kind === 'windows');
      push(NOTHING);
      if (name === '#windows') {
        if (inside) return mistake(at, "'{#windows}' within another");
        stack.push({ kind: 'windows', at, nodes: [] });
      } else if (name === '/windows') {
        if (top().kind !== 'windows') return mistake(at, "'{/windows}' that closes nothing");
        push({ kind: 'windows', nodes: (stack.pop() as Open).nodes });
      } else {
        const found = parsePlaceholder(name, inside);
        if ('more' in found) return mistake(at, `unknown placeholder '{${name}}'`, found.more);
        push({ kind: 'placeholder', placeholder: found });
      }
      at = end;
    } else {
      literal += char;
    }
  }
  push(NOTHING);
  const open = top();
  if (open.kind !== 'line') {
    return mistake(open.at, `'${open.kind === 'group' ? '[' : '{#windows}'}' that is never closed`);
  }
  return { nodes: open.nodes };
}

const NOTHING: Node = { kind: 'text', text: '' };

/** Whether a node contains a placeholder for a value. */
export function hasValuePlaceholder(node: Node): boolean {
  if (node.kind === 'text') return false;
  if (node.kind === 'placeholder') return !isSeparator(node.placeholder);
  return node.nodes.some(hasValuePlaceholder);
}

/** Position of an index in code points, from 1. */
function position(text: string, at: number): number {
  return Array.from(text.slice(0, at)).length + 1;
}
