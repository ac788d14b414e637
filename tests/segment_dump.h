// SPDX-License-Identifier: GPL-2.0-or-later
/* What a finished segment holds, as text that a test can compare; each call fails the test where it cannot be read. */
#ifndef DUAN_TESTS_SEGMENT_DUMP_H
#define DUAN_TESTS_SEGMENT_DUMP_H

#include "common/buf.h"
#include "store/xapian_c.h"

/* The segment in that folder; xdb_close ends it. */
struct xdb *segment_dump_open(const char *dir);
/* Each term as "term df cf", sorted; the caller frees. */
char *segment_dump_terms(struct xdb *db);
/* A metadata value; the caller releases it. */
struct bytes segment_dump_metadata(struct xdb *db, const char *key, struct buf *value);
/* The same as the varints that it is made of, each with a blank behind it; the caller frees. */
char *segment_dump_varints(struct xdb *db, const char *key);
/* The same where it is a frame, unpacked; the caller releases it. */
void segment_dump_frame(struct xdb *db, const char *key, struct buf *out);

#endif
