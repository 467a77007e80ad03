/**
 * How long a test waits for an event that is to come, ms. Only a program that hangs takes longer: a busy machine makes
 * a test slow, and not red.
 */
export const PATIENCE = 60_000;

/**
 * How late a deadline may be noticed, ms. A test that asserts an end at a deadline waits for a program that would
 * otherwise go on for much longer than this.
 */
export const LATE = 10_000;
