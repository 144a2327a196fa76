#define _GNU_SOURCE
#include "cposix.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

/// What a child that could not start tells its parent through a pipe that `exec` closes.
struct failure {
    int error;
    int step;
};

/// Highest signal number of Linux, for resetting dispositions.
enum { last_signal = 64, inherited_count = 4 };

static _Noreturn void fail(int report, enum cposix_spawn_step step) {
    struct failure failure = {errno, (int)step};
    ssize_t written;
    do {
        written = write(report, &failure, sizeof failure);
    } while (written < 0 && errno == EINTR);
    _exit(127);
}

/// Puts back default dispositions, since a handler must never run in a child that shares the parent's memory.
static void reset_signals(void) {
    for (int signal = 1; signal <= last_signal; signal++) {
        struct sigaction action;
        if (sigaction(signal, NULL, &action) != 0 || action.sa_handler == SIG_DFL) continue;
        if (action.sa_handler == SIG_IGN && signal != SIGPIPE) continue;
        action.sa_handler = SIG_DFL;
        action.sa_flags = 0;
        (void)sigaction(signal, &action, NULL);
    }
}

/// Makes `sources` the descriptors 0 to 3; sources below 4 are moved out of the way first.
static int place_descriptors(int sources[inherited_count]) {
    for (int target = 0; target < inherited_count; target++) {
        int source = sources[target];
        if (source < 0 || source == target || source >= inherited_count) continue;
        sources[target] = fcntl(source, F_DUPFD_CLOEXEC, inherited_count);
        if (sources[target] < 0) return -1;
    }
    for (int target = 0; target < inherited_count; target++) {
        int source = sources[target];
        if (source < 0) continue;
        // dup2 onto itself would leave the close-on-exec flag in place.
        int result = source == target ? fcntl(source, F_SETFD, 0) : dup2(source, target);
        if (result < 0) return -1;
    }
    return 0;
}

/// The child's part. Only raw, async-signal-safe calls: the parent's memory is still ours, its other threads are not.
static _Noreturn void run_child(const struct cposix_spawn_request *request, pid_t parent, int report) {
    reset_signals();
    sigset_t none;
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);

    if (request->new_process_group && setpgid(0, 0) != 0) fail(report, CPOSIX_SPAWN_GROUP);
    if (request->sets_ids) {
        // libc's wrappers would change the parent's threads too.
        if (request->sets_groups && syscall(SYS_setgroups, request->group_count, request->groups) != 0)
            fail(report, CPOSIX_SPAWN_IDS);
        if (syscall(SYS_setresgid, request->gid, request->gid, request->gid) != 0) fail(report, CPOSIX_SPAWN_IDS);
        if (syscall(SYS_setresuid, request->uid, request->uid, request->uid) != 0) fail(report, CPOSIX_SPAWN_IDS);
    }
    if (request->ends_with_parent) {
        // After the ids, whose change undoes it.
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) fail(report, CPOSIX_SPAWN_TIE);
        // The parent waits for the exec, but it may have been killed while it did.
        if (getppid() != parent) _exit(128 + SIGKILL);
    }
    if (request->directory != NULL && chdir(request->directory) != 0) fail(report, CPOSIX_SPAWN_DIRECTORY);

    int sources[inherited_count] = {
        request->standard_input, request->standard_output, request->standard_error, request->descriptor_3};
    if (place_descriptors(sources) != 0) fail(report, CPOSIX_SPAWN_DESCRIPTORS);

    execve(request->path, request->arguments, request->environment);
    fail(report, CPOSIX_SPAWN_EXEC);
}

/// Forks without copying memory and runs the child. In a function of its own, so that the child cannot disturb the
/// caller's frame.
__attribute__((noinline)) static pid_t fork_child(const struct cposix_spawn_request *request, int report) {
    pid_t parent = getpid();
    pid_t child = vfork();
    if (child == 0) run_child(request, parent, report);
    return child;
}

/// Makes the pipe for failures, away from the descriptors that the child receives.
static int make_report_pipe(int ends[2]) {
    if (pipe2(ends, O_CLOEXEC) != 0) return errno;
    for (int end = 0; end < 2; end++) {
        if (ends[end] >= inherited_count) continue;
        int moved = fcntl(ends[end], F_DUPFD_CLOEXEC, inherited_count);
        int error = errno;
        close(ends[end]);
        ends[end] = moved;
        if (moved >= 0) continue;
        close(ends[1 - end]);
        return error;
    }
    return 0;
}

int cposix_spawn(const struct cposix_spawn_request *request, pid_t *child, enum cposix_spawn_step *failed_step) {
    *failed_step = CPOSIX_SPAWN_PREPARE;
    int report[2];
    int error = make_report_pipe(report);
    if (error != 0) return error;

    // No handler of ours may run in the child before it has reset them.
    sigset_t all, before;
    sigfillset(&all);
    (void)pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t pid = fork_child(request, report[1]);
    error = pid < 0 ? errno : 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    close(report[1]);
    if (pid < 0) {
        close(report[0]);
        return error;
    }

    struct failure failure;
    ssize_t received;
    do {
        received = read(report[0], &failure, sizeof failure);
    } while (received < 0 && errno == EINTR);
    close(report[0]);
    if (received == (ssize_t)sizeof failure) {
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
        *failed_step = (enum cposix_spawn_step)failure.step;
        return failure.error;
    }
    *child = pid;
    return 0;
}
