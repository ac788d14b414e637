// SPDX-License-Identifier: GPL-2.0-or-later
/* The writer's lock: flock(2) on DIR/lock, which holds the number of the process. It ends with the
 * process, however that ends; the file stays. Readers take no lock. */
#ifndef DUAN_STORE_LOCK_H
#define DUAN_STORE_LOCK_H

#include <stdbool.h>

#include "common/error.h"

struct lock {
    int fd; /* -1 while not held */
};

/* STATUS_LOCKED names the process that holds it; never waits. */
enum status lock_take(const char *dir, struct lock *out, struct error *err);
/* Is what is locked still what others would lock? Not where the folder was moved or removed meanwhile, or the file. */
bool lock_is_in_place(const char *dir, const struct lock *l);
/* A lock that is not held is allowed. */
void lock_release(struct lock *l);

#endif
