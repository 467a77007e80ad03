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
 * Whether a session's model is what a limit is for. `Opus 4.5` matches `Opus`, word by word, and the id
 * `<provider>-opus-4-5-20251101`.
 *
 * @param session the session's model, as `modelKey` returns it
 * @param limit the model of the limit, as `modelKey` returns it
 * @param provider the provider's id, with which the ids of its models may begin
 */
export function isModelOf(session: string, limit: string, provider: string): boolean {
  const prefix = `${provider}-`;
  const id = limit.startsWith(prefix) ? limit.slice(prefix.length) : limit;
  const name = id.replace(/-\d{8}$/, '');
  return name !== '' && `-${session}-`.includes(`-${name}-`);
}
