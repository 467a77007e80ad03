'use strict';

/*
 * In the place of `node:http` for undici, which asks it for two things only: the longest headers (we say how
 * long they may be) and the class of Node's own messages, which never come our way.
 */
exports.IncomingMessage = function IncomingMessage() {};
