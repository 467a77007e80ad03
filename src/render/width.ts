import { eastAsianWidth } from 'get-east-asian-width';

/** What our own texts are made of: a column each. */
const NARROW = /^[ -~·…█░]*$/;
/** For the texts of others. Thousands of emoji take milliseconds to be read: not before there is a text to be measured. */
let others: { readonly emoji: RegExp; readonly clusters: RegExp } | undefined;
function patterns(): NonNullable<typeof others> {
  others ??= {
    // What is two columns wide as a whole: emoji, also those made of several characters.
    emoji: new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v'),
    // What is seen as one character: an emoji, or a character with all that is put on top of it.
    clusters: new RegExp(String.raw`\p{RGI_Emoji}|.[\p{M}\u200D]*`, 'gsv'),
  };
  return others;
}
const INVISIBLE = /^[\p{M}\u200D]/u;

/** Columns that a terminal gives a text. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  return clustersOf(text).reduce((width, cluster) => width + clusterWidth(cluster), 0);
}

/** As much of the beginning of a text as `width` columns hold. */
export function startOf(text: string, width: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(0, width));
  let room = width;
  let start = '';
  for (const cluster of clustersOf(text)) {
    room -= clusterWidth(cluster);
    if (room < 0) break;
    start += cluster;
  }
  return start;
}

function clustersOf(text: string): readonly string[] {
  return text.match(patterns().clusters) ?? [];
}

function clusterWidth(cluster: string): number {
  if (patterns().emoji.test(cluster)) return 2;
  if (INVISIBLE.test(cluster)) return 0;
  return eastAsianWidth(cluster.codePointAt(0) as number);
}
