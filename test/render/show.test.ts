import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_APPEARANCE } from '../../src/render/appearance.ts';
import type { Appearance } from '../../src/render/appearance.ts';
import { renderOutput } from '../../src/render/outputs/index.ts';
import { renderShow } from '../../src/render/show.ts';
import type { Zone, ZoneNames } from '../../src/zone/zone.ts';
import type { FailureCode } from '../../src/usage/failure.ts';
import type { Usage } from '../../src/usage/model.ts';
import { DAY, HOUR, MINUTE } from '../../src/usage/time.ts';
import {
  captured,
  CODES,
  ELAPSED,
  extra,
  fable,
  failure,
  lastKnown,
  none,
  NOW,
  stale,
  usage,
  usageArbitrary,
  week,
  window,
} from './usages.ts';

const LINE = { color: false, countdowns: true, appearance: DEFAULT_APPEARANCE };
const show = (of: Usage, columns = 100) => renderShow([of], { color: false, columns });

beforeEach(() => {
  vi.stubEnv('TZ', 'UTC');
});
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('show at 80 columns and more', () => {
  it('gives each limit a row: label, bar, percent, reset, pace', () => {
    const windows = [window(), week({ usedPercent: 50, resetsAt: NOW + 4 * DAY }), fable()];
    expect(show(usage({ windows, extraUsage: extra() })).split('\n')).toEqual([
      'Claude · Ultra',
      '',
      '5h        ━━━┻━━━━━───────────────────────────────  22%  resets in 4h37m, 23:02     empty in 1h20m',
      '7d        ━━━━━━━━━━━━━━━━━┻━━────────────────────  50%  resets in 4d, Tue 18:25    empty in 3d',
      '7d Fable  ━━━━━━━━━━━━━━━━┻━━━━━━━━━━━━━━━━───────  82%  resets in 4d3h, Tue 21:25  empty in 15h',
      'extra     ━━━━━━━━━━━━━━━╾────────────────────────  38%  7.63 of 20.00 EUR',
      '',
      'Current: read 1m ago, 18:23, from the cache. ┸ marks even use by now.',
    ]);
  });

  it('shows an elapsed window as reset, without a bar that would claim 0 %', () => {
    expect(
      show(stale({ windows: [window(ELAPSED), week()] }))
        .split('\n')
        .slice(2, 4),
    ).toEqual([
      '5h                              reset  at 18:24',
      '7d  ━━━━━━━━╾─┸───────────────    33%  resets in 4d3h, Tue 21:25  lasts, about 80% used at the reset',
    ]);
  });

  it.each<[string, Partial<Parameters<typeof week>[0] & object>, string]>([
    ['on pace', { usedPercent: 42, resetsAt: NOW + 4 * DAY }, 'just lasts'],
    ['behind', { usedPercent: 33, resetsAt: NOW + 4 * DAY }, 'lasts, about 77% used at the reset'],
    ['used up', { usedPercent: 100, resetsAt: NOW + 4 * DAY }, 'limit reached'],
    ['beyond a week', { resetsAt: NOW + 9 * DAY }, 'resets in 9d, 29 Nov 18:25'],
    ['only just begun', { resetsAt: NOW + 7 * DAY }, 'resets in 7d, 27 Nov 18:25'],
    ['no reset time', { resetsAt: null }, '33%'],
    ['a reset that was past when it was read', { resetsAt: NOW - HOUR }, '33%'],
  ])('a week %s', (_name, over, end) => {
    const row = show(usage({ windows: [week(over)] })).split('\n')[2];
    expect(row?.endsWith(`  ${end}`)).toBe(true);
  });

  it.each([
    ['without a limit', extra({ limit: null, usedPercent: null }), 'extra  7.63 EUR'],
    ['of an unknown amount', extra({ used: null, usedPercent: null }), 'extra  on'],
    [
      'in yen',
      extra({ used: 763, limit: 2000, currency: 'JPY', decimals: 0, usedPercent: null }),
      'extra  763 of 2000 JPY',
    ],
  ])('extra usage %s', (_name, extraUsage, row) => {
    expect(show(usage({ windows: [], extraUsage })).split('\n')[2]).toBe(row);
  });

  it('leaves extra usage out while it is off', () => {
    expect(show(usage({ extraUsage: extra({ enabled: false }) }))).not.toContain('extra');
  });
});

