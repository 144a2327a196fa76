// Namespaces and mounts, for running a program in a file tree of its own.
#ifndef CPOSIX_NAMESPACES_H
#define CPOSIX_NAMESPACES_H

#include <stdint.h>
#include <sys/types.h>

/// Kinds of namespaces, as `unshare` has them.
#define CPOSIX_NEW_MOUNTS 0x00020000
#define CPOSIX_NEW_HOST_NAME 0x04000000
#define CPOSIX_NEW_IPC 0x08000000
#define CPOSIX_NEW_USERS 0x10000000
#define CPOSIX_NEW_PROCESSES 0x20000000
#define CPOSIX_NEW_NETWORK 0x40000000

/// Puts this process into new namespaces; of processes, its children. Returns 0, or -1 and `errno`.
int cposix_unshare(int kinds);

/// Keeps mounts and unmounts from other namespaces. Returns 0, or -1 and `errno`.
int cposix_make_mounts_private(void);

/// Makes a directory or file, with what is mounted below it, appear at a second place. Returns 0, or -1 and `errno`.
int cposix_bind(const char *source, const char *target);

/// Properties of a mount, as `mount_setattr` has them.
#define CPOSIX_MOUNT_READ_ONLY 1
#define CPOSIX_MOUNT_NO_SETUID 2
#define CPOSIX_MOUNT_NO_DEVICES 4

/// Adds properties to a mount and all that are mounted below it. Returns 0, or -1 and `errno`: `ENOSYS` before Linux 5.12.
int cposix_restrict_mounts(const char *target, uint64_t properties);

/// Adds properties to one mount, as older kernels can too. Returns 0, or -1 and `errno`.
int cposix_restrict_mount(const char *target, uint64_t properties);

/// Mounts the process directory of the caller's namespace. Returns 0, or -1 and `errno`.
int cposix_mount_proc(const char *target);

/// Mounts an empty file system in memory. Returns 0, or -1 and `errno`.
int cposix_mount_memory(const char *target, const char *options);

/// Mounts pseudo-terminals that nobody else sees. Returns 0, or -1 and `errno`.
int cposix_mount_terminals(const char *target, const char *options);

/// Mounts directories over each other. Returns 0, or -1 and `errno`.
int cposix_mount_overlay(const char *target, const char *options);

/// Takes a mount off, at once for new users of it. Returns 0, or -1 and `errno`.
int cposix_unmount(const char *target);

/// Makes a mount point the root of this namespace and leaves the old root behind. Returns 0, or -1 and `errno`.
int cposix_change_root(const char *root);

/// Makes a directory the root of this process. Returns 0, or -1 and `errno`.
int cposix_chroot(const char *root);

/// Names this machine. Returns 0, or -1 and `errno`.
int cposix_set_host_name(const char *name);

/// Brings up the network that leads to this machine itself. Returns 0, or -1 and `errno`.
int cposix_start_loopback(void);

/// Sends this process a signal at the end of the thread that started it. Returns 0, or -1 and `errno`.
int cposix_signal_at_parents_end(int number);

/// Makes orphans below this process its children. Returns 0, or -1 and `errno`.
int cposix_adopt_orphans(void);

/// Keeps this process and its children from gaining privileges by programs with setuid. Returns 0, or -1 and `errno`.
int cposix_forbid_new_privileges(void);

/// Takes the capabilities that are not in a set of bits from all programs to come. Returns 0, or -1 and `errno`.
int cposix_limit_capabilities(uint64_t kept);

/// Sets a limit, as `setrlimit` has them; `UINT64_MAX` for none. Returns 0, or -1 and `errno`.
int cposix_set_limit(int resource, uint64_t soft, uint64_t hard);
#define CPOSIX_LIMIT_CORE 4
#define CPOSIX_LIMIT_PROCESSES 6
#define CPOSIX_LIMIT_FILES 7
#define CPOSIX_LIMIT_ADDRESS_SPACE 9
#define CPOSIX_LIMIT_CPU 0
#define CPOSIX_LIMIT_FILE_SIZE 1

/// Closes all descriptors from one on.
void cposix_close_from(int first);

/// Keeps all signals waiting until they are asked for.
void cposix_hold_signals(void);

/// The number of the next signal that was held; 0 if none comes in time, which is in milliseconds, -1 for ever.
int cposix_next_signal(int milliseconds);

/// Puts signals back to what programs expect: not held, with their default effects.
void cposix_release_signals(void);

/// Sends this process a signal that it doesn't handle; returns where that does not end it.
void cposix_end_by_signal(int number);

/// `fork`, for a process with one thread.
pid_t cposix_fork(void);

/// The kind of file system that a path is on, as `statfs` has it; -1 and `errno` where it can't be told.
int64_t cposix_file_system_kind(const char *path);
#define CPOSIX_OVERLAY_FILE_SYSTEM 0x794c7630
#define CPOSIX_NFS_FILE_SYSTEM 0x6969
#define CPOSIX_FUSE_FILE_SYSTEM 0x65735546

#endif
