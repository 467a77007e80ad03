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

/**
 * Whether a session's model is what a limit is for: `Opus 4.5` is `Opus`, word by word, and it is the id
 * `claude-opus-4-5-20251101`. Both as keys.
 */
export function isModelOf(session: string, limit: string): boolean {
  const name = limit.replace(/^claude-/, '').replace(/-\d{8}$/, '');
  return name !== '' && `-${session}-`.includes(`-${name}-`);
}
