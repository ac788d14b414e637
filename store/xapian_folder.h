// SPDX-License-Identifier: GPL-2.0-or-later
/* What xapian_c.cc asks that needs no C++: is a folder a glass database at all, and what does a report of Xapian's check
 * complain of? */
#ifndef DUAN_STORE_XAPIAN_FOLDER_H
#define DUAN_STORE_XAPIAN_FOLDER_H

#include <stddef.h>

#include "common/error.h"

/* Says what is wrong with a folder where Xapian would only say that it cannot open it. STATUS_MISSING, _IO, _FOREIGN (no
 * folder, or not glass), _CORRUPT (not whole). */
enum status xapian_folder_check(const char *dir, struct error *err);

/* Of a report of n bytes the first line that is not good news, without its newline; its length is in *len. "unknown" where
 * there is none. */
const char *xapian_first_complaint(const char *report, size_t n, size_t *len);

#endif
