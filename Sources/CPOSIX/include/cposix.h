#ifndef CPOSIX_H
#define CPOSIX_H
#include <unistd.h>
#endif
