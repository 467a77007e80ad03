/** The shells that `usageline completions` knows. */
export const COMPLETION_SHELLS = ['zsh', 'bash', 'fish', 'powershell'] as const;

export type CompletionShell = (typeof COMPLETION_SHELLS)[number];
