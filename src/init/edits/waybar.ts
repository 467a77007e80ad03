import type { WaybarStep } from '../target.ts';
import { refused, NO_CHANGE, splice, withoutPieces, withPieces } from './edit.ts';
import type { Edit, Piece } from './edit.ts';
import { memberOf, pieceBefore, pieceOf, scanJsonc } from './jsonc.ts';
import type { Value } from './jsonc.ts';

/*
 * The module of usageline in waybar's configuration, which is JSON with comments: a property of the first bar that has
 * modules, and the name of the module in front of those on the right. The user may move both.
 */

/** The name of the module. */
export const MODULE = 'custom/usageline';
/** A property that waybar ignores: it distinguishes an installed module from a pasted one. */
export const MODULE_MARK = 'installed-by';
const LISTS = ['modules-right', 'modules-center', 'modules-left'];

/** Adds the module, or replaces the one that is installed. `text` is null for no file. */
export function withWaybarModule(text: string | null, { module }: WaybarStep): Edit {
  if (text === null) return refused('it is not there, and waybar has no configuration of its own');
  const bars = barsOf(text);
  if (typeof bars === 'string') return refused(bars);
  const added = JSON.stringify({ [MODULE_MARK]: 'usageline init waybar', ...module });
  const present = bars.flatMap((bar) => memberOf(bar, MODULE) ?? []).at(0);
  if (present !== undefined) {
    const { start, end } = present.value;
    if (!isInstalled(present.value)) return refused(`there is a "${MODULE}" already`);
    return splice(text, start, text.slice(start, end), added);
  }
  const bar = bars.find((candidate) => LISTS.some((name) => memberOf(candidate, name)?.value.elements));
  const list = LISTS.flatMap((name) => (bar && memberOf(bar, name)?.value) ?? []).find(
    ({ elements }) => elements !== null,
  );
  if (bar === undefined || list === undefined)
    return refused(`none of its bars has a list of modules: ${LISTS.join(', ')}`);
  const pieces = [pieceBefore(text, bar.start, bar.properties?.[0] ?? null, `"${MODULE}": ${added}`)];
  if (placesOf(text, bars).length === 0) {
    const [first = null] = list.elements ?? [];
    // On the same line: a list that has one line keeps it.
    pieces.push(
      first === null ? pieceBefore(text, list.start, null, `"${MODULE}"`) : beforeItem(first.start),
    );
  }
  return withPieces(text, pieces);
}

function beforeItem(at: number): Piece {
  return { at, text: `"${MODULE}", ` };
}

/** Removes the module that is installed; a pasted one stays. `text` is null for no file. */
export function withoutWaybarModule(text: string | null): Edit {
  if (text === null) return NO_CHANGE;
  const bars = barsOf(text);
  if (typeof bars === 'string') return refused(bars);
  const modules = bars.flatMap(({ properties }) =>
    (properties ?? []).flatMap((member, index, all) =>
      member.key === MODULE && isInstalled(member.value)
        ? [pieceOf(text, member, all[index - 1] ?? null)]
        : [],
    ),
  );
  if (modules.length === 0) return NO_CHANGE;
  return withoutPieces(text, [...modules, ...placesOf(text, bars)]);
}

/** The bars of a configuration: one object, or a list of them. In words, why it has none. */
function barsOf(text: string): readonly Value[] | string {
  const value = scanJsonc(text);
  if (typeof value === 'string') return value;
  const bars = (value.elements ?? [value]).filter(({ properties }) => properties !== null);
  return bars.length > 0 ? bars : 'it has no bar: neither an object nor a list of objects';
}

function isInstalled(module: Value): boolean {
  return memberOf(module, MODULE_MARK) !== null;
}

/** The names of the module in the lists of all bars. */
function placesOf(text: string, bars: readonly Value[]): Piece[] {
  const lists = bars.flatMap(({ properties }) =>
    (properties ?? []).filter(({ key }) => LISTS.includes(key)).map(({ value }) => value.elements ?? []),
  );
  return lists.flatMap((elements) =>
    elements.flatMap((element, index) =>
      text.slice(element.start, element.end) === `"${MODULE}"`
        ? [pieceOf(text, element, elements[index - 1] ?? null)]
        : [],
    ),
  );
}
