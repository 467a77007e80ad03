import type { Variant } from './variant.ts';

/** What a command leaves to be done once its text has been printed. */
export type FollowUp =
  | { readonly kind: 'none' }
  /** Prerender, in this process, the lines that exist and the one that was missing. */
  | {
      readonly kind: 'prerender';
      /** The variant that had no valid line; null where none was looked for. */
      readonly wanted: Variant | null;
      /** How far ahead, ms; by default as far as one file reaches. */
      readonly horizonMs?: number;
    }
  /** Start the worker, which refreshes the entry and then prerenders. */
  | { readonly kind: 'spawnWorker'; readonly wanted: Variant | null };

/** Nothing is left to be done. */
export const NO_FOLLOW_UP: FollowUp = { kind: 'none' };
