import { eastAsianWidth } from 'get-east-asian-width';

/** What is two columns wide as a whole: emoji, also those made of several characters. */
const EMOJI = new RegExp(String.raw`^\p{RGI_Emoji}$`, 'v');
/** What is seen as one character: an emoji, or a character with all that is put on top of it. */
const CLUSTERS = new RegExp(String.raw`\p{RGI_Emoji}|.[\p{M}\u200D]*`, 'gsv');
const ASCII = /^[ -~]*$/;
const INVISIBLE = /^[\p{M}\u200D]/u;

/** Columns that a terminal gives a text. */
export function widthOf(text: string): number {
  if (ASCII.test(text)) return text.length;
  return clustersOf(text).reduce((width, cluster) => width + clusterWidth(cluster), 0);
}

/** As much of the beginning of a text as `width` columns hold. */
export function startOf(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, width));
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
  return text.match(CLUSTERS) ?? [];
}

function clusterWidth(cluster: string): number {
  if (EMOJI.test(cluster)) return 2;
  if (INVISIBLE.test(cluster)) return 0;
  return eastAsianWidth(cluster.codePointAt(0) as number);
}
