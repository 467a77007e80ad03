import type { KnownAccount } from '../accounts/account.ts';
import { nameUsage, together } from '../accounts/resolve-all.ts';
import type { Usage } from '../usage/model.ts';
import type { Forecast } from './forecast.ts';

/** The forecast of one account of a line. */
export interface AccountForecast {
  readonly account: KnownAccount;
  readonly forecast: Forecast;
}

/**
 * The forecast of a line of several accounts: it changes whenever that of one of them does, and ends with the first of
 * them. An account whose first request is under way is not on it.
 *
 * @param chosen `ordered` as in `together`; whether the parts have labels
 */
export function forecastTogether(
  forecasts: readonly AccountForecast[],
  { ordered, labelled }: { readonly ordered: boolean; readonly labelled: boolean },
): Forecast {
  const known = forecasts.filter(({ forecast }) => forecast.stages.length > 0);
  const refreshAt = Math.min(...forecasts.map(({ forecast }) => forecast.refreshAt));
  const end = Math.min(...known.map(({ forecast }) => forecast.stages.at(-1)?.until ?? 0));
  const changes = new Set(known.flatMap(({ forecast }) => forecast.stages.map(({ until }) => until)));
  const times = [...changes].filter((time) => time <= end).sort((one, other) => one - other);
  const stages = times.map((until) => {
    const current = known.map(({ account, forecast }) => {
      const stage = forecast.stages.find((it) => it.until >= until);
      return { account, stage: stage as Forecast['stages'][number] };
    });
    const usages: Usage[] = current.map(({ account, stage }) => nameUsage(stage.usage, account, labelled));
    const countdowns = current.every(({ stage }) => stage.countdowns);
    return { until, usage: together(usages, ordered), countdowns };
  });
  return { refreshAt, stages };
}
