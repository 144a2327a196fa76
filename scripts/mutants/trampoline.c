/* Stands where a phase's binary stands and starts the wrapper in its place: a script could not tell the name that it was called by. */
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv) {
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    char **arguments = calloc((size_t)argc + 6, sizeof *arguments);
    if (length < 0 || !arguments) return 125;
    self[length] = 0;
    char directory[PATH_MAX], wrapper[PATH_MAX + 16];
    snprintf(directory, sizeof directory, "%s", self);
    snprintf(wrapper, sizeof wrapper, "%s/wrapper.py", dirname(directory));
    setenv("MUTANT_PHASE", basename(self), 1);
    setenv("MUTANT_ARGV0", argv[0], 1);
    int count = 0;
    arguments[count++] = "python3";
    arguments[count++] = "-IB";
    arguments[count++] = wrapper;
    for (int index = 1; index < argc; index++) arguments[count++] = argv[index];
    execv("/usr/bin/python3", arguments);
    perror("/usr/bin/python3");
    return 125;
}
