import type { OhMyPoshStep } from '../target.ts';
import { NO_CHANGE, refused, splice, withoutPieces, withPieces } from './edit.ts';
import type { Edit } from './edit.ts';
import { memberOf, pieceBefore, pieceOf, scanJsonc } from './jsonc.ts';
import type { Value } from './jsonc.ts';

/*
 * The segment of usageline in oh-my-posh's configuration, which is JSON with comments: the first one of the block on the
 * right, or the last one of the first block.
 */

/** The segment's name within the configuration. It distinguishes an installed segment from a pasted one. */
export const SEGMENT_ALIAS = 'usageline';

/** Adds the segment, or replaces the one that is installed. `text` is null for no file. */
export function withOhMyPoshSegment(text: string | null, { segment }: OhMyPoshStep): Edit {
  if (text === null) return refused('it is not there');
  const lists = segmentsOf(text);
  if (typeof lists === 'string') return refused(lists);
  const added = JSON.stringify({ alias: SEGMENT_ALIAS, ...segment });
  const present = lists
    .flatMap(({ segments }) => segments.elements ?? [])
    .find((it) => isInstalled(text, it));
  if (present !== undefined)
    return splice(text, present.start, text.slice(present.start, present.end), added);
  const right = lists.find((list) => list.isRight);
  const list = right ?? lists[0];
  if (list === undefined) return refused('it has no block with segments');
  const { elements } = list.segments;
  const last = elements?.at(-1);
  if (right === undefined && last !== undefined)
    return withPieces(text, [{ at: last.end, text: `, ${added}` }]);
  return withPieces(text, [pieceBefore(text, list.segments.start, elements?.[0] ?? null, added)]);
}

/** Removes the segment that is installed; a pasted one stays. `text` is null for no file. */
export function withoutOhMyPoshSegment(text: string | null): Edit {
  if (text === null) return NO_CHANGE;
  const lists = segmentsOf(text);
  if (typeof lists === 'string') return refused(lists);
  const pieces = lists.flatMap(({ segments }) =>
    (segments.elements ?? []).flatMap((element, index, all) =>
      isInstalled(text, element) ? [pieceOf(text, element, all[index - 1] ?? null)] : [],
    ),
  );
  return withoutPieces(text, pieces);
}

interface SegmentList {
  readonly isRight: boolean;
  readonly segments: Value;
}

/** The lists of segments of all blocks; in words, why there are none. */
function segmentsOf(text: string): readonly SegmentList[] | string {
  const value = scanJsonc(text);
  if (typeof value === 'string') return value;
  const blocks = memberOf(value, 'blocks')?.value.elements;
  if (!blocks) return 'it has no list "blocks"';
  return blocks.flatMap((block) => {
    const segments = memberOf(block, 'segments')?.value;
    const isRight = ['alignment', 'type'].some((key) => {
      const member = memberOf(block, key);
      return (
        member !== null && /^"(?:right|rprompt)"$/.test(text.slice(member.value.start, member.value.end))
      );
    });
    return segments?.elements ? [{ isRight, segments }] : [];
  });
}

function isInstalled(text: string, segment: Value): boolean {
  const alias = memberOf(segment, 'alias')?.value;
  return alias !== undefined && text.slice(alias.start, alias.end) === `"${SEGMENT_ALIAS}"`;
}
