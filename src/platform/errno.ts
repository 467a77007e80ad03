/** The errno name of a failed system call; `UNKNOWN` for anything else. Never the message: it may quote. */
export function errno(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