describe('the heading', () => {
  it.each<[Partial<Usage>, string]>([
    [{}, 'Claude · Ultra'],
    [{ plan: null }, 'Claude'],
    [{ plan: '\u001B漢' }, 'Claude'],
    [{ account: '1a2b3c4d' }, 'Claude · Ultra · account 1a2b3c4d'],
    [{ state: 'last_known' }, 'Claude · Ultra · last known'],
    [{ state: 'estimate' }, 'Claude · Ultra · estimate'],
  ])('for %j', (over, heading) => {
    expect(show(usage(over)).split('\n')[0]).toBe(heading);
  });
});

describe('the source of the numbers', () => {
  it.each<[string, Usage, string]>([
    [
      'fresh',
      usage({ source: 'endpoint', ageMs: 0, cachedAt: NOW }),
      'Current: read <1m ago, 18:25, from the endpoint.',
    ],
    ['stale', stale(), 'Out of date: read 12m ago, 18:13, from the cache.'],
    ['last known', lastKnown(), 'Last known, not current any more: read 2d ago, Wed 18:25, from the cache.'],
    [
      'from the future',
      lastKnown({ ageMs: null, cachedAt: NOW + HOUR }),
      'Last known, not current any more: read at 19:25, which is in the future, from the cache.',
    ],
    [
      'stale, the next on its way',
      stale({ pending: true }),
      'Out of date: read 12m ago, 18:13, from the cache. A request for newer numbers is under way.',
    ],
    [
      'no windows',
      usage({ windows: [] }),
      'No limits reported. Current: read 1m ago, 18:23, from the cache.',
    ],
    ['estimate', none({ state: 'estimate', source: 'transcripts' }), 'Estimated: from local transcripts.'],
    ['none', none(), 'No data. Run `usageline refresh` to ask for it.'],
    [
      'pending',
      none({ pending: true, error: failure('no_data') }),
      'No data yet: the first request is under way. Run this again in a moment.',
    ],
  ])('%s', (_name, given, text) => {
    const unmarked = show({ ...given, windows: given.windows.map((of) => ({ ...of, windowSeconds: null })) });
    expect(unmarked.split('\n').at(-1)).toBe(text);
  });

  it('has no pace for last known numbers', () => {
    expect(show(usage())).toContain('lasts');
    expect(show(lastKnown())).not.toContain('lasts');
    expect(show(lastKnown())).not.toMatch(/[┻┹┸]/);
  });
});

describe('what went wrong', () => {
  it.each<[FailureCode, string]>([
    [
      'token_expired',
      // Signing in starts a request at once: there is no time to wait for.
      "Claude Code's login has expired. Run `claude` once to sign in again.",
    ],
    [
      'token_lapsed',
      'The access token has lapsed: Claude Code renews its token when it runs next. The login is not lost. Run `claude` once in a terminal: the desktop app does not renew it.',
    ],
    [
      'timeout',
      'No answer came in time. Check the connection, or allow more time with `--timeout <seconds>`. Next try in 4m, 18:29.',
    ],
  ])('%s: what happened, what to do, the time of the next request', (code, text) => {
    const error = failure(code, { retryAt: NOW + 4 * MINUTE + 1 });
    expect(show(none({ error })).split('\n').slice(2).join(' ')).toBe(`No data. ${text}`);
  });

  it('explains old numbers by a lapsed token, even if they are younger than an hour', () => {
    const text = show(stale({ error: failure('token_lapsed', { retryAt: NOW + MINUTE }) }));
    expect(text).toContain('Claude Code renews its token when it runs next.');
    expect(text).not.toContain('Next try');
  });

  it('is shown with the numbers', () => {
    const text = show(stale({ error: failure('server_error', { retryAt: NOW }) }));
    expect(text).toContain(' 33%');
    expect(text.split('\n').at(-1)).toBe(
      "Anthropic's server failed. Nothing to do: usageline asks again by itself.",
    );
  });

  it.each(CODES)('%s is shown', (code) => {
    expect(show(none({ error: failure(code, { detail: 'our-detail' }) }))).toContain('(our-detail)');
  });
});

