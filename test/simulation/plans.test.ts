import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/usage/time.ts';
import { iso } from '../support/build.ts';
import { PlanDay } from './plan-day.ts';
import type { Session, Subscription } from './plan-day.ts';

let day: PlanDay;
beforeEach(() => {
  day = new PlanDay();
});

const subscription = (owner: string, organization = 'home'): Subscription => ({
  owner,
  organization,
  used: {},
});

/** A window of the endpoint's body. */
const bucket = (utilization: number, hour: number) => ({ utilization, resets_at: iso(day.at(hour)) });
/** The same on standard input. */
const limit = (used_percentage: number, hour: number) => ({
  used_percentage,
  resets_at: day.at(hour) / SECOND,
});
const row = (kind: string, percent: number, hour: number, scope: object | null = null) => ({
  kind,
  percent,
  resets_at: iso(day.at(hour)),
  scope,
  is_active: false,
});
const fable = (percent: number, hour: number) =>
  row('weekly_scoped', percent, hour, { model: { id: null, display_name: 'Fable' } });

/** Works with a session: a response every third minute, and its status line. */
const every = (minutes: number) => Math.round((day.now - day.begin) / MINUTE) % minutes === 0;

describe('a day on Max that ends on Ultra, which has no five-hour limit', () => {
  it('shows no untrue line', async () => {
    const ada = subscription('ada');
    const session = day.session('one', ada);
    const idle = day.session('two', ada);
    let ultra = false;
    const five = () => ada.used.five_hour as number;
    const seven = () => ada.used.seven_day as number;
    const scoped = () => ada.used['weekly_scoped:fable'] as number;
    day.response = () => ({
      ...(ultra ? {} : { five_hour: bucket(five(), 5) }),
      seven_day: bucket(seven(), 60),
      nimbus_quill: { utilization: 0 },
      limits: [
        ...(ultra ? [] : [row('session', five(), 5)]),
        row('weekly_all', seven(), 60),
        fable(scoped(), 60),
      ],
    });
    const works = (limits: () => object) => async () => {
      if (!every(3)) return;
      const fresh = ultra
        ? { seven_day: seven() + 1, 'weekly_scoped:fable': scoped() + 1 }
        : { five_hour: five() + 1, seven_day: seven() + 1, 'weekly_scoped:fable': scoped() + 1 };
      day.use(session, fresh, {});
      session.input = { ...limits() };
      await day.statusline(session);
    };
    const max = () => ({ five_hour: limit(five(), 5), seven_day: limit(seven(), 60) });
    day.change({ of: ada, used: { five_hour: 10, seven_day: 40, 'weekly_scoped:fable': 20 } });
    day.signIn(ada);
    day.use(idle, {}, max());
    await day.statusline(idle);

    await day.until(1, works(max));
    expect(day.between(0.2, 1).every((line) => /^5h \d+% .* 7d \d+%/.test(line))).toBe(true);
    // Every quarter of an hour the login file is rewritten with a token of an MCP server.
    await day.until(1.5, async () => {
      if (every(15)) day.rewriteLogin();
      await works(max)();
    });
    // Ultra: the same usage is a smaller share of the week, and there is no five-hour limit any more.
    ultra = true;
    day.change({ of: ada, used: { seven_day: 12, 'weekly_scoped:fable': 9 } });
    await day.until(
      3,
      works(() => ({ seven_day: limit(seven(), 60) })),
    );
    expect(day.between(2, 3).filter((line) => /^5h |· 5h /.test(line))).toEqual([]);
    expect(day.between(2, 3).every((line) => /^7d \d+% /.test(line))).toBe(true);
    // An idle session of the morning repeats its last report, which may appear in its own line only.
    expect(await day.statusline(idle)).toMatch(/^5h 10% .* 7d 40% .* 3h ago/);
    expect(await day.prompt()).not.toMatch(/^5h |· 5h |40%/);
    // Offline for an hour, and a laptop that sleeps for two.
    day.response = () => ({ code: 'network_error' });
    await day.until(4);
    expect(day.between(3.2, 4).every((line) => /^7d \d+% .* ago( · offline)?$/.test(line))).toBe(true);
    await day.until(6.5);
    expect(day.numbers).toBeGreaterThan(500);
  });
});

