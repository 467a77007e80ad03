import { sanitize } from '../usage/text.ts';

/** Plans that are sold under another name than their id has. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['max_20x', 'Ultra'],
  ['max_5x', 'Max'],
]);

/** A plan as people know it: `max_20x` is `Ultra`, `team_premium` is `Team premium`. Empty for none. */
export function planName(plan: string | null): string {
  if (plan === null) return '';
  const words = sanitize(plan.replaceAll('_', ' '));
  return NAMES.get(plan) ?? words.charAt(0).toUpperCase() + words.slice(1);
}
