/** The first prime of FNV-1a, and an odd number of our own for the second half. */
const PRIME = 0x01000193;
const OTHER = 0x85ebca6b;

/**
 * A whole number below 2^53 that stands for a text or bytes: two independent 32-bit hashes, cut to what a
 * number holds exactly. A hundred thousand messages share one by chance once in a million weeks. Written by hand
 * because loading `node:crypto` costs more than hashing what a run usually reads.
 */
export function hash(data: string | Uint8Array): number {
  const text = typeof data === 'string';
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let index = 0; index < data.length; index += 1) {
    const unit = text ? data.charCodeAt(index) : data[index]!;
    a = Math.imul(a ^ unit, PRIME);
    b = Math.imul(b ^ unit, OTHER);
    // Without it the lowest bits would never hear of the higher ones.
    b ^= b >>> 13;
  }
  return (mixed(a) & 0x1fffff) * 2 ** 32 + (mixed(b ^ data.length) >>> 0);
}

function mixed(value: number): number {
  let bits = value ^ (value >>> 16);
  bits = Math.imul(bits, 0x7feb352d);
  bits ^= bits >>> 15;
  bits = Math.imul(bits, 0x846ca68b);
  return bits ^ (bits >>> 16);
}

/** Whether a number read from disk can be one of these. */
export function isHash(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
