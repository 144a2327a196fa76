// What the launcher, and the model that it shares with the build phase, need from C beyond the common header.
#ifndef CPOSIX_LAUNCHER_H
#define CPOSIX_LAUNCHER_H

#include <stddef.h>
#include <sys/types.h>

/// Reads directory records with `getdents64`, into a buffer of the caller's, where `readdir` would allocate one.
ssize_t launcher_getdents(int descriptor, void *buffer, size_t size);

/// The `DT_` type of a file, symbolic links not followed; `DT_UNKNOWN` when it cannot be told.
int launcher_file_type(const char *path);

#endif
