/** The body, decompressed according to its header; unchanged for an unknown compression. */
export function decoded(body: AsyncIterable<Uint8Array>, encoding: string | null): AsyncIterable<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (!/^(x-gzip|gzip|deflate|br)$/.test(name)) return body;
  const zlib = process.getBuiltinModule('node:zlib');
  const { pipeline } = process.getBuiltinModule('node:stream');
  // An error of either stream ends both, and reaches the code that reads the body.
  return pipeline(body, name === 'br' ? zlib.createBrotliDecompress() : zlib.createUnzip(), () => {});
}

/** The value of a header; a header that was sent several times is joined with commas. */
export function header(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): string | null {
  const value = headers[name.toLowerCase()] ?? null;
  return Array.isArray(value) ? value.join(', ') : value;
}
