// A first process for containers, for `CNB_LAUNCHER_INIT`.
#include "cposix.h"

#include <sys/prctl.h>

/// Reaps every child that has ended. Ends this process as `main_child` has ended, once it has.
static void reap(pid_t main_child) {
    int status, main_status = 0, main_ended = 0;
    pid_t ended;
    while ((ended = waitpid(-1, &status, WNOHANG)) > 0) {
        if (ended != main_child) continue;
        main_status = status;
        main_ended = 1;
    }
    if (!main_ended) return;
    // What a shell would report, since the first process of a container cannot die of the signal itself.
    _exit(WIFEXITED(main_status) ? WEXITSTATUS(main_status) : 128 + WTERMSIG(main_status));
}

void launcher_supervise(void) {
    sigset_t all, before;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    // Where this is not process 1, orphans of the app would go past it.
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);

    pid_t child = fork();
    if (child <= 0) {
        if (child == 0 && isatty(STDIN_FILENO)) {
            // A group of its own, in front of the terminal: Ctrl-C then reaches the app once, not by way of its init again.
            setpgid(0, 0);
            tcsetpgrp(STDIN_FILENO, getpid());
        }
        sigprocmask(SIG_SETMASK, &before, NULL);
        return;
    }
    for (;;) {
        siginfo_t info;
        int number = sigwaitinfo(&all, &info);
        if (number == SIGCHLD) {
            reap(child);
        } else if (number > 0) {
            kill(child, number);
        }
    }
}
