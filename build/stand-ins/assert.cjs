'use strict';

/*
 * Replaces `node:assert` for undici. Node's module reads the source of a failed assertion to quote it, which takes a second
 * in a file with long lines.
 */
module.exports = function assert(value, message = 'assertion failed') {
  if (!value) throw Object.assign(new Error(message), { name: 'AssertionError', code: 'ERR_ASSERTION' });
};
