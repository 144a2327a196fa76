// Process creation with everything that a build phase needs to decide about a child.
#ifndef CPOSIX_SPAWN_H
#define CPOSIX_SPAWN_H

#include <stddef.h>
#include <sys/types.h>

/// What to run, and in which surroundings.
struct cposix_spawn_request {
    /// The program; not looked up in `PATH`.
    const char *path;
    /// Null-terminated arguments, the first being the program's own name.
    char *const *arguments;
    /// Null-terminated `NAME=value` list: the child's whole environment.
    char *const *environment;
    /// The directory to run in, or null for the caller's.
    const char *directory;
    /// Descriptors that become 0, 1, 2 and 3 in the child; a negative `descriptor_3` gives none.
    int standard_input;
    int standard_output;
    int standard_error;
    int descriptor_3;
    /// Whether `uid` and `gid` apply, and whether `groups` replace the caller's supplementary groups.
    int sets_ids;
    int sets_groups;
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    size_t group_count;
    /// Whether the child leads a process group of its own.
    int new_process_group;
    /// Whether the child is killed at the end of the thread that starts it.
    int ends_with_parent;
};

/// The step at which starting a child failed.
enum cposix_spawn_step {
    CPOSIX_SPAWN_PREPARE = 0,
    CPOSIX_SPAWN_GROUP = 1,
    CPOSIX_SPAWN_IDS = 2,
    CPOSIX_SPAWN_DIRECTORY = 3,
    CPOSIX_SPAWN_DESCRIPTORS = 4,
    CPOSIX_SPAWN_EXEC = 5,
    CPOSIX_SPAWN_TIE = 6,
};

/// Starts a child. Returns 0 once the program runs, or the error number with the step that failed; then no child is
/// left.
///
/// The child starts with default signal dispositions (but for signals that were ignored, other than SIGPIPE) and none
/// blocked.
int cposix_spawn(const struct cposix_spawn_request *request, pid_t *child, enum cposix_spawn_step *failed_step);

#endif
