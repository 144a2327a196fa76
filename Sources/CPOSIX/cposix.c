#define _GNU_SOURCE
#include "cposix.h"

#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

extern char **environ;

char *const *cposix_environ(void) { return environ; }

_Static_assert(CPOSIX_O_PATH == O_PATH && CPOSIX_AT_EMPTY_PATH == AT_EMPTY_PATH, "as in the kernel's headers");

int cposix_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

ssize_t cposix_copy_range(int source, int destination, size_t count) {
    return copy_file_range(source, NULL, destination, NULL, count, 0);
}

int cposix_pidfd_open(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int cposix_clone_file(int source, int destination) { return ioctl(destination, FICLONE, source); }

int cposix_terminal_size(int descriptor, unsigned short *columns, unsigned short *rows) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

ssize_t cposix_read_entries(int directory, void *buffer, size_t size) {
    return syscall(SYS_getdents64, directory, buffer, size);
}

static volatile sig_atomic_t forward_descriptor = -1;

static void forward(int number) {
    int saved_errno = errno;
    unsigned char byte = (unsigned char)number;
    ssize_t written = write(forward_descriptor, &byte, 1);
    // A full pipe means that the reader has enough to do already.
    (void)written;
    errno = saved_errno;
}

int cposix_forward_signal(int number, int descriptor) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) != 0) return -1;
    if (action.sa_handler == SIG_IGN) return 0;
    forward_descriptor = descriptor;
    memset(&action, 0, sizeof action);
    action.sa_handler = forward;
    action.sa_flags = SA_RESTART;
    return sigaction(number, &action, NULL);
}

int cposix_drop_privileges(uid_t uid, gid_t gid, const gid_t *groups, size_t group_count) {
    // Not raw system calls, which would leave the other threads as they are.
    if (setgroups(group_count, groups) != 0) return errno;
    if (setresgid(gid, gid, gid) != 0) return errno;
    if (setresuid(uid, uid, uid) != 0) return errno;
    return 0;
}
