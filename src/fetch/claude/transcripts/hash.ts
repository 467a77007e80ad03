/** The prime of 32-bit FNV-1a, and an arbitrary odd number for the second hash. */
const PRIME = 0x01000193;
const OTHER = 0x85ebca6b;

/**
 * The hash of a text or of bytes, a whole number below 2^53: two independent 32-bit hashes, cut to what a number holds
 * exactly. Among the messages of a week (a hundred thousand) a collision is expected once in a million weeks.
 * `node:crypto` would take several times as long for texts as short as a message's ids.
 */
export function hash(data: string | Uint8Array): number {
  const isText = typeof data === 'string';
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let index = 0; index < data.length; index += 1) {
    const unit = isText ? data.charCodeAt(index) : data[index]!;
    a = Math.imul(a ^ unit, PRIME);
    b = Math.imul(b ^ unit, OTHER);
    // Multiplication carries upwards only: this brings the high bits back to the low ones.
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
