import type { System } from '../platform/system.ts';

/**
 * What our own variables make of the prepared lines: empty where none is set, else eight hex digits that stand for
 * their values. Each has ready lines of its own, so that two shells with different ones do not take turns. On the
 * hot path.
 */
export function environmentHash({
  USAGELINE_CONFIG: file,
  USAGELINE_NETWORK: network,
}: System['env']): string {
  return file || network ? fnv1a(`${file ?? ''}\n${network ?? ''}`) : '';
}

/** A hash without a module: it tells a handful of texts apart, and nobody gains by two that agree. */
function fnv1a(text: string): string {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
