import type { System } from '../platform/system.ts';

/**
 * A hash of the environment variables that choose the configuration: eight hex digits, or empty where none is set.
 * Each value has its own directory of prerendered lines, so that two shells with different values do not overwrite
 * each other's lines. On the hot path.
 */
export function environmentHash({
  USAGELINE_CONFIG: file,
  USAGELINE_NETWORK: network,
}: System['env']): string {
  return file || network ? fnv1a(`${file ?? ''}\n${network ?? ''}`) : '';
}

/** FNV-1a, since loading `node:crypto` costs too much here. It needs no protection against forged collisions. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
