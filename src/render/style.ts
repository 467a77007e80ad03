/** The level of a percentage by the thresholds. */
export type Level = 'ok' | 'warn' | 'critical';

/** The role of a piece of text; the appearance gives each style a colour. */
export type Style =
  | Level
  /** As `critical`, without reverse video: for bars and words. */
  | 'urgent'
  | 'dim'
  | 'notice'
  | 'strong';
