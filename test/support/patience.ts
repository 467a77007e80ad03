/**
 * How long a test waits for an event, ms. Only a program that hangs takes longer: a busy machine makes a test
 * slow, and must not fail it.
 */
export const PATIENCE = 60_000;

/**
 * How late a deadline may be noticed, ms. A test of a deadline uses a program that would go on for much longer
 * than this.
 */
export const LATE = 10_000;
