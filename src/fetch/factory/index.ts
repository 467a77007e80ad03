import type { Credits } from '../../usage/model.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { DAY, HOUR, isoTime, SECOND } from '../../usage/time.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { amountOf, objectOf, percentUsed, timeAfter, timeOfText } from '../kit/fields.ts';
import { firstUsable, fromVariables } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { keyTexts } from '../kit/texts.ts';

/*
 * Factory (Droid), with a key. The facts are of CodexBar's tests; see docs/providers/factory.md.
 */

const VARIABLE = 'FACTORY_API_KEY';
const budget = { spacingMs: 60_000, perHour: 24 };

/** What an answer is known by. */
const FIELDS = {
  limits: 'object',
  usesTokenRateLimitsBilling: 'value',
  extraUsageBalanceCents: 'value',
  extraUsageAllowed: 'value',
} as const;

/** The windows of a pool, with their lengths, s. */
const LENGTHS = [
  ['fiveHour', (5 * HOUR) / SECOND],
  ['weekly', (7 * DAY) / SECOND],
  ['monthly', 'month'],
] as const;

/** The windows of one pool of models. */
function measuresOf(pool: unknown, askedAt: number | null, part: string | null): Measure[] {
  return LENGTHS.filter(([key]) => objectOf(pool)[key] !== undefined).map(([key, length]) => {
    const { usedPercent, secondsRemaining } = objectOf(objectOf(pool)[key]);
    const left = amountOf(secondsRemaining);
    return {
      used: percentUsed(usedPercent),
      // 0 seconds left: the window has not started.
      resetsAt: left === 0 ? null : timeAfter(askedAt, left),
      length,
      // All of its time is left: the reset moves on with every request.
      projected: length !== 'month' && left !== null && left > length - 60,
      part,
    };
  });
}

function windows(data: SnapshotData): Measure[] {
  // Accounts that are billed in another way have zeros here.
  if (data.usesTokenRateLimitsBilling === false) return [];
  const { standard, core } = objectOf(data.limits);
  const askedAt = timeOfText(data.asked_at);
  return [
    ...measuresOf(standard, askedAt, null),
    // For a pool that the plan lacks the endpoint sends zeros.
    ...measuresOf(core, askedAt, 'core').filter(({ used, resetsAt }) => used !== 0 || resetsAt !== null),
  ];
}

/** What is left of the money for use beyond the limits; null where there is none and none is allowed. */
function credits({ extraUsageBalanceCents, extraUsageAllowed }: SnapshotData): Credits | null {
  const cents = amountOf(extraUsageBalanceCents);
  if (cents === null || !Number.isSafeInteger(cents)) return null;
  if (cents === 0 && extraUsageAllowed !== true) return null;
  const digits = String(cents).padStart(3, '0');
  return { balance: `${digits.slice(0, -2)}.${digits.slice(-2)}`, currency: 'USD', unlimited: false };
}

const definition: ProviderDefinition = {
  id: 'factory',
  texts: keyTexts({
    name: 'Factory',
    vendor: 'Factory',
    variable: VARIABLE,
    budget,
    mainWindows: { five_hour: '5h', seven_day: '7d', monthly: 'mo' },
  }),
  budget,
  baseUrl: 'https://api.factory.ai',
  directory: null,
  keyVariables: [VARIABLE],
  files: () => [],
  login: (system) => firstUsable([() => fromVariables(system, [VARIABLE])]),
  async ask(_login, call) {
    const answer = await call.get('/api/billing/limits', { fields: FIELDS });
    if (!answer.ok) return answer;
    // Resets are seconds from the time of the request.
    return { ok: true, value: { data: { ...answer.value, asked_at: isoTime(call.askedAt) } } };
  },
  windows,
  credits,
};

/** Factory, with a key. */
export const provider = /* @__PURE__ */ defineProvider(definition);
