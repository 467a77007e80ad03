import type { PolybarStep } from '../target.ts';
import { withBlock, withoutBlock } from './block.ts';
import { NO_CHANGE, refused, withoutPieces, withPieces } from './edit.ts';
import type { Edit, Piece } from './edit.ts';

/*
 * The module of usageline in polybar's configuration: a section in a block at the end of the file, and the name of the
 * module in front of those on the right of the first bar. The user may move the name.
 */

const NAME = 'usageline';
const LISTS = ['modules-right', 'modules-center', 'modules-left'];
const SECTION = /^\[([^\]\r\n]*)\]/;
/** A list of modules: what stands before its first module, and the modules. */
const LIST = /^([ \t]*(modules-(?:left|center|right))[ \t]*=[ \t]*)([^\r\n]*)/;

/** A line that lists the modules of a bar. */
interface ModuleList {
  readonly name: string;
  /** The index of the first module. */
  readonly at: number;
  readonly modules: string;
  /** The number of the bar, from 0. */
  readonly bar: number;
}

/** Adds the module, or replaces the one that is installed. `text` is null for no file. */
export function withPolybarModule(text: string | null, { body }: PolybarStep): Edit {
  const block = withBlock(text, { kind: 'block', path: '', body, comment: ';', objection });
  if (block.kind === 'refused') return block;
  const before = block.kind === 'change' ? (block.after ?? '') : (text ?? '');
  const lists = listsOf(before);
  const [bar] = lists;
  const list = LISTS.flatMap((name) => lists.find((it) => it.name === name && it.bar === bar?.bar) ?? []).at(
    0,
  );
  if (list === undefined) return refused(`none of its bars has a list of modules: ${LISTS.join(', ')}`);
  if (placesOf(lists).length > 0) return block;
  const name = list.modules.trim() === '' ? NAME : `${NAME} `;
  return joined(withPieces(before, [{ at: list.at, text: name }]), block);
}

/** Removes the module that is installed. `text` is null for no file. */
export function withoutPolybarModule(text: string | null): Edit {
  const block = withoutBlock(text);
  // A file without a module of this name was not changed by usageline, whatever its lists name.
  if (block.kind !== 'change' || block.after === null) return block;
  return joined(withoutPieces(block.after, placesOf(listsOf(block.after))), block);
}

/** One edit of two that follow each other, for the preview with the lines of both. */
function joined(edit: Edit, block: Edit): Edit {
  if (edit.kind !== 'change') return block.kind === 'none' ? NO_CHANGE : block;
  if (block.kind !== 'change') return edit;
  return {
    ...edit,
    removed: [edit.removed, block.removed].filter(Boolean).join('\n'),
    added: [edit.added, block.added].filter(Boolean).join('\n'),
  };
}

/** polybar refuses a configuration with two sections of one name. */
function objection(rest: string): string | null {
  return rest.split('\n').some((line) => line.trimEnd() === `[module/${NAME}]`)
    ? `there is a [module/${NAME}] already`
    : null;
}

function listsOf(text: string): ModuleList[] {
  const lists: ModuleList[] = [];
  let isBar = false;
  let bar = -1;
  let start = 0;
  for (const line of text.split('\n')) {
    const section = SECTION.exec(line)?.[1];
    if (section !== undefined) isBar = section.startsWith('bar/');
    if (section !== undefined && isBar) bar += 1;
    const [, beginning = '', name = '', modules = ''] = (isBar && LIST.exec(line)) || [];
    if (name !== '') lists.push({ name, at: start + beginning.length, modules, bar });
    start += line.length + 1;
  }
  return lists;
}

/** The name of the module in all lists, with the blank behind it, or before it at the end. */
function placesOf(lists: readonly ModuleList[]): Piece[] {
  return lists.flatMap(({ at, modules }) => {
    const words = modules.split(/(?<=[ \t])(?=[^ \t])/);
    const index = words.findIndex((word) => word.trimEnd() === NAME);
    const word = words[index];
    if (word === undefined) return [];
    const start = at + words.slice(0, index).join('').length;
    if (word !== NAME || index === 0) {
      const blank = word.length > NAME.length ? 1 : 0;
      return [{ at: start, text: word.slice(0, NAME.length + blank) }];
    }
    const previous = words[index - 1] ?? '';
    return [{ at: start - 1, text: previous.slice(-1) + word }];
  });
}
