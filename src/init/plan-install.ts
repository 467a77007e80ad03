import type { System } from '../platform/system.ts';
import { inspectFile } from './user-file.ts';
import type { FoundFile } from './user-file.ts';
import { withBlock } from './edits/block.ts';
import type { Edit } from './edits/edit.ts';
import { originalStatusline, withStatusline } from './edits/statusline.ts';
import { withOwnFile } from './edits/own-file.ts';
import { isSameFile } from './installed.ts';
import type { Installed } from './installed.ts';
import type { InitTarget } from './names.ts';
import { removedFrom } from './removal.ts';
import { backupPath, planFrom, firstUsers } from './plan.ts';
import type { Plan } from './plan.ts';
import type { Step } from './target.ts';

/** What has to be done for these steps to be done; nothing is, yet. */
export function planInstall(
  system: System,
  target: InitTarget,
  steps: readonly Step[],
  installed: Installed,
): Plan {
  return planFrom(steps, (step) => {
    const found = inspectFile(system, step.path);
    if (typeof found === 'string') return found;
    const memory =
      step.kind === 'statusline'
        ? originalStatusline(found.text)
        : { created: found.text === null, command: null };
    const users = firstUsers(step, target);
    // A shared file without a record has users that are not known: it stays when this target goes.
    const unknown = users && found.text !== null && !isNoted(step, installed);
    return {
      found,
      edit: added(step, found.text),
      record: {
        target,
        kind: step.kind,
        path: step.path,
        users: unknown ? [...users, 'sh'] : users,
        ...memory,
      },
      mode: step.kind === 'whole' ? step.mode : null,
      backup: isKept(step, found) ? backupPath(found.real) : null,
    };
  });
}

function added(step: Step, text: string | null): Edit {
  switch (step.kind) {
    case 'block':
      return withBlock(text, step);
    case 'whole':
      return withOwnFile(text, step);
    case 'statusline':
      return withStatusline(text, step);
  }
}

/** Only while nothing of the program is in it: later on it is no longer as it was. The notes do not say: a killed
 * `init` has noted the file and may not have kept it. */
function isKept({ kind }: Step, { text }: FoundFile): boolean {
  return kind !== 'whole' && text !== null && removedFrom(kind, text, null).kind === 'none';
}

function isNoted(step: Step, installed: Installed): boolean {
  return installed.files.some((file) => isSameFile(file, step));
}