describe('a login that must be renewed', () => {
  const notice = (ms: number, over: Partial<Usage> = {}, appearance: Partial<Appearance> = {}) => {
    const of = usage({ loginUntil: NOW + ms, ...over });
    const text = renderShow([of], {
      color: false,
      columns: 100,
      appearance: { ...DEFAULT_APPEARANCE, ...appearance },
    });
    return text.split('\n').find((row) => row.startsWith('The login')) ?? null;
  };
  const by = (when: string) => `The login must be renewed by ${when}: run \`/login\` in Claude Code.`;

  it.each<[string, number, string | null]>([
    ['25 days', 25 * DAY, null],
    ['a moment more than a day', DAY + 1, null],
    ['a day', DAY, by('Sat 18:25, in 1d')],
    ['20 hours', 20 * HOUR, by('Sat 14:25, in 20h')],
    ['two hours', 2 * HOUR, by('20:25, in 2h')],
    ['a moment', 1, by('18:25, in <1m')],
    ['no time', 0, 'The login must be renewed: run `/login` in Claude Code.'],
    ['no time for an hour', -HOUR, 'The login must be renewed: run `/login` in Claude Code.'],
  ])('within %s', (_name, ms, text) => {
    expect(notice(ms)).toBe(text);
  });

  it('is shown in the configured clock, next to an error of another kind', () => {
    expect(notice(20 * HOUR, {}, { clock: '12h' })).toBe(by('Sat 2:25pm, in 20h'));
    expect(notice(20 * HOUR, { error: failure('token_lapsed') })).toBe(by('Sat 14:25, in 20h'));
    expect(notice(20 * HOUR, { error: failure('token_expired') })).toBeNull();
  });

  it('has no clock time if the zone is unknown', () => {
    expect(notice(20 * HOUR, {}, { zone: { offsetAt: () => null } })).toBe(
      'The login must be renewed within 20h: run `/login` in Claude Code.',
    );
  });
});

