import type { System } from '../system.ts';
import { look } from './disk.ts';
import { withoutBlock } from './edits/block.ts';
import type { Edit } from './edits/edit.ts';
import { withoutStatusline } from './edits/statusline.ts';
import { withoutWhole } from './edits/whole.ts';
import { isSame } from './installed.ts';
import type { Installed, Record } from './installed.ts';
import { planned } from './plan.ts';
import type { Plan } from './plan.ts';

/**
 * What has to be done for all of these files to be as if nothing had been. What cannot be read or understood, and of
 * which nothing is noted, has never been ours.
 */
export function planRemoval(system: System, files: readonly Record[], installed: Installed): Plan {
  const unique = files.filter((file, index) => files.findIndex((other) => isSame(file, other)) === index);
  return planned(unique, (file) => {
    const noted = installed.files.find((record) => isSame(record, file)) ?? null;
    const found = look(system, file.path);
    if (typeof found === 'string') return noted && found;
    const edit = removed(file, found.text, noted);
    if (edit.kind === 'refused' && file.kind === 'statusline' && noted === null) return null;
    return { found, edit, record: file, mode: null, backup: null };
  });
}

function removed({ kind }: Record, text: string | null, noted: Record | null): Edit {
  switch (kind) {
    case 'block':
      return withoutBlock(text);
    case 'whole':
      return withoutWhole(text);
    case 'statusline':
      return withoutStatusline(text, noted);
  }
}
