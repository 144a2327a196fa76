// The least that a launcher can do for an image with layers: list those of each buildpack, list each of them, list its
// `env` and read the files in there, and become a program. It looks at nothing of what it reads.
//
//   layers LAYERS_DIR BUILDPACK_COUNT PROGRAM
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct record {
    unsigned long inode;
    long next;
    unsigned short length;
    unsigned char type;
    char name[];
};

struct listing {
    char bytes[8192];
    long count;
};

static int open_listed(int parent, const char *name, struct listing *listing) {
    int directory = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    listing->count = directory < 0 ? 0 : syscall(SYS_getdents64, directory, listing->bytes, sizeof listing->bytes);
    return directory;
}

#define FOR_EACH(entry, listing) \
    for (struct record *entry = (void *)(listing)->bytes; (char *)entry < (listing)->bytes + (listing)->count; \
         entry = (void *)((char *)entry + entry->length)) \
        if (entry->name[0] != '.')

int main(int count, char **arguments) {
    if (count != 4) return 2;
    static struct listing layers, layer, env;
    static char path[4096], contents[1024];
    for (int number = 0; number < atoi(arguments[2]); number++) {
        snprintf(path, sizeof path, "%s/bench_b%d", arguments[1], number);
        int buildpack_fd = open_listed(AT_FDCWD, path, &layers);
        FOR_EACH(found, &layers) {
            int layer_fd = open_listed(buildpack_fd, found->name, &layer);
            FOR_EACH(item, &layer) {
                if (strcmp(item->name, "env") != 0) continue;
                int env_fd = open_listed(layer_fd, "env", &env);
                FOR_EACH(file, &env) {
                    int fd = openat(env_fd, file->name, O_RDONLY | O_CLOEXEC);
                    if (read(fd, contents, sizeof contents) < 0) return 1;
                    close(fd);
                }
                close(env_fd);
            }
            close(layer_fd);
        }
        close(buildpack_fd);
    }
    char *program[] = {arguments[3], NULL}, *environment[] = {NULL};
    return execve(arguments[3], program, environment);
}