describe('several usages are one table grouped by account', () => {
  const full = window({ usedPercent: 100, resetsAt: NOW + 2 * HOUR });
  const work = usage({ account: 'work', windows: [full, week({ label: 'a longer label' })] });
  const several = (all: readonly Usage[], columns = 80) =>
    renderShow(all, { color: false, columns }).split('\n');

  it('whose columns and bars are those of all groups, and which says once what is true of all', () => {
    expect(several([usage({ windows: [window(), week()] }), work])).toEqual([
      'Claude · Ultra',
      '  5h              ┻━━──────────   22%  resets in 4h37m, 23:02     empty in 1h20m',
      '  7d              ━━━━╾┸───────   33%  resets in 4d3h, Tue 21:25  lasts',
      '',
      'Claude · Ultra · account work',
      '  5h              ━━━━━━━┻━━━━━  100%  resets in 2h, 20:25        limit reached',
      '  a longer label  ━━━━╾┸───────   33%  resets in 4d3h, Tue 21:25  lasts',
      '',
      'Current: read 1m ago, 18:23, from the cache. ┸ marks even use by now.',
    ]);
  });

  it('which says an error that all of them have once, in the words of one usage', () => {
    const error = failure('cache_unwritable', { detail: '/proc/nope: ENOENT' });
    const text = several([usage({ error }), usage({ account: 'work', error })], 100).join('\n');
    expect(text.match(/cannot be written/g)).toHaveLength(1);
    expect(text).toMatch(/by now\.\nThe cache cannot be written \(\/proc\/nope: ENOENT\)\. Check [^]*DIR\.$/);
    const other = failure('cache_unwritable', { detail: '/var/other: EACCES' });
    expect(several([usage({ error }), usage({ account: 'work', error: other })], 100).join('\n')).toMatch(
      /\n {2}The cache cannot be written \(\/proc\/nope[^]*\n {2}The cache cannot be written \(\/var\/other/,
    );
  });

  describe('whose credits', () => {
    const credits = { balance: '60', currency: 'USD', unlimited: false };
    const rows = (all: readonly Usage[], columns: number) =>
      several(all, columns).filter((line) => /^ {2}(?:5h|7d|credits)/.test(line));
    const first = usage({ windows: [window(), week()] });
    const second = usage({ account: 'b', windows: [week()] });

    it('stand in the column of the values of the limits', () => {
      expect(rows([usage({ windows: [week()] }), { ...second, windows: [], credits }], 80)).toEqual([
        '  7d       ━━━━━━━━━━──┸─────────────────  33%  resets in 4d3h, Tue 21:25  lasts',
        '  credits  60.00 USD left',
      ]);
    });

    it('take no word from the limits, at any width', () => {
      const words = (line: string) => line.match(/[\w%,:]+/g);
      for (let columns = 40; columns <= 120; columns += 1) {
        const beside = rows([first, { ...second, credits }], columns);
        expect(beside.slice(0, -1).map(words), `${columns}`).toEqual(
          rows([first, second], columns).map(words),
        );
      }
    });
  });

  it('whose groups say what is true of them alone', () => {
    const failed = stale({ account: 'old', windows: [week()], error: failure('timeout') });
    const signedOut = none({ account: 'new', error: failure('no_credentials') });
    expect(several([usage({ windows: [window()] }), failed, signedOut], 100)).toEqual([
      'Claude · Ultra',
      '  5h  ━━━┻━━━━━───────────────────────────────  22%  resets in 4h37m, 23:02     empty in 1h20m',
      '  Current: read 1m ago, 18:23, from the cache.',
      '',
      'Claude · Ultra · account old',
      '  7d  ━━━━━━━━━━━━━───┸───────────────────────  33%  resets in 4d3h, Tue 21:25  lasts',
      '  Out of date: read 12m ago, 18:13, from the cache.',
      '  No answer came in time. Check the connection, or allow more time with `--timeout <seconds>`.',
      '',
      'Claude · Ultra · account new',
      '  No data.',
      '  No login of Claude Code was found. Run `claude` once to sign in.',
      '',
      '┸ marks even use by now.',
    ]);
  });

  it.each([40, 60, 80, 120, 200])('whose rows fit %i columns and have their bars at one place', (columns) => {
    const windows = [window(), week(), fable()];
    const other = usage({ account: 'work', windows: [full, week()] });
    const rows = several([usage({ windows, extraUsage: extra() }), other], columns);
    for (const row of rows) expect(row.length, row).toBeLessThanOrEqual(columns);
    const bars = rows.flatMap((row) => /^( {2}\S.*? {2})[━╾┻┸─]+/u.exec(row)?.[1]?.length ?? []);
    expect(bars).toHaveLength(6);
    expect(new Set(bars).size).toBe(1);
  });

  it('with the pools and the week by product of each group', () => {
    const first = usage({
      breakdown: [{ key: 'code', name: 'Claude Code', percent: 12 }],
      windows: [week()],
    });
    const pool = {
      id: 'p',
      label: 'a pool',
      used: 2.5,
      limit: 10,
      remaining: 7.5,
      expiresAt: null,
      expired: false,
      lockedReason: 'no seat',
    };
    const second = usage({
      account: 'b',
      breakdown: [{ key: 'chat', name: 'Chat', percent: 7 }],
      windows: [week()],
      pools: [pool],
    });
    const text = renderShow([first, second], { color: false, columns: 80, verbose: true });
    expect(text.split('\n')).toEqual([
      'Claude · Ultra',
      '  7d      ━━━━━━━━━━──┸──────────────────  33%  resets in 4d3h, Tue 21:25  lasts',
      '  The week by product',
      '  Claude Code  12%',
      '',
      'Claude · Ultra · account b',
      '  7d      ━━━━━━━━━━──┸──────────────────  33%  resets in 4d3h, Tue 21:25  lasts',
      '  a pool  2.50 of 10.00 USD used',
      '  The week by product',
      '  Chat          7%',
      '  a pool is locked: no seat.',
      '',
      'Current: read 1m ago, 18:23, from the cache. ┸ marks even use by now.',
    ]);
  });
});

it.each([9, 37, 58, 93, 211, 3000, 5000])(
  'the table and the line say the same of a window that runs out in about %i min',
  (minutes) => {
    // Half of it is used, and as much time has passed as is left at this speed.
    const seconds = minutes * 3 * 60;
    const half = window({ usedPercent: 50, windowSeconds: seconds, resetsAt: NOW + minutes * 2 * MINUTE });
    const [, line] = /, empty in (\S+)/.exec(renderOutput('plain', usage({ windows: [half] }), LINE)) ?? [];
    expect(line).toBeDefined();
    expect(show(usage({ windows: [half] })).split('\n')[2]).toMatch(new RegExp(`empty in ${line}(,|$)`));
  },
);

describe('the sentence about the mark of even use', () => {
  const legends = (of: Usage, columns: number, format = 'default') => {
    const appearance = { ...DEFAULT_APPEARANCE, format };
    const lines = renderShow([of], { color: false, columns, appearance }).split('\n');
    return lines.filter((line) => line.includes('even use'));
  };

  it.each([
    [
      'beside the origin',
      100,
      'default',
      'Current: read 1m ago, 18:23, from the cache. ┸ marks even use by now.',
    ],
    ['on a line of its own where there is no room', 68, 'default', '┸ marks even use by now.'],
    ['with the glyphs of eighths', 60, 'blocks', '▄ or ╵ marks even use by now.'],
    ['in ASCII', 40, 'ascii', 'cache. + marks even use by now.'],
  ])('stands %s', (_where, columns, format, line) => {
    expect(legends(usage(), columns, format)).toEqual([line]);
  });

  it.each([
    ['no pace is known', usage({ windows: [week({ windowSeconds: null })] }), 'default'],
    ['the numbers are last known', lastKnown(), 'default'],
    ['there is no bar', usage({ windows: [], extraUsage: extra() }), 'default'],
    ['every mark would hide the end of its bar', usage({ windows: [week({ usedPercent: 42 })] }), 'ascii'],
  ])('is missing where %s', (_why, of, format) => {
    expect(legends(of, 100, format)).toEqual([]);
  });

  it('is dim', () => {
    const text = renderShow([usage()], { color: true, columns: 60 }).replaceAll('\u001B', '␛');
    expect(text.split('\n').at(-1)).toBe('␛[2m┸ marks even use by now.␛[0m');
  });
});

describe('the width', () => {
  const many = usage({ windows: [window(), week(), fable()] });
  const row = (columns: number) => show(many, columns).split('\n')[4];

  it.each([
    [
      200,
      '7d Fable  ━━━━━━━━━━━━━━━━━━━━━━━━┻━━━━━━━━━━━━━━━━━━━━━━━━───────────  82%  resets in 4d3h, Tue 21:25  empty in 15h, 3d11h before the reset',
    ],
    [
      120,
      '7d Fable  ━━━━━━━━━━━━━━━┻━━━━━━━━━━━━━━━───────  82%  resets in 4d3h, Tue 21:25  empty in 15h, 3d11h before the reset',
    ],
    [100, '7d Fable  ━━━━━━━━━━━━━━━━┻━━━━━━━━━━━━━━━━───────  82%  resets in 4d3h, Tue 21:25  empty in 15h'],
    [80, '7d Fable  ━━━━━━━━━┻━━━━━━━━────  82%  resets in 4d3h, Tue 21:25  empty in 15h'],
    [60, '7d Fable  ━━━━┻━━━━━──  82%  resets in 4d3h   empty in 15h'],
    [54, '7d Fable  ━━━━━━━━━┻━━━━━━━━━────  82%  empty in 15h'],
    [45, '7d Fable  ━━━━━┻━━━━━╾──  82%  empty in 15h'],
    [40, '7d Fable  ━━━┻━━━╾─  82%  empty in 15h'],
    [10, '7d Fable  ━━━┻━━━╾─  82%  empty in 15h'],
  ])('at %i columns', (columns, text) => {
    expect(row(columns)).toBe(text);
  });

  it('says what happens at the time that is shown, down to 40 columns', () => {
    const lasting = usage({ windows: [window({ usedPercent: 5 }), fable()], extraUsage: extra() });
    for (let columns = 40; columns <= 200; columns += 1) {
      const rows = show(lasting, columns).split('\n');
      expect(rows[2], `${columns} columns`).toContain('resets in 4h37m');
      expect(rows[3], `${columns} columns`).toContain('empty in 15h');
    }
  });

  it('cuts the name of a model before anything else', () => {
    const long = fable({ label: `7d ${'x'.repeat(40)}` });
    expect(show(usage({ windows: [long] }), 80).split('\n')[2]).toMatch(
      /^7d x{20}… {2}━+┻━+╾?─+ {2}82% {2}resets in/,
    );
    expect(show(usage({ windows: [long] }), 40).split('\n')[2]).toBe(
      '7d xxxxxxxxxxxxxxxxx…  82%  empty in 15h',
    );
  });

  it.each([
    ['2026-08-05-max', '2026-08-05T15:00:00Z'],
    ['extra-usage-eur', '2025-12-25T08:00:00Z'],
  ])('holds for the captured response %s at 60 columns', (name, at) => {
    for (const line of show(captured(name, at), 60).split('\n')) expect(line.length).toBeLessThanOrEqual(60);
  });

  it('is never exceeded from 40 columns on, and every character is one column wide', () => {
    fc.assert(
      fc.property(usageArbitrary, fc.integer({ min: 40, max: 120 }), (any, columns) => {
        for (const line of show(any, columns).split('\n')) {
          expect(line).toMatch(/^[ -~·…━╾─┻┹┸]*$/);
          expect(line.length).toBeLessThanOrEqual(columns);
          expect(line.trimEnd()).toBe(line);
        }
      }),
      { numRuns: 500 },
    );
  });
});

it.each([
  ['with what is used', {}],
  ['with what is left', { percent: 'left' }],
  ['with an elapsed window', {}, [window(ELAPSED), week(), fable()]],
] as const)(
  'bars are there at every width from 50 columns on, %s',
  (_name, over, windows = [window(), week(), fable()]) => {
    for (let columns = 50; columns <= 200; columns += 1) {
      const of = usage({ windows, extraUsage: extra() });
      const appearance = { ...DEFAULT_APPEARANCE, ...over };
      expect(renderShow([of], { color: false, columns, appearance }), `${columns} columns`).toMatch(
        /7d Fable {2}[━╾─┻┹┸]{5}/,
      );
    }
  },
);

describe('show in colour', () => {
  it('paints bar and percentage by level', () => {
    const text = renderShow([stale({ windows: [fable()], error: failure('timeout') })], {
      color: true,
      columns: 100,
    });
    const [heading, , row, , origin, problem] = text.replaceAll('\u001B', '␛').split('\n');
    expect(heading).toBe('␛[1mClaude · Ultra␛[0m');
    expect(row).toMatch(
      /^7d Fable {2}␛\[1;31m━+┻━+╾?␛\[0m␛\[2m─+␛\[0m {2}␛\[1;7;31m82%␛\[0m {2}resets in 4d3h, Tue 21:25 {2}␛\[1;31mempty in 15h/,
    );
    expect(origin).toMatch(/^␛\[2mOut of date.*␛\[0m$/);
    expect(problem).toMatch(/^␛\[33mNo answer.*␛\[0m$/);
  });
});

describe('show with another appearance', () => {
  const all = usage({ windows: [window(), week(), fable()], extraUsage: extra() });
  const rows = (appearance: Partial<Appearance>) =>
    renderShow([all], { color: false, columns: 100, appearance: { ...DEFAULT_APPEARANCE, ...appearance } })
      .split('\n')
      .slice(2, -2);

  it('shows what is left, with the word "left"', () => {
    expect(rows({ percent: 'left' })[0]).toBe(
      '5h        ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━─────┸──  78% left  resets in 4h37m, 23:02     empty in 1h20m',
    );
    expect(rows({ percent: 'left' })[3]).toBe(
      'extra     ━━━━━━━━━━━━━━━━━━━━━━━──────────────  62% left  7.63 of 20.00 EUR',
    );
  });

  it('writes times with the 12-hour clock', () => {
    expect(rows({ clock: '12h' })[0]).toContain('in 4h37m, 11:02pm ');
  });

  it.each([
    ['weekly_scoped:fable', ['5h', '7d', 'extra']],
    ['7d fable', ['5h', '7d', 'extra']],
    ['five_hour', ['7d', '7d Fable', 'extra']],
    ['extra', ['5h', '7d', '7d Fable']],
    ['7d', ['5h', '7d Fable', 'extra']],
    ['nothing like it', ['5h', '7d', '7d Fable', 'extra']],
  ])('hides %s', (hide, labels) => {
    expect(rows({ hide: [hide] }).map((row) => row.split(/ {2}/)[0])).toEqual(labels);
  });

  it('has no message "No limits reported" if everything is hidden', () => {
    const appearance = { ...DEFAULT_APPEARANCE, hide: ['five_hour'] };
    const text = renderShow([usage({ windows: [window()] })], { color: false, columns: 100, appearance });
    expect(text).not.toContain('No limits reported');
  });

  it('uses other thresholds and colours', () => {
    const blue = { color: 'blue', bold: false, dim: false } as const;
    const appearance: Appearance = {
      ...DEFAULT_APPEARANCE,
      thresholds: { warn: 10, critical: 20 },
      colors: { ...DEFAULT_APPEARANCE.colors, critical: blue },
    };
    const text = renderShow([usage({ windows: [window()] })], { color: true, columns: 100, appearance });
    expect(text).toContain('\u001B[34m22%\u001B[0m');
  });
});

describe('show in a zone other than that of the machine', () => {
  const BERLIN: Zone = { offsetAt: () => HOUR };
  const always = (name: string): ZoneNames => ({ nameAt: () => name, isMachineTime: () => false });
  const showIn = (
    zone: Zone,
    zoneNames: ZoneNames | null,
    of = usage({ windows: [window(), week(), fable()] }),
  ) =>
    renderShow([of], { color: false, columns: 100, appearance: { ...DEFAULT_APPEARANCE, zone }, zoneNames })
      .split('\n')
      .filter((row) => /\d:\d\d/.test(row));

  it('names it once', () => {
    expect(showIn(BERLIN, always('CET'))).toEqual([
      '5h        ━━┻━━━━━─────────────────────────────  22%  resets in 4h37m, Sat 00:02 CET  empty in 1h20m',
      '7d        ━━━━━━━━━━━━───┸─────────────────────  33%  resets in 4d3h, Tue 22:25       lasts',
      '7d Fable  ━━━━━━━━━━━━━━━┻━━━━━━━━━━━━━━╾──────  82%  resets in 4d3h, Tue 22:25       empty in 15h',
      'Current: read 1m ago, 19:23, from the cache. ┸ marks even use by now.',
    ]);
  });

  it('names it again where clocks change before a reset, and again for the earlier time of reading', () => {
    const change = NOW + DAY;
    const zone: Zone = { offsetAt: (at) => (at < change ? HOUR : 2 * HOUR) };
    const names: ZoneNames = { nameAt: (at) => (at < change ? 'CET' : 'CEST'), isMachineTime: () => false };
    expect(showIn(zone, names).map((row) => /\d\d:\d\d( [A-Z]+)?/.exec(row)?.[0])).toEqual([
      '00:02 CET',
      '23:25 CEST',
      '23:25',
      '19:23 CET',
    ]);
  });

  it('names it at the first time that differs from the time of the machine', () => {
    const change = NOW + DAY;
    const names: ZoneNames = {
      nameAt: (at) => (at < change ? 'GMT' : 'BST'),
      isMachineTime: (at) => at < change,
    };
    expect(showIn(BERLIN, names).map((row) => /\d\d:\d\d( [A-Z]+)?/.exec(row)?.[0])).toEqual([
      '00:02',
      '22:25 BST',
      '22:25',
      '19:23 GMT',
    ]);
  });

  it('does not name it if no time differs', () => {
    const same: ZoneNames = { nameAt: () => 'CET', isMachineTime: () => true };
    expect(showIn(BERLIN, same).join()).not.toContain('CET');
    expect(showIn(BERLIN, null)).toEqual(showIn(BERLIN, same));
  });

  it('has no clock time if the zone is unknown', () => {
    const unknown: Zone = { offsetAt: () => null };
    const at = (of: Usage) =>
      renderShow([of], { color: false, columns: 100, appearance: { ...DEFAULT_APPEARANCE, zone: unknown } });
    expect(
      at(usage({ windows: [window(), week()] }))
        .split('\n')
        .slice(2),
    ).toEqual([
      '5h  ━━┻━━━━╾──────────────────────────  22%  resets in 4h37m  empty in 1h20m, 3h15m before the reset',
      '7d  ━━━━━━━━━━━──┸────────────────────  33%  resets in 4d3h   lasts, about 80% used at the reset',
      '',
      'Current: read 1m ago, from the cache. ┸ marks even use by now.',
    ]);
    expect(at(stale({ windows: [window(ELAPSED)] }))).toContain('5h  reset\n');
    expect(at(lastKnown({ cachedAt: NOW + HOUR, ageMs: null }))).toContain('read at a time in the future,');
    const pool = {
      id: 'x',
      label: 'credit',
      used: 1,
      limit: 250,
      remaining: 249,
      expiresAt: NOW + DAY,
      expired: false,
      lockedReason: null,
    };
    expect(at(usage({ pools: [pool] }))).toContain('credit  1.00 of 250.00 USD used\n');
    const over = { ...pool, expiresAt: NOW - DAY, expired: true };
    expect(at(usage({ pools: [over] }))).toContain('credit  expired\n');
    const credits = { balance: '12.50', currency: 'USD', unlimited: false };
    expect(at(usage({ credits }))).toContain('credits  12.50 USD left\n');
    expect(at(usage({ credits: { ...credits, unlimited: true } }))).toContain('credits  unlimited\n');
    for (const [balance, currency, text] of [
      ['59.876543211', 'USD', '59.87 USD left'],
      ['60', 'USD', '60.00 USD left'],
      ['763.9', 'JPY', '763 JPY left'],
      ['14000.5', null, '14000.5 left'],
    ] as const)
      expect(at(usage({ credits: { ...credits, balance, currency } }))).toContain(`credits  ${text}\n`);
    const waiting = failure('rate_limited', { retryAt: NOW + 4 * MINUTE });
    expect(at(stale({ error: waiting }))).toMatch(/Next try in\s4m\./);
  });
});
