import { SEPARATOR } from './glyphs.ts';
import type { Usage } from '../usage/model.ts';
import { sanitize } from '../usage/text.ts';

const providers: Record<Usage['provider'], string> = { claude: 'Claude' };

/** The heading of a usage: `Claude · Ultra · account 1a2b3c4d · last known`. */
export function heading({ provider, plan, account, state }: Usage, separator = SEPARATOR): string {
  const parts = [providers[provider], planName(plan)];
  if (account !== 'default') parts.push(`account ${sanitize(account)}`);
  if (state === 'last_known') parts.push('last known');
  if (state === 'estimate') parts.push('estimate');
  return parts.filter(Boolean).join(separator);
}

/** Plans whose product name differs from their id. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['max_20x', 'Ultra'],
  ['max_5x', 'Max'],
]);

/** The product name of a plan: `Ultra` for `max_20x`, `Team premium` for `team_premium`. Empty without a plan. */
export function planName(plan: string | null): string {
  if (plan === null) return '';
  const words = sanitize(plan.replaceAll('_', ' '));
  return NAMES.get(plan) ?? words.charAt(0).toUpperCase() + words.slice(1);
}
