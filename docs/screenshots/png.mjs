import { crc32, deflateSync } from 'node:zlib';

/**
 * A PNG of 8 bits per channel without transparency.
 * @param {(x: number, y: number) => number[]} pixel red, green and blue of a pixel
 */
export function pngOf(width, height, pixel) {
  const rows = Array.from({ length: height }, (_, y) =>
    // The first byte of a row: no filter.
    [0, ...Array.from({ length: width }, (_unused, x) => pixel(x, y)).flat()],
  );
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name, data) {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
