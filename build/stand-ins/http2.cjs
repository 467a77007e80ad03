'use strict';

/*
 * Replaces undici's HTTP/2 client, which loads Node's. usageline's client offers HTTP/1.1 only, so a connection never needs
 * it.
 */
module.exports = function connectH2() {
  throw new Error('HTTP/2 is not part of usageline');
};
