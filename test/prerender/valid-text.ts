import type { FileText } from '../../src/prerender/format.ts';

/** The text of a prerendered file; null where there is none, or a refresh is due. */
export function validText(file: FileText | null): string | null {
  return file === null || file.isDue ? null : file.text;
}
