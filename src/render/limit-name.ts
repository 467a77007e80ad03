import { windowNameOf } from './format/placeholders.ts';

/** Names that stand for whichever limit fits. */
const RELATIVE: ReadonlySet<string> = new Set(['model', 'tightest']);
/** Extra usage is a limit, and no window. */
const EXTRA: ReadonlySet<string> = new Set(['extra', 'extra_usage']);

/** The id or label in lower case that a person's name for a limit stands for; null when none is called so. */
export function limitNamed(text: string): string | null {
  const name = text.trim().toLowerCase();
  if (EXTRA.has(name)) return name;
  const window = windowNameOf(name);
  return window === null || RELATIVE.has(window) ? null : window;
}
