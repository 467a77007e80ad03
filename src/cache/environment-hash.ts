import type { System } from '../platform/system.ts';

/**
 * The suffix of the directory of prerendered lines for the `USAGELINE_CONFIG` and `USAGELINE_NETWORK` in use: 8 hex
 * digits, or empty where neither is set. Two shells with different values thus do not overwrite each other's lines. On
 * the hot path.
 */
export function environmentHash({
  USAGELINE_CONFIG: file,
  USAGELINE_NETWORK: network,
}: System['env']): string {
  return file || network ? fnv1a(`${file ?? ''}\n${network ?? ''}`) : '';
}

/** FNV-1a, because importing `node:crypto` costs time at every prompt. A collision costs only a prerendered line. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
