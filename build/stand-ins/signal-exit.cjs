'use strict';

/*
 * In the place of signal-exit 3 for proper-lockfile: the version that write-file-atomic brings does the same
 * under another name. Two of them would listen to twenty signals each, and have to look out for each other.
 */
module.exports = require('signal-exit').onExit;
