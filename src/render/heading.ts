import { SEPARATOR } from './glyphs.ts';
import type { Usage } from '../usage/model.ts';
import type { ProviderTexts } from '../usage/provider-facts.ts';
import { sanitize } from '../usage/text.ts';

/** The heading of a usage: `<name> · <plan> · account work (Acme) · last known`. */
export function heading(
  { texts, plan, account, label, provider, state }: Usage,
  separator = SEPARATOR,
): string {
  const parts = [texts.name, planName(plan, texts)];
  const named =
    label === undefined || label.toLowerCase() === account || label === provider
      ? ''
      : ` (${sanitize(label)})`;
  if (account !== 'default') parts.push(`account ${sanitize(account)}${named}`);
  if (state === 'last_known') parts.push('last known');
  if (state === 'estimate') parts.push('estimate');
  return parts.filter(Boolean).join(separator);
}

/** The product name of a plan: `Ultra` for `max_20x`, `Team premium` for `team_premium`. Empty without a plan. */
export function planName(plan: string | null, { planNames }: ProviderTexts): string {
  if (plan === null) return '';
  if (Object.hasOwn(planNames, plan)) return planNames[plan] as string;
  const words = sanitize(plan.replaceAll('_', ' '));
  return words.charAt(0).toUpperCase() + words.slice(1);
}
