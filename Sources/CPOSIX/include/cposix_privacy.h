#ifndef CPOSIX_PRIVACY_H
#define CPOSIX_PRIVACY_H

/// Keeps other processes of the same user from attaching to this one and from reading its memory and environment in
/// /proc.
///
/// Holds until the next exec, so children are as open as ever. Returns 0, or -1 and `errno`.
int cposix_hide_from_peers(void);

/// Undoes it. Returns 0, or -1 and `errno`.
int cposix_show_to_peers(void);

#endif
