// Namespaces and mounts, for running a program in a file tree of its own.
#ifndef CPOSIX_NAMESPACES_H
#define CPOSIX_NAMESPACES_H

#include <sys/types.h>

/// Kinds of namespaces, as `unshare` has them.
#define CPOSIX_NEW_MOUNTS 0x00020000
#define CPOSIX_NEW_USERS 0x10000000
#define CPOSIX_NEW_PROCESSES 0x20000000

/// Puts this process into new namespaces; of processes, its children. Returns 0, or -1 and `errno`.
int cposix_unshare(int kinds);

/// Keeps mounts and unmounts from other namespaces. Returns 0, or -1 and `errno`.
int cposix_make_mounts_private(void);

/// Makes a directory or file, with what is mounted below it, appear at a second place. Returns 0, or -1 and `errno`.
int cposix_bind(const char *source, const char *target, int is_read_only);

/// Mounts the process directory of the caller's namespace. Returns 0, or -1 and `errno`.
int cposix_mount_proc(const char *target);

/// Mounts an empty file system in memory. Returns 0, or -1 and `errno`.
int cposix_mount_memory(const char *target, const char *options);

/// Makes a mount point the root of this namespace and leaves the old root behind. Returns 0, or -1 and `errno`.
int cposix_change_root(const char *root);

/// Makes the end of the thread that started this process its own end, by SIGKILL. Returns 0, or -1 and `errno`.
int cposix_die_with_parent(void);

/// Sets the limit of the size of core files to nothing.
void cposix_forbid_core_files(void);

/// Sends this process a signal that it doesn't handle any more; returns where that does not end it.
void cposix_end_by_signal(int number);

/// `fork`, for a process with one thread.
pid_t cposix_fork(void);

#endif
