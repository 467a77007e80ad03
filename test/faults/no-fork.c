/*
 * Loaded into the program with LD_PRELOAD: no process can be started.
 *
 *   FORK_ERRNO  the number that fork fails with
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>

pid_t fork(void) {
  const char *number = getenv("FORK_ERRNO");
  errno = number ? atoi(number) : ENOSYS;
  return -1;
}
