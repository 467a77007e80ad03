'use strict';

/* Replaces `node:worker_threads` for write-file-atomic: usageline runs in the main thread only. */
exports.threadId = 0;
