import { SPEND_LIMIT } from '../../usage/model.ts';
import type { Credits } from '../../usage/model.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { DAY, isoTime, SECOND } from '../../usage/time.ts';
import { isObject } from '../../usage/values.ts';
import type { Outcome } from '../provider.ts';
import type { Body, Call } from '../kit/call.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import {
  amountOf,
  monthBefore,
  objectOf,
  percentFromRest,
  percentFromShare,
  timeOfText,
} from '../kit/fields.ts';
import { firstUsable, fromVariables } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { UNKNOWN_SHAPE } from '../kit/shape.ts';
import { keyTexts } from '../kit/texts.ts';
import { restOf } from './amounts.ts';

/*
 * The balance of an OpenRouter account, and the limit on its key. The facts are of OpenRouter's documentation and of CodexBar;
 * see docs/providers/openrouter.md.
 */

const VARIABLE = 'OPENROUTER_API_KEY';
const budget = { spacingMs: 60_000, perHour: 24 };

/** How the limit on a key is reset. */
interface Reset {
  /** s; null: that of the month before the reset. */
  readonly length: number | null;
  /** The field with what was used since the last reset. */
  readonly used: string;
  /** The next reset after a time, epoch ms: the endpoint does not send it. */
  next(at: Date): number;
}

const RESETS: ReadonlyMap<unknown, Reset> = new Map<string, Reset>([
  ['daily', { length: DAY / SECOND, used: 'usage_daily', next: (at) => midnightAfter(at, 1) }],
  [
    'weekly',
    {
      length: (7 * DAY) / SECOND,
      used: 'usage_weekly',
      // Weeks begin on Monday; `getUTCDay` counts from Sunday.
      next: (at) => midnightAfter(at, 7 - ((at.getUTCDay() + 6) % 7)),
    },
  ],
  [
    'monthly',
    {
      length: null,
      used: 'usage_monthly',
      next: (at) => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1),
    },
  ],
]);

/** A midnight in UTC after a time, epoch ms. `days`: 1 for the next one. */
function midnightAfter(at: Date, days: number): number {
  return (Math.floor(at.getTime() / DAY) + days) * DAY;
}

/** The limit on the key. One that never begins anew is a limit on spending. */
function windows(data: SnapshotData): Measure[] {
  const key = objectOf(data.key);
  const { limit, limit_remaining: rest } = key;
  if (amountOf(limit) === null || amountOf(limit) === 0) return [];
  const reset = RESETS.get(key.limit_reset);
  // Nothing is known of a reset of another kind: the limit is left out.
  if (reset === undefined && key.limit_reset !== null && key.limit_reset !== undefined) return [];
  const used = key[reset?.used ?? 'usage'] ?? key.usage;
  const askedAt = timeOfText(data.asked_at);
  const resetsAt = reset === undefined || askedAt === null ? null : reset.next(new Date(askedAt));
  const isKnown = rest !== null && rest !== undefined;
  const spent = isKnown ? restOf(limit, rest) : used;
  return [
    {
      used: isKnown ? percentFromRest(rest, limit) : percentFromShare(used, limit),
      resetsAt,
      length: reset === undefined ? null : (reset.length ?? monthBefore(resetsAt) ?? 'month'),
      amount: { used: amountOf(spent), limit: amountOf(limit), currency: 'USD', decimals: 2 },
      ...(reset === undefined && { name: SPEND_LIMIT }),
    },
  ];
}

/** What is left of what was bought. */
function credits(data: SnapshotData): Credits | null {
  const { total_credits: bought, total_usage: used } = objectOf(data.credits);
  const balance = restOf(bought, used);
  return balance === null ? null : { balance, currency: 'USD', unlimited: false };
}

/** The object that every answer has in `data`. */
async function dataAt(path: string, call: Call): Promise<Outcome<Body>> {
  const answer = await call.get(path);
  if (!answer.ok) return answer;
  const { data } = answer.value;
  return isObject(data) ? { ok: true, value: data } : { ok: false, failure: UNKNOWN_SHAPE };
}

const definition: ProviderDefinition = {
  id: 'openrouter',
  texts: keyTexts({
    name: 'OpenRouter',
    vendor: 'OpenRouter',
    variable: VARIABLE,
    budget,
    mainWindows: { monthly: 'mo' },
  }),
  budget,
  baseUrl: 'https://openrouter.ai',
  directory: null,
  keyVariables: [VARIABLE],
  files: () => [],
  login: (system) => firstUsable([() => fromVariables(system, [VARIABLE])]),
  async ask(_login, call) {
    const credits = await dataAt('/api/v1/credits', call);
    // Keys that only call models may be refused the balance; they know their own limit.
    if (!credits.ok && credits.failure.code !== 'forbidden') return credits;
    const key = await dataAt('/api/v1/key', call);
    if (!credits.ok && !key.ok) return credits;
    // The label contains parts of the key.
    const { label: _, ...ofKey } = key.ok ? key.value : {};
    return {
      ok: true,
      value: {
        data: {
          credits: credits.ok ? credits.value : null,
          key: key.ok ? ofKey : null,
          asked_at: isoTime(call.askedAt),
        },
      },
    };
  },
  hasUsage: ({ data }) => credits({ credits: data }) !== null || amountOf(objectOf(data).usage) !== null,
  windows,
  credits,
};

/** OpenRouter, with a key. */
export const provider = /* @__PURE__ */ defineProvider(definition);
