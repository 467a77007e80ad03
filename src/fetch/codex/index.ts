import type { System } from '../../platform/system.ts';
import { SPEND_LIMIT } from '../../usage/model.ts';
import type { Credits } from '../../usage/model.ts';
import type { SnapshotData } from '../../usage/snapshot.ts';
import { defineProvider } from '../kit/define.ts';
import type { ProviderDefinition } from '../kit/define.ts';
import { below, inHome, known } from '../kit/directory.ts';
import {
  decimalOf,
  idOf,
  numberOf,
  objectOf,
  objectsOf,
  percentFromRemaining,
  percentUsed,
  planOf,
  textOf,
  timeOfSeconds,
} from '../kit/fields.ts';
import { claimsOf, expiryOf, firstUsable, fromJsonFile, isPresent, judge, unusable } from '../kit/login.ts';
import type { Found, Login } from '../kit/login.ts';
import type { Measure } from '../kit/measures.ts';
import { programTexts } from '../kit/texts.ts';

/*
 * Codex with the login of ChatGPT. The facts are of openai/codex, CodexBar and openusage; see docs/providers/codex.md.
 */

const budget = { spacingMs: 60_000, perHour: 24 };

/** A login of Codex. `organizationId` is the ChatGPT account or workspace, which the endpoint asks for. */
interface CodexLogin extends Login {
  readonly organizationId: string | null;
}

/** The claims of OpenAI's tokens that name user, workspace and plan. */
function ownClaims(token: unknown): Readonly<Record<string, unknown>> {
  const claims = claimsOf(token);
  return { ...claims, ...objectOf(claims['https://api.openai.com/auth']) };
}

function loginIn(system: System, path: string): Found<CodexLogin> | null {
  return fromJsonFile(system, path, (stored, place) => {
    const tokens = objectOf(stored.tokens);
    const token = tokens.access_token ?? tokens.accessToken;
    if (token === undefined && isPresent(stored.OPENAI_API_KEY))
      return unusable('no_credentials', `${path} has an API key, which cannot read the usage of a plan`);
    const identity = ownClaims(tokens.id_token ?? tokens.idToken);
    const access = ownClaims(token);
    const [organization] = objectsOf(identity.organizations ?? access.organizations);
    const workspace =
      idOf(tokens.account_id ?? tokens.accountId) ??
      idOf(identity.chatgpt_account_id ?? access.chatgpt_account_id ?? organization?.id);
    // Members of one workspace have limits of their own.
    const user = idOf(
      identity.chatgpt_user_id ?? identity.user_id ?? access.chatgpt_user_id ?? access.user_id,
    );
    return judge<CodexLogin>(
      {
        token,
        plan: planOf(identity.chatgpt_plan_type ?? access.chatgpt_plan_type),
        accountId: user ?? workspace,
        organizationId: workspace,
      },
      {
        ...place,
        expiresAt: expiryOf(access),
        isRenewable: isPresent(tokens.refresh_token ?? tokens.refreshToken),
      },
    );
  });
}

/** What an answer is known by. */
const FIELDS = {
  plan_type: 'value',
  rate_limit: 'object',
  additional_rate_limits: 'list',
  code_review_rate_limit: 'object',
  individual_limit: 'object',
  spend_control: 'object',
  credits: 'object',
} as const;

/** The windows of one `rate_limit`. Their length names them: where there is only a week, it is in the first place. */
function measuresOf(limit: unknown, part: Partial<Measure> = {}): Measure[] {
  const { primary_window: first, secondary_window: second } = objectOf(limit);
  return objectsOf([first, second]).map((window) => measureOf(window, part));
}

function measureOf(window: Readonly<Record<string, unknown>>, part: Partial<Measure>): Measure {
  const [length, left] = [numberOf(window.limit_window_seconds), numberOf(window.reset_after_seconds)];
  return {
    ...part,
    used: percentUsed(window.used_percent),
    resetsAt: timeOfSeconds(window.reset_at),
    length,
    // At 0 % the endpoint sends the time of the request plus the length, unless the window has really started.
    projected: left === null || length === null || left > length - 60,
  };
}

function windows(data: SnapshotData): Measure[] {
  const spending = objectsOf([data.individual_limit, objectOf(data.spend_control).individual_limit]);
  return [
    ...measuresOf(data.rate_limit),
    ...objectsOf(data.additional_rate_limits).flatMap((more) => {
      const part = textOf(more.limit_name) ?? textOf(more.metered_feature);
      return part === null ? [] : measuresOf(more.rate_limit, { part, isModel: true });
    }),
    ...measuresOf(data.code_review_rate_limit, { part: 'code review' }),
    ...spending.map((limit) => ({
      used: percentFromRemaining(limit.remaining_percent),
      resetsAt: timeOfSeconds(limit.reset_at),
      length: null,
      name: SPEND_LIMIT,
    })),
  ];
}

/** Bought credits. Their unit is no currency. */
function credits(data: SnapshotData): Credits | null {
  const { has_credits: has, unlimited, balance } = objectOf(data.credits);
  if (has !== true && unlimited !== true) return null;
  return { balance: decimalOf(balance), currency: null, unlimited: unlimited === true };
}

const definition: ProviderDefinition<CodexLogin> = {
  id: 'codex',
  texts: programTexts({
    name: 'Codex',
    vendor: 'OpenAI',
    client: 'Codex',
    signInCommand: 'codex login',
    budget,
    mainWindows: { five_hour: '5h', seven_day: '7d' },
    failures: { token_lapsed: { short: 'run codex', advice: 'The login is not lost. Run `codex` once.' } },
  }),
  budget,
  baseUrl: 'https://chatgpt.com',
  directory: { variable: 'CODEX_HOME', standard: (system) => inHome(system, '.codex') },
  keyVariables: [],
  files: (system, directory) =>
    known(
      below(system, directory, 'auth.json'),
      system.env.CODEX_HOME ? null : inHome(system, '.config', 'codex', 'auth.json'),
    ),
  login: (system, files) => firstUsable(files.map((path) => () => loginIn(system, path))),
  async ask(login, call) {
    const path = call.baseUrl.endsWith('/backend-api') ? '/wham/usage' : '/backend-api/wham/usage';
    const { organizationId: workspace } = login;
    const answer = await call.get(path, {
      fields: FIELDS,
      ...(workspace !== null && { headers: { 'chatgpt-account-id': workspace } }),
    });
    if (!answer.ok) return answer;
    // An e-mail address is not to be stored.
    const { email: _, ...data } = answer.value;
    return { ok: true, value: { data, plan: planOf(data.plan_type) } };
  },
  windows,
  credits,
};

/** Codex, with the login of ChatGPT. */
export const provider = /* @__PURE__ */ defineProvider(definition);
