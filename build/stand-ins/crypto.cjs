'use strict';

/*
 * In the place of `node:crypto` for write-file-atomic, which only makes the number of a temporary file out of
 * a hash. FNV-1a does: what counts is that processes with different ids come to different numbers.
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
