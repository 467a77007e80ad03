/*
 * Import this before any package that depends on `signal-exit`. Node ignores SIGXFSZ, so a write beyond a file-size limit
 * fails with EFBIG. `signal-exit` adds a listener that ends the process, unless there is another listener.
 */
if (process.platform !== 'win32') process.on('SIGXFSZ', () => {});
