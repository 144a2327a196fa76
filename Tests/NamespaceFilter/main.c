// Runs a program that may not make namespaces, as a container's filter forbids it.
//
//   namespace-filter users|all|mounts PROGRAM ARGUMENT...
//
// `users` forbids new user namespaces, `all` every new namespace, `mounts` mounting as well.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct sock_filter rules[64];
static unsigned short count = 0;

static void add(unsigned short code, unsigned int value, unsigned char if_true, unsigned char if_false) {
    rules[count++] = (struct sock_filter){code, if_true, if_false, value};
}

static void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, (unsigned int)offset, 0, 0); }

static void answer(unsigned int result) { add(BPF_RET | BPF_K, result, 0, 0); }

/// A call that fails.
static void forbid(unsigned int call, unsigned int error) {
    load(offsetof(struct seccomp_data, nr));
    add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1);
    answer(SECCOMP_RET_ERRNO | error);
}

/// A call that fails if its first argument has one of some bits.
static void forbid_bits(unsigned int call, unsigned int bits) {
    load(offsetof(struct seccomp_data, nr));
    add(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 3);
    load(offsetof(struct seccomp_data, args[0]));
    add(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1);
    answer(SECCOMP_RET_ERRNO | EPERM);
}

int main(int argument_count, char **arguments) {
    if (argument_count < 3) return 2;
    const unsigned int all_kinds =
        CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS;
    unsigned int kinds = strcmp(arguments[1], "users") == 0 ? CLONE_NEWUSER : all_kinds;
    // What clone3 is to do lies in memory, where a filter can't look: programs go back to clone.
    forbid(SYS_clone3, ENOSYS);
    forbid_bits(SYS_unshare, kinds);
    forbid_bits(SYS_clone, kinds);
    if (strcmp(arguments[1], "mounts") == 0) {
        forbid(SYS_mount, EPERM);
        forbid(SYS_umount2, EPERM);
    }
    answer(SECCOMP_RET_ALLOW);

    const struct sock_fprog filter = {count, rules};
    // Ordinary users may filter only what can't gain rights any more.
    if (geteuid() != 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 126;
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
        perror("seccomp");
        return 126;
    }
    execv(arguments[2], arguments + 2);
    perror(arguments[2]);
    return 127;
}
