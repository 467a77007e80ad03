/**
 * The errno name of a failed system call; `UNKNOWN` for any other error. Not the message, which may quote file
 * contents.
 */
export function errno(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
