/** A body without the compression that its header names; as it is where the compression is not known. */
export function decoded(body: AsyncIterable<Uint8Array>, encoding: string | null): AsyncIterable<Uint8Array> {
  const name = encoding?.trim().toLowerCase() ?? '';
  if (!/^(x-gzip|gzip|deflate|br)$/.test(name)) return body;
  const zlib = process.getBuiltinModule('node:zlib');
  const { pipeline } = process.getBuiltinModule('node:stream');
  // Whatever ends one of the two ends the other; the error comes out where the body is read.
  return pipeline(body, name === 'br' ? zlib.createBrotliDecompress() : zlib.createUnzip(), () => {});
}

/** A header by its name; a header that was sent several times as one list. */
export function header(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  name: string,
): string | null {
  const value = headers[name.toLowerCase()] ?? null;
  return Array.isArray(value) ? value.join(', ') : value;
}
