#define _GNU_SOURCE
#include "cposix.h"

#include <linux/capability.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>

_Static_assert(CPOSIX_NEW_MOUNTS == CLONE_NEWNS && CPOSIX_NEW_USERS == CLONE_NEWUSER, "as in the kernel's headers");
_Static_assert(CPOSIX_NEW_PROCESSES == CLONE_NEWPID && CPOSIX_NEW_IPC == CLONE_NEWIPC, "as in the kernel's headers");
_Static_assert(CPOSIX_NEW_HOST_NAME == CLONE_NEWUTS && CPOSIX_NEW_NETWORK == CLONE_NEWNET, "as in the kernel's headers");
_Static_assert(CPOSIX_LIMIT_CORE == RLIMIT_CORE && CPOSIX_LIMIT_PROCESSES == RLIMIT_NPROC, "as in the kernel's headers");
_Static_assert(CPOSIX_LIMIT_FILES == RLIMIT_NOFILE && CPOSIX_LIMIT_ADDRESS_SPACE == RLIMIT_AS, "as in the kernel's");
_Static_assert(CPOSIX_LIMIT_CPU == RLIMIT_CPU && CPOSIX_LIMIT_FILE_SIZE == RLIMIT_FSIZE, "as in the kernel's headers");

int cposix_unshare(int kinds) { return unshare(kinds); }

int cposix_make_mounts_private(void) { return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL); }

int cposix_bind(const char *source, const char *target) {
    return mount(source, target, NULL, MS_BIND | MS_REC, NULL);
}

int cposix_restrict_mounts(const char *target, uint64_t properties) {
    // struct mount_attr, which some libraries' headers lack: what is set, cleared, propagated, and whose ids are mapped.
    const uint64_t attributes[4] = {properties, 0, 0, 0};
    enum { mount_setattr_number = 442, recursive = 0x8000 };
    return (int)syscall(mount_setattr_number, AT_FDCWD, target, recursive, attributes, sizeof attributes);
}

/// The flags of a mount that a remount has to repeat: in a user namespace nobody may take them away.
static unsigned long kept_flags(const char *path) {
    static const struct {
        unsigned long status, mount;
    } flags[] = {
        {ST_NOSUID, MS_NOSUID},   {ST_NODEV, MS_NODEV},           {ST_NOEXEC, MS_NOEXEC},     {ST_RDONLY, MS_RDONLY},
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

int cposix_restrict_mount(const char *target, uint64_t properties) {
    unsigned long added = 0;
    if (properties & CPOSIX_MOUNT_READ_ONLY) added |= MS_RDONLY;
    if (properties & CPOSIX_MOUNT_NO_SETUID) added |= MS_NOSUID;
    if (properties & CPOSIX_MOUNT_NO_DEVICES) added |= MS_NODEV;
    return mount(NULL, target, NULL, MS_BIND | MS_REMOUNT | added | kept_flags(target), NULL);
}

int cposix_mount_proc(const char *target) {
    return mount("proc", target, "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
}

int cposix_mount_memory(const char *target, const char *options) {
    return mount("tmpfs", target, "tmpfs", MS_NOSUID | MS_NODEV, options);
}

int cposix_mount_terminals(const char *target, const char *options) {
    return mount("devpts", target, "devpts", MS_NOSUID | MS_NOEXEC, options);
}

int cposix_mount_overlay(const char *target, const char *options) {
    return mount("overlay", target, "overlay", MS_NOSUID | MS_NODEV, options);
}

int cposix_unmount(const char *target) { return umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW); }

int cposix_change_root(const char *root) {
    // With both at the same place the old root lies over the new one, and can be taken off without a directory for it.
    if (chdir(root) != 0) return -1;
    if (syscall(SYS_pivot_root, ".", ".") != 0) return -1;
    if (umount2(".", MNT_DETACH) != 0) return -1;
    return chdir("/");
}

int cposix_chroot(const char *root) {
    if (chdir(root) != 0 || chroot(".") != 0) return -1;
    return chdir("/");
}

int cposix_set_host_name(const char *name) { return sethostname(name, strlen(name)); }

int cposix_start_loopback(void) {
    int descriptor = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return -1;
    struct ifreq request;
    memset(&request, 0, sizeof request);
    memcpy(request.ifr_name, "lo", 3);
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    int result = ioctl(descriptor, SIOCSIFFLAGS, &request);
    int error = errno;
    close(descriptor);
    errno = error;
    return result;
}

int cposix_signal_at_parents_end(int number) { return prctl(PR_SET_PDEATHSIG, number); }

int cposix_adopt_orphans(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int cposix_forbid_new_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); }

int cposix_limit_capabilities(uint64_t kept) {
    // The kernel knows the end: of a capability that it hasn't got, reading fails.
    for (int capability = 0; capability < 64 && prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++) {
        if ((kept >> capability & 1) != 0) continue;
        if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0) return -1;
    }
    return 0;
}

int cposix_set_limit(int resource, uint64_t soft, uint64_t hard) {
    const struct rlimit limit = {
        soft == UINT64_MAX ? RLIM_INFINITY : (rlim_t)soft, hard == UINT64_MAX ? RLIM_INFINITY : (rlim_t)hard};
    return setrlimit(resource, &limit);
}

void cposix_close_from(int first) {
    if (syscall(SYS_close_range, first, ~0u, 0) == 0) return;
    for (int descriptor = first; descriptor < 4096; descriptor++) close(descriptor);
}

void cposix_hold_signals(void) {
    sigset_t all;
    sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, NULL);
}

int cposix_next_signal(int milliseconds) {
    sigset_t all;
    sigfillset(&all);
    const struct timespec limit = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    for (;;) {
        int number = sigtimedwait(&all, NULL, milliseconds < 0 ? NULL : &limit);
        if (number > 0) return number;
        if (errno != EINTR) return 0;
    }
}

void cposix_release_signals(void) {
    for (int number = 1; number <= 64; number++) {
        struct sigaction action;
        // What this process was started to ignore, as under nohup, stays ignored.
        if (sigaction(number, NULL, &action) != 0 || action.sa_handler == SIG_IGN) continue;
        action.sa_handler = SIG_DFL;
        action.sa_flags = 0;
        (void)sigaction(number, &action, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

void cposix_end_by_signal(int number) {
    signal(number, SIG_DFL);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, number);
    (void)sigprocmask(SIG_UNBLOCK, &one, NULL);
    kill(getpid(), number);
}

pid_t cposix_fork(void) { return fork(); }

int64_t cposix_file_system_kind(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (int64_t)(unsigned int)status.f_type : -1;
}
