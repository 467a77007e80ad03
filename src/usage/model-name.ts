/**
 * A model's name as letters, digits and dashes, to compare it and to name a file after it: `opus-4-5`. Empty when
 * nothing is left. On the hot path.
 */
export function modelKey(name: string): string {
  return name
    .slice(0, 40)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** Whether a session's model is what a limit is for: `Opus 4.5` is `Opus`, word by word. Both as keys. */
export function isModelOf(session: string, limit: string): boolean {
  return limit !== '' && `-${session}-`.includes(`-${limit}-`);
}
