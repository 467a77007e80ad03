'use strict';

/*
 * What the build puts in the place of the package `undici` where a proxy is asked for a tunnel: the client of
 * undici-slim.cjs and the proxy agent, which other calls do not load.
 */
const Dispatcher = require('undici/lib/dispatcher/dispatcher.js');

// How the agent asks the proxy for a tunnel.
Dispatcher.prototype.connect = require('undici/lib/api/api-connect.js');

exports.Client = require('./undici-slim.cjs').Client;
exports.ProxyAgent = require('undici/lib/dispatcher/proxy-agent.js');