describe('a day on Ultra that reaches its limit', () => {
  it('shows no untrue line, and no five-hour limit in any of them', async () => {
    const ada = subscription('ada');
    const session = day.session('one', ada);
    let [week, reset] = [70, 6];
    day.response = () => ({
      five_hour: null,
      seven_day: bucket(week, reset),
      iguana_necktie: { utilization: 3, resets_at: iso(day.at(700)), limit_dollars: 250, used_dollars: 7.5 },
      limits: [row('weekly_all', week, reset), fable(week - 5, reset)],
    });
    day.change({ of: ada, used: { seven_day: week, 'weekly_scoped:fable': week - 5 } });
    day.signIn(ada);
    await day.until(6, async () => {
      if (!every(5) || week >= 100) return;
      week += 1;
      day.use(
        session,
        { seven_day: week, 'weekly_scoped:fable': week - 5 },
        { seven_day: limit(week, reset) },
      );
      await day.statusline(session);
    });
    expect(day.between(3, 6).every((line) => line.startsWith('7d 100%'))).toBe(true);
    // The next week begins.
    [week, reset] = [0, 174];
    day.change({ of: ada, used: { seven_day: 0, 'weekly_scoped:fable': -1 } });
    day.response = () => ({ seven_day: bucket(week, reset), limits: [row('weekly_all', week, reset)] });
    await day.until(6.1);
    expect(day.between(6.05, 6.1).every((line) => line.startsWith('7d 0% 6d23h'))).toBe(true);
    expect(day.lines.filter(({ line }) => /^5h |· 5h |250|cloud/.test(line))).toEqual([]);
    expect(day.numbers).toBeGreaterThan(300);
  });
});

describe('a day on an Enterprise seat, which only has a spend limit', () => {
  it('shows no untrue line, and never an invented percentage', async () => {
    const ada = subscription('ada', 'enterprise');
    const session = day.session('one', ada);
    let cents = 1250;
    let limited: number | null = null;
    day.response = () => ({
      five_hour: null,
      seven_day: null,
      extra_usage: {
        is_enabled: true,
        monthly_limit: limited,
        used_credits: cents,
        utilization: limited === null ? null : (100 * cents) / limited,
        currency: 'USD',
      },
    });
    day.signIn(ada);
    await day.until(1, async () => {
      if (every(10)) cents += 25;
      if (every(10)) await day.statusline(session);
    });
    expect(
      day.between(0.2, 1).every((line) => /^extra \d+\.\d\d USD/.test(line) && !line.includes('%')),
    ).toBe(true);
    // The organisation sets a limit, which is reached in the afternoon.
    limited = 2000;
    const spends = () => day.change({ of: ada, used: { spend_limit: (100 * cents) / 2000 } });
    spends();
    await day.until(3, () => {
      if (every(5)) cents += 50;
      if (every(5)) spends();
    });
    expect(day.between(1.2, 3).every((line) => /^spend \d+% \d+(\.50)?\/20(\.00)? USD/.test(line))).toBe(
      true,
    );
    // The seat is removed: the endpoint returns 403, and the known numbers show their age.
    day.response = () => ({ code: 'forbidden' });
    await day.until(3.5);
    expect(day.between(3.2, 3.5).every((line) => / ago( · sign in)?$/.test(line))).toBe(true);
  });
});

