#include "cposix_privacy.h"

#include <sys/prctl.h>

int cposix_hide_from_peers(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int cposix_show_to_peers(void) { return prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); }
