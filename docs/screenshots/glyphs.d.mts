export function drawnGlyph(
  character: string,
  cell: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  times: number,
): string[] | null;
