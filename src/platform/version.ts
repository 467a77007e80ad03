declare const USAGELINE_VERSION: string | undefined;

/** The version of package.json. The build inserts it; tests run the source without it. */
export const version: string = typeof USAGELINE_VERSION === 'string' ? USAGELINE_VERSION : '0.0.0-dev';
