// What the launcher, and the model that it shares with the build phase, need from C beyond the common header.
#ifndef CPOSIX_LAUNCHER_H
#define CPOSIX_LAUNCHER_H

#include <stddef.h>
#include <sys/types.h>

/// Reads directory records with `getdents64`, into a buffer of the caller's, where `readdir` would allocate one.
ssize_t launcher_getdents(int descriptor, void *buffer, size_t size);

/// The `DT_` type of a name in a directory, symbolic links not followed; `DT_UNKNOWN` when it cannot be told.
int launcher_file_type(int directory, const char *name);

/// Whether a path leads to a directory, symbolic links followed.
// Whether reading comes to an end for certain: of files and directories, and of /dev/null.
int launcher_has_end(int descriptor);
int launcher_is_directory(const char *path);

/// Why a path is not a program that may be run: an error number, `EISDIR` for a directory; 0 if it is one.
int launcher_program_obstacle(const char *path);

/// Splits off a child and returns in it alone. The caller stays behind as its init: it passes signals on, reaps orphans,
/// and ends as the child has ended. Returns also, without a child, if none could be made.
void launcher_supervise(void);

/// `posix_memalign` and `free` of a program that has one thread and is about to become another; not for any other.
int launcher_memalign(void **result, size_t alignment, size_t size);
void launcher_free(void *address);

#endif
