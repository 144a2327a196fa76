// What the launcher needs from C beyond the common header.
#ifndef CPOSIX_LAUNCHER_H
#define CPOSIX_LAUNCHER_H
#endif
