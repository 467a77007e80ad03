'use strict';

/*
 * Replaces `node:crypto` for write-file-atomic, which only computes the number of a temporary file from a hash. FNV-1a is
 * sufficient, because processes with different ids get different numbers.
 */
const BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

exports.createHash = () => {
  let hash = BASIS;
  return {
    update(text) {
      for (let index = 0; index < text.length; index += 1) {
        hash = Math.imul(hash ^ text.charCodeAt(index), PRIME);
      }
      return this;
    },
    digest: () => ({ readUInt32BE: () => hash >>> 0 }),
  };
};
