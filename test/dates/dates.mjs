/**
 * The dates under which `npm run test:dates` runs the tests: the local time at which a run starts, and its zone.
 * Each run lasts for minutes, so the last four pass the moment in question while the tests run.
 *
 * @type {Readonly<Record<string, { readonly at: string, readonly zone: string }>>}
 */
export const DATES = {
  'leap-day': { at: '2028-02-29 12:00:00', zone: 'Asia/Kathmandu' },
  sunday: { at: '2026-11-29 23:30:00', zone: 'Pacific/Auckland' },
  'summer-time-begins': { at: '2027-03-28 01:59:30', zone: 'Europe/Berlin' },
  'summer-time-ends': { at: '2026-11-01 01:59:30 EDT', zone: 'America/New_York' },
  'new-year': { at: '2026-12-31 23:59:30', zone: 'America/St_Johns' },
  'end-of-32-bits': { at: '2038-01-19 03:13:30', zone: 'UTC' },
};
