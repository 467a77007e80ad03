'use strict';

/*
 * Replaces `node:http` for undici, which uses two things of it: the limit on headers, which usageline's client sets itself,
 * and the class of Node's messages, which never occur here.
 */
exports.IncomingMessage = function IncomingMessage() {};
