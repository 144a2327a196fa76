#define _GNU_SOURCE
#include "cposix.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

_Static_assert(CPOSIX_NEW_MOUNTS == CLONE_NEWNS && CPOSIX_NEW_USERS == CLONE_NEWUSER, "as in the kernel's headers");
_Static_assert(CPOSIX_NEW_PROCESSES == CLONE_NEWPID, "as in the kernel's headers");

int cposix_unshare(int kinds) { return unshare(kinds); }

int cposix_make_mounts_private(void) { return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL); }

/// The flags of a mount that a remount has to repeat: in a user namespace nobody may take them away.
static unsigned long kept_flags(const char *path) {
    static const struct {
        unsigned long status, mount;
    } flags[] = {
        {ST_NOSUID, MS_NOSUID},   {ST_NODEV, MS_NODEV},           {ST_NOEXEC, MS_NOEXEC},
        {ST_NOATIME, MS_NOATIME}, {ST_NODIRATIME, MS_NODIRATIME}, {ST_RELATIME, MS_RELATIME},
    };
    struct statvfs status;
    if (statvfs(path, &status) != 0) return 0;
    unsigned long kept = 0;
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if ((status.f_flag & flags[i].status) != 0) kept |= flags[i].mount;
    }
    return kept;
}

int cposix_bind(const char *source, const char *target, int is_read_only) {
    if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) != 0) return -1;
    if (!is_read_only) return 0;
    return mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | kept_flags(target), NULL);
}

int cposix_mount_proc(const char *target) {
    return mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

int cposix_mount_memory(const char *target, const char *options) {
    return mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

int cposix_change_root(const char *root) {
    // With both at the same place the old root lies over the new one, and can be taken off without a directory for it.
    if (chdir(root) != 0) return -1;
    if (syscall(SYS_pivot_root, ".", ".") != 0) return -1;
    if (umount2(".", MNT_DETACH) != 0) return -1;
    return chdir("/");
}

int cposix_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL); }

pid_t cposix_fork(void) { return fork(); }

void cposix_forbid_core_files(void) {
    const struct rlimit none = {0, 0};
    (void)setrlimit(RLIMIT_CORE, &none);
}

void cposix_end_by_signal(int number) {
    signal(number, SIG_DFL);
    kill(getpid(), number);
}