describe('a day with a private and a Team login', () => {
  it('never shows the numbers of one login under the other', async () => {
    const home = subscription('ada', 'home');
    const team = subscription('ada', 'team');
    let current = home;
    const fiveAtHome = () => (day.hour < 4 ? 4 : 9);
    const body = ({ used }: Subscription) => ({
      five_hour: bucket(used.five_hour as number, current === home ? fiveAtHome() : 5),
      seven_day: bucket(used.seven_day as number, current === home ? 60 : 100),
    });
    const inputOf = (of: Subscription) => ({
      five_hour: limit(of.used.five_hour as number, of === home ? fiveAtHome() : 5),
      seven_day: limit(of.used.seven_day as number, of === home ? 60 : 100),
    });
    const work = async (session: Session) => {
      const { of } = session;
      const more = {
        five_hour: (of.used.five_hour as number) + 1,
        seven_day: (of.used.seven_day as number) + 1,
      };
      day.use(session, more, {});
      session.input = inputOf(of);
      await day.statusline(session);
    };
    day.change({ of: home, used: { five_hour: 5, seven_day: 60 } });
    day.change({ of: team, used: { five_hour: 30.5, seven_day: 10.5 } });
    day.signIn(home);
    const atHome = day.session('home', home);
    day.response = () => body(current);
    await day.until(1, async () => {
      if (every(4)) await work(atHome);
    });
    // The same user signs in to the Team organisation; the session of the morning continues.
    current = team;
    day.signIn(team);
    const atWork = day.session('team', team);
    await day.until(2, async () => {
      if (every(4)) await work(atHome);
      if (every(7)) await work(atWork);
    });
    expect(day.between(1.1, 2).every((line) => /\.5%|3\d%|4\d%/.test(line))).toBe(true);
    // A session with a token of its own, and a throttled endpoint.
    const other = subscription('grace', 'elsewhere');
    const foreign = day.session('key', other, { CLAUDE_CODE_OAUTH_TOKEN: 'sk-ant-oat01-x' });
    day.change({ of: other, used: { five_hour: 80, seven_day: 90 } });
    day.response = () => ({ code: 'rate_limited', retryAfter: '1800' });
    await day.until(3, async () => {
      if (every(6)) day.use(foreign, {}, { five_hour: limit(80, 4.5), seven_day: limit(90, 140) });
      if (every(6)) expect(await day.statusline(foreign)).toMatch(/^5h 80% .* 7d 90%/);
      if (every(11)) await work(atWork);
    });
    expect(day.between(2, 3).filter((line) => /80%|90%/.test(line))).toEqual([]);
    // At home without a network: no number of the team is shown.
    day.response = () => ({ code: 'network_error' });
    current = home;
    day.signIn(home);
    await day.until(3.5);
    expect(day.between(3, 3.5).filter((line) => line.includes('%'))).toEqual([]);
    day.response = () => body(current);
    await day.until(4.5, async () => {
      if (every(5)) await work(atWork);
    });
    expect(day.numbers).toBeGreaterThan(400);
  });
});

describe('a day on a seat behind a gateway, without a login', () => {
  it("shows no untrue line: the spend limit of the sessions' reports, and what helps without one", async () => {
    const seat = subscription('seat', 'gateway');
    const env = { ANTHROPIC_BASE_URL: 'https://gateway.example.test', ANTHROPIC_AUTH_TOKEN: 'x' };
    const session = day.session('one', seat, env);
    const idle = day.session('two', seat, env);
    let [usd, reset] = [100, 5];
    const spend = () => ({
      spend_limit: {
        used_percentage: usd / 5,
        used_usd: usd,
        limit_usd: 500,
        period: 'monthly',
        resets_at: day.at(reset) / SECOND,
      },
    });
    day.signIn(null);
    await day.until(0.5);
    expect(new Set(day.between(0.1, 0.5))).toEqual(new Set(['sign in', '…']));
    day.use(idle, { spend_limit: usd / 5 }, spend());
    await day.statusline(idle);
    await day.until(3, async () => {
      if (!every(3) || usd >= 600) return;
      usd += 10;
      day.use(session, { spend_limit: usd / 5 }, spend());
      await day.statusline(session);
    });
    expect(day.between(2.96, 3).every((line) => line.startsWith('spend 120% 600/500 USD 2h'))).toBe(true);
    expect(await day.statusline(idle)).toMatch(/^spend 20% .* · 2h ago/);
    expect(await day.prompt()).toMatch(/^spend 120%/);
    await day.until(4);
    // Sessions report without a stored login: signing in would not help.
    expect(day.between(0.6, 4).filter((line) => line.includes('sign in'))).toEqual([]);
    expect(await day.prompt()).toMatch(/^spend 120% 600\/500 USD \S+ · 1h ago$/);
    // The month ends, and a login appears beside the gateway: its numbers belong to the account, those of the
    // seat to its sessions.
    await day.until(5.2);
    expect(await day.prompt()).toMatch(/^spend reset/);
    const ada = subscription('ada');
    day.change({ of: ada, used: { seven_day: 7 } });
    day.response = () => ({ seven_day: bucket(7, 100) });
    day.signIn(ada);
    [usd, reset] = [5, 725];
    await day.until(6, async () => {
      if (every(10)) day.use(session, { spend_limit: usd / 5 }, spend());
      if (every(10)) expect(await day.statusline(session)).toMatch(/^spend 1% /);
    });
    expect(day.between(5.3, 6).every((line) => line.startsWith('7d 7%') && !line.includes('spend'))).toBe(
      true,
    );
  });
});
