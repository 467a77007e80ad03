/** What `usageline init` can set up. */
export const INIT_TARGETS = ['zsh', 'bash', 'fish', 'sh'] as const;
export type InitTarget = (typeof INIT_TARGETS)[number];
