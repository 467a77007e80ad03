import type { Usage } from '../usage/model.ts';
import { sanitize } from '../usage/text.ts';
import { SEPARATOR } from './glyphs.ts';
import { planName } from './plan.ts';

const providers: Record<Usage['provider'], string> = { claude: 'Claude' };

/** `Claude · Ultra · account 1a2b3c4d · last known` */
export function heading({ provider, plan, account, state }: Usage, separator = SEPARATOR): string {
  const parts = [providers[provider], planName(plan)];
  if (account !== 'default') parts.push(`account ${sanitize(account)}`);
  if (state === 'last_known') parts.push('last known');
  if (state === 'estimate') parts.push('estimate');
  return parts.filter(Boolean).join(separator);
}
