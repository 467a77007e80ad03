'use strict';

/*
 * Replaces signal-exit 3 for proper-lockfile by the version of write-file-atomic, which exports the same function under
 * another name. Two versions would both listen to twenty signals, and interfere.
 */
module.exports = require('signal-exit').onExit;
