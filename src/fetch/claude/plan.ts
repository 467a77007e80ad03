import { sanitize } from '../../usage/text.ts';

/**
 * The subscription plan: `default_claude_max_20x` is `max_20x`; a tier that does not name a plan
 * (`default_claude_ai`, or another form) leaves it to `subscriptionType`. Null when neither says.
 */
export function planOf(rateLimitTier: unknown, subscriptionType: unknown): string | null {
  const tier = clean(rateLimitTier);
  const named = tier.startsWith('default_claude_') ? tier.slice('default_claude_'.length) : '';
  if (named !== '' && named !== 'ai') return named;
  const unknown = named === '' ? tier.replace(/^default_/, '') : '';
  return clean(subscriptionType) || unknown || null;
}

function clean(value: unknown): string {
  return typeof value === 'string' ? sanitize(value) : '';
}
