// What a program needs before main, so that it starts where /proc is not mounted.
#define _GNU_SOURCE
#include "cposix.h"

#include <dlfcn.h>

static int argument_count = 0;
static char **arguments = NULL;

// Swift's CommandLine reads /proc/self/cmdline. glibc hands main's arguments to constructors as well; what musl leaves
// there is of no use, but the launcher, which is built with it, doesn't ask.
__attribute__((constructor)) static void note_arguments(int count, char **values) {
    argument_count = count;
    arguments = values;
}

int cposix_argument_count(void) { return argument_count; }

const char *cposix_argument(int index) {
    return index >= 0 && index < argument_count ? arguments[index] : NULL;
}

#ifndef DEBUG
// Before main, Swift's runtime asks where its own library is, and aborts if libc can't tell. A static program is its own
// library, and glibc finds its path by /proc/self/exe only. The answer is used to look for a program that shows
// backtraces, which static programs bring none of.
int dladdr(const void *address, Dl_info *info) {
    (void)address;
    *info = (Dl_info){.dli_fname = "/"};
    return 1;
}
#endif
