/*
 * Loaded into the program with LD_PRELOAD: counts the calls to the file system that are about anything below
 * a directory, and makes the Nth of them fail, once, or kills the process instead.
 *
 *   FAULT_UNDER  the directory, absolute
 *   FAULT_AT     which call, from 1
 *   FAULT_ERRNO  the number that it fails with; 0: SIGKILL
 *   FAULT_ONLY   `changes`: calls that only read are not counted
 *   FAULT_LOG    a file that then holds the name of the call: whether there was an Nth one at all
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define DESCRIPTORS 4096

static atomic_int calls;
static atomic_char counted[DESCRIPTORS];

static long setting(const char *name) {
  const char *value = getenv(name);
  return value ? strtol(value, NULL, 10) : 0;
}

static int below(const char *path) {
  const char *under = getenv("FAULT_UNDER");
  return path && under && strncmp(path, under, strlen(under)) == 0;
}

static int opened(int fd) { return fd >= 0 && fd < DESCRIPTORS && counted[fd]; }

enum { READS, CHANGES };

/* Whether this call is the one that fails; errno is set then. */
static int fails(int counts, int kind, const char *name) {
  if (kind == READS && getenv("FAULT_ONLY")) return 0;
  if (!counts || ++calls != setting("FAULT_AT")) return 0;
  const char *log = getenv("FAULT_LOG");
  if (log) {
    int fd = REAL(open64)(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
      if (REAL(write)(fd, name, strlen(name)) < 0) abort();
      REAL(close)(fd);
    }
  }
  if (setting("FAULT_ERRNO") == 0) kill(getpid(), SIGKILL);
  errno = (int)setting("FAULT_ERRNO");
  return 1;
}

static int remembered(int fd, int counts) {
  if (fd >= 0 && fd < DESCRIPTORS) counted[fd] = (char)counts;
  return fd;
}

static int open_as(int (*real)(const char *, int, ...), const char *path, int flags, mode_t mode) {
  int counts = below(path);
  if (fails(counts, flags & O_CREAT ? CHANGES : READS, "open")) return -1;
  return remembered(real(path, flags, mode), counts);
}

#define OPEN(name)                                 \
  int name(const char *path, int flags, ...) {     \
    va_list more;                                  \
    va_start(more, flags);                         \
    mode_t mode = va_arg(more, mode_t);            \
    va_end(more);                                  \
    return open_as(REAL(name), path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

/* Never fails: what is closed is closed, whatever it returns. */
int close(int fd) {
  if (fd >= 0 && fd < DESCRIPTORS) counted[fd] = 0;
  return REAL(close)(fd);
}

#define ON_FD(kind, type, name, parameters, arguments)                 \
  type name parameters {                                               \
    return fails(opened(fd), kind, #name) ? -1 : REAL(name) arguments; \
  }
ON_FD(READS, ssize_t, read, (int fd, void *data, size_t size), (fd, data, size))
ON_FD(READS, ssize_t, pread64, (int fd, void *data, size_t size, off64_t at), (fd, data, size, at))
ON_FD(CHANGES, ssize_t, write, (int fd, const void *data, size_t size), (fd, data, size))
ON_FD(CHANGES, ssize_t, pwrite64, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
ON_FD(CHANGES, int, fsync, (int fd), (fd))
ON_FD(CHANGES, int, fdatasync, (int fd), (fd))
ON_FD(CHANGES, int, ftruncate64, (int fd, off64_t size), (fd, size))
ON_FD(CHANGES, int, fchmod, (int fd, mode_t mode), (fd, mode))
ON_FD(CHANGES, int, futimens, (int fd, const struct timespec times[2]), (fd, times))

#define ON_PATH(kind, type, name, parameters, arguments)                \
  type name parameters {                                                \
    return fails(below(path), kind, #name) ? -1 : REAL(name) arguments; \
  }
ON_PATH(CHANGES, int, mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(CHANGES, int, rmdir, (const char *path), (path))
ON_PATH(CHANGES, int, unlink, (const char *path), (path))
ON_PATH(CHANGES, int, chmod, (const char *path, mode_t mode), (path, mode))
ON_PATH(CHANGES, int, chown, (const char *path, uid_t user, gid_t group), (path, user, group))
ON_PATH(CHANGES, int, rename, (const char *path, const char *to), (path, to))
ON_PATH(CHANGES, int, utimensat, (int at, const char *path, const struct timespec times[2], int flags),
        (at, path, times, flags))
ON_PATH(READS, int, scandir64,
        (const char *path, struct dirent64 ***names, int (*keep)(const struct dirent64 *),
         int (*compare)(const struct dirent64 **, const struct dirent64 **)),
        (path, names, keep, compare))

/* Node's stat, fstat and lstat come this way, and its close: the number may be a socket's next. */
long syscall(long number, ...) {
  va_list more;
  va_start(more, number);
  long a = va_arg(more, long), b = va_arg(more, long), c = va_arg(more, long);
  long d = va_arg(more, long), e = va_arg(more, long), f = va_arg(more, long);
  va_end(more);
  if (number == SYS_close && opened((int)a)) counted[a] = 0;
  if (number == SYS_statx) {
    const char *path = (const char *)b;
    int counts = path && path[0] ? below(path) : opened((int)a);
    if (fails(counts, READS, "stat")) return -1;
  }
  return REAL(syscall)(number, a, b, c, d, e, f);
}
