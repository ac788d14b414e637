// SPDX-License-Identifier: GPL-2.0-or-later
/* gzip, unpacked before libarchive sees it, which leaves the sums of a member unread and gives up with the last 64 KB before
 * the place where the data ends. Here all comes out that can, and then the fault: a tar.gz that is cut short gives its
 * members up to the last byte, and a flipped bit, behind which a tar may seem to end, is not passed over. */
#ifndef DUAN_EXTRACT_GZIP_H
#define DUAN_EXTRACT_GZIP_H

#include <stdbool.h>
#include <stddef.h>

struct gzip;

bool gzip_is(const char *bytes, size_t n);

/* bytes are borrowed until the close. NULL: no memory. */
struct gzip *gzip_open(const char *bytes, size_t n);
void gzip_close(struct gzip *g);

/* The next piece, which lives until the next call, and its length; 0 at the end, of what can be read or of all. What stands behind
 * the last member and is none is no fault. */
size_t gzip_read(struct gzip *g, const char **piece);

/* What was wrong with what was read; NULL: nothing. */
const char *gzip_fault(const struct gzip *g);

#endif
