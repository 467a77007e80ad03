'use strict';

/*
 * In the place of `node:assert` for undici. Node's own reads the source of a failed assertion to quote it,
 * which takes a second in a file of long lines.
 */
module.exports = function assert(value, message = 'assertion failed') {
  if (!value) throw Object.assign(new Error(message), { name: 'AssertionError', code: 'ERR_ASSERTION' });
};
