/** Stands in every file of ours, so that none is taken for somebody else's, nor the other way round. */
export const OWN_FILE_MARK = 'Written by usageline init';

/** The mark as a comment, with how to get rid of the file. */
export function ownFileHeader(comment: string, target: string): string {
  return `${comment} ${OWN_FILE_MARK} ${target} --install: changes here are lost with the next one. To remove it: the same with --uninstall.`;
}
