/**
 * Imported before anything that brings `signal-exit` along. Node ignores SIGXFSZ, so that a write beyond a
 * file-size limit is an EFBIG that can be handled; `signal-exit` listens to the signal and then kills the
 * process with it, before it has printed. It leaves a signal alone that somebody else listens to.
 */
if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
