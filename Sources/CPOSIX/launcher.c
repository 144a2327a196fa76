#include "cposix.h"

#include <sys/auxv.h>
#include <sys/syscall.h>

// musl has no arc4random_buf; the hasher of Embedded Swift wants it. Where libc has its own, that one is linked.
__attribute__((weak)) void arc4random_buf(void *buffer, size_t count) {
    // The kernel gives every program 16 random bytes, which is just what the hasher takes: no need to ask for more.
    static size_t taken = 0;
    enum { given = 16 };
    const unsigned char *supply = (const unsigned char *)getauxval(AT_RANDOM);
    if (supply != NULL && count <= given - taken) {
        memcpy(buffer, supply + taken, count);
        taken += count;
        return;
    }
    unsigned char *bytes = buffer;
    while (count > 0) {
        ssize_t received = getrandom(bytes, count > 256 ? 256 : count, 0);
        if (received > 0) {
            bytes += received;
            count -= (size_t)received;
        }
    }
}

ssize_t launcher_getdents(int descriptor, void *buffer, size_t size) {
    return syscall(SYS_getdents64, descriptor, buffer, size);
}

int launcher_file_type(int directory, const char *name) {
    struct stat status;
    return fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? IFTODT(status.st_mode) : DT_UNKNOWN;
}

int launcher_program_obstacle(const char *path) {
    // Most candidates are not there, so the call that also tells whether the file may be executed comes first.
    if (access(path, X_OK) != 0) return errno;
    struct stat status;
    if (stat(path, &status) != 0) return errno;
    return S_ISDIR(status.st_mode) ? EISDIR : 0;
}

int launcher_has_end(int descriptor) {
    // Major number 1, minor number 3; libc's makedev is not there in every mode.
    const dev_t null_device = 1 << 8 | 3;
    struct stat status;
    // A directory is for reading to refuse.
    return fstat(descriptor, &status) == 0
        && (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)
            || (S_ISCHR(status.st_mode) && status.st_rdev == null_device));
}

int launcher_is_directory(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}
