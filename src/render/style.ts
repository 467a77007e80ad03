/** How much attention a percentage asks for. */
export type Level = 'ok' | 'warn' | 'critical';

/** What a piece of text expresses; the configuration gives each style a colour. */
export type Style = Level | 'dim' | 'notice' | 'strong';
