// What Swift's Glibc module does not show: GNU extensions, function-like macros, variadic functions, and process
// creation.
//
// GNU extensions are wrapped by functions in cposix.c rather than switched on here: with _GNU_SOURCE some types of libc
// have other members than in Swift's Glibc module, and the two modules could not be imported together.
//
// The header is also read by the launcher, which is compiled against glibc's headers and linked with musl. It therefore
// declares only calls whose binary interface is the same in both libraries.
#ifndef CPOSIX_H
#define CPOSIX_H

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

#include "cposix_namespaces.h"
#include "cposix_spawn.h"
#include "launcher.h"

/// The value of `errno` in the calling thread.
static inline int cposix_errno(void) { return errno; }

/// Sets `errno` in the calling thread.
static inline void cposix_set_errno(int value) { errno = value; }

/// Open flag for a handle on a place in the file tree (`O_PATH`), and lookup flag for the handle itself
/// (`AT_EMPTY_PATH`).
#define CPOSIX_O_PATH 010000000
#define CPOSIX_AT_EMPTY_PATH 0x1000

/// The process's environment, a null-terminated list of `NAME=value`.
char *const *cposix_environ(void);

// The arguments that main got, the program's own name first; NULL for an index that is none. Known without /proc.
int cposix_argument_count(void);
const char *cposix_argument(int index);

/// `openat` with its variadic mode argument; adds `O_CLOEXEC`.
static inline int cposix_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags | O_CLOEXEC, mode);
}

/// `fcntl` with an integer argument.
static inline int cposix_fcntl(int descriptor, int command, int argument) {
    return fcntl(descriptor, command, argument);
}

/// Makes a pipe whose two ends are closed by `exec`.
int cposix_pipe(int ends[2]);

/// Shares the extents of `source` with `destination` where the file system can (`FICLONE`).
int cposix_clone_file(int source, int destination);

/// Tells how many characters fit on a terminal, 0 where it does not know. Returns 0, or -1 where it is no terminal.
int cposix_terminal_size(int descriptor, unsigned short *columns, unsigned short *rows);

// A descriptor that becomes readable when the process ends; -1 where the kernel is too old.
int cposix_pidfd_open(pid_t process);

/// Copies a range in the kernel; -1 and `EXDEV`, `ENOSYS` or `EINVAL` where that is impossible.
ssize_t cposix_copy_range(int source, int destination, size_t count);

/// Reads entries of a directory in the kernel's form (`getdents64`); 0 at its end.
ssize_t cposix_read_entries(int directory, void *buffer, size_t size);

/// Writes the number of a signal, as one byte, to a descriptor whenever it arrives, in whatever thread. One descriptor
/// serves all signals.
///
/// A signal that the process was started to ignore stays ignored. Returns 0, or -1 and `errno`.
int cposix_forward_signal(int number, int descriptor);

/// Changes all threads of the process to the given ids for good: groups, then group id, then user id. Returns 0, or an
/// error number.
int cposix_drop_privileges(uid_t uid, gid_t gid, const gid_t *groups, size_t group_count);

static inline int cposix_wait_exited(int status) { return WIFEXITED(status); }
static inline int cposix_wait_exit_status(int status) { return WEXITSTATUS(status); }
static inline int cposix_wait_signal(int status) { return WTERMSIG(status); }

static inline dev_t cposix_makedev(unsigned int major_number, unsigned int minor_number) {
    return makedev(major_number, minor_number);
}
static inline unsigned int cposix_major(dev_t device) { return major(device); }
static inline unsigned int cposix_minor(dev_t device) { return minor(device); }

#endif
