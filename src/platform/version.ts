declare const USAGELINE_VERSION: string | undefined;

/** The version in package.json: the build writes it in, tests run without one. */
export const version: string = typeof USAGELINE_VERSION === 'string' ? USAGELINE_VERSION : '0.0.0-dev';
