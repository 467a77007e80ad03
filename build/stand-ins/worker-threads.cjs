'use strict';

/* In the place of `node:worker_threads` for write-file-atomic: we have one thread, the main one. */
exports.threadId = 0;
