/*
 * Objects with status 200 that are no usage, for the contract suite in process and through the built program.
 */

/** Errors, as endpoints and gateways send them, with the code that each must have. */
export const ERROR_BODIES: readonly [body: object, code: string][] = [
  [{ error: { message: 'x', type: 'authentication_error' } }, 'unauthorized'],
  [{ type: 'error', error: { type: 'rate_limit_error' } }, 'rate_limited'],
  [{ error: { type: 'permission_error' } }, 'forbidden'],
  [{ error: { code: 'token_expired', message: 'x' } }, 'unauthorized'],
  [{ error: { code: 401, status: 'UNAUTHENTICATED' } }, 'unauthorized'],
  [{ error: { code: 503 } }, 'server_error'],
  [{ error: { message: 'x' } }, 'bad_response'],
  [{ error: 'unauthorized' }, 'unauthorized'],
  [{ error: 'x' }, 'bad_response'],
  [{ error: true }, 'bad_response'],
  [{ success: false, code: 401 }, 'unauthorized'],
  [{ detail: 'Unauthorized' }, 'unauthorized'],
  [{ detail: 'x' }, 'bad_response'],
  [{ type: 'error' }, 'bad_response'],
];

/** A provider whose every field has the wrong shape, and an object of something else. */
export const FOREIGN_BODIES: readonly object[] = [
  { message: 'x' },
  {
    rate_limit: 'x',
    quota_snapshots: 'x',
    planUsage: 'x',
    groups: 'x',
    data: 'x',
    usage: 'x',
    limits: 'x',
    config: 'x',
    model_remains: 'x',
    base_resp: 'x',
    usageBreakdownList: 'x',
    subscriptionInfo: 'x',
  },
];
