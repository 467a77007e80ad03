'use strict';

/*
 * What the build puts in the place of the package `undici`: the HTTP/1.1 client without web fetch, mocks,
 * interceptors and caches, which cost four times as much to load as the request takes. These are inner
 * files, so the version is pinned exactly, and test/fetch/undici-slim.test.ts sends requests through them.
 */
exports.Client = require('undici/lib/dispatcher/client.js');
exports.buildConnector = require('undici/lib/core/connect.js');
