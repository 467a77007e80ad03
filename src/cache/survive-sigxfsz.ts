/*
 * To be imported before packages that bring `signal-exit` along. Node ignores SIGXFSZ, so a write beyond a file-size
 * limit fails with EFBIG. `signal-exit` listens to the signal and ends the process with it, unless there is another
 * listener.
 */
if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
