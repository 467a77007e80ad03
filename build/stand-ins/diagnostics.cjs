'use strict';

/*
 * Replaces undici's diagnostics by channels without subscribers. There cannot be any, because the process runs only the code
 * of this bundle.
 */
const silent = { hasSubscribers: false };

exports.channels = new Proxy({}, { get: () => silent });
