// SPDX-License-Identifier: GPL-2.0-or-later
/* Folders with all that is in them. What fails stops the test, but that a folder is not there. */
#ifndef DUAN_TESTS_TREE_H
#define DUAN_TESTS_TREE_H

#include <stdint.h>

void tree_remove(const char *path);

/* But for names with a dot in front. `to` must not be there. */
void tree_copy(const char *from, const char *to);

/* Names and bytes below a folder, as a number; 0 where there is nothing. */
uint64_t tree_hash(const char *path);

#endif
