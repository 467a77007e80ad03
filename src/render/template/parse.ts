import { isEmptyOfData, placeholderNamed } from './placeholders.ts';
import type { Placeholder } from './placeholders.ts';

/** A template, read: what to write, in order. */
export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'placeholder'; readonly placeholder: Placeholder }
  /** `[…]`: vanishes when nothing that it asks for is there. */
  | { readonly kind: 'group'; readonly nodes: readonly Node[] }
  /** `{#windows}…{/windows}`: once for each window on the line, with separators between. */
  | { readonly kind: 'windows'; readonly nodes: readonly Node[] };

/** A template as nodes, or what is wrong with it, in words. */
export type Parsed = { readonly nodes: readonly Node[] } | { readonly mistake: string };

/** Characters that mean something; behind a backslash they are themselves. */
const MEANING = '{}[]';

/** No text of ours may have them: shells would run what they begin, and no escape holds in every host. */
const LIVE = '$`';

interface Open {
  readonly kind: 'line' | 'group' | 'windows';
  /** Where it was opened. */
  readonly at: number;
  readonly nodes: Node[];
}

/** Reads a template. One pass, a stack of what is open; the first mistake ends it. */
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
    if (LIVE.includes(char)) return mistake(at, `'${char}'`, ': shells would act on it');
    if (char === '\\') {
      const next = text[at + 1];
      if (next === undefined || !MEANING.includes(next)) {
        return mistake(at, 'a backslash', `; accepted behind it: ${[...MEANING].join(' ')}`);
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
      if (!nodes.some(asksForData)) return mistake(opened, 'a group […] without a placeholder');
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
        const found = placeholderNamed(name, inside);
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

/** Whether something in it can say something, or be missing. */
export function asksForData(node: Node): boolean {
  if (node.kind === 'text') return false;
  if (node.kind === 'placeholder') return !isEmptyOfData(node.placeholder);
  return node.nodes.some(asksForData);
}

/** Counted as people count, from 1: a character beyond the first 65536 is one. */
function position(text: string, at: number): number {
  return Array.from(text.slice(0, at)).length + 1;
}
