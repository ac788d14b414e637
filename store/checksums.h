// SPDX-License-Identifier: GPL-2.0-or-later
/* Checksums of a segment's files, piece by piece: the file `checksums` beside them.
 *
 * Xapian's tables carry none, so a flipped bit in them is a wrong answer. Each piece of
 * CHECKSUM_PIECE bytes, a block of a table, has its own, so that a reader verifies what it reads
 * and nothing else. Written at the end of every build, whichever the builder:
 *   12 bytes  "duan sums 1\n"
 *   of each file in the order of enum summed_file: its size, u64 (0: there is none)
 *   of each file: of each piece, the last may be short, the low 32 bits of its XXH3-64
 *   the XXH3-64 of all this
 * All numbers are little-endian. It costs .05 % of the segment. */
#ifndef DUAN_STORE_CHECKSUMS_H
#define DUAN_STORE_CHECKSUMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"

enum { CHECKSUM_PIECE = 8192 };

enum summed_file { SUMMED_VERSION, SUMMED_POSTLIST, SUMMED_DOCDATA, SUMMED_FILES };

struct checksums {
    struct buf bytes; /* private */
    uint64_t sizes[SUMMED_FILES];
    const uint8_t *sums[SUMMED_FILES]; /* 4 bytes a piece */
};

/* The name of a file within the segment's folder. */
const char *summed_file_name(enum summed_file file);

/* Appends the checksum of a piece to those of its file; false when memory is out. */
bool checksum_append(struct buf *sums, const void *piece, size_t n);

/* What a file's writer knows of it without reading it again. */
struct file_sums {
    struct buf pieces;   /* their checksums; empty: nothing is known */
    uint64_t size, hash; /* XXH3-64 */
};
void file_sums_init(struct file_sums *sums);
void file_sums_release(struct file_sums *sums);

/* Writes DIR/checksums, which must not exist, for the files of the segment in dir. Not synced. Files of which nothing is
 * known are read; all are where known is NULL. */
enum status checksums_write(
    const char *dir, const struct file_sums known[SUMMED_FILES], struct error *err);

/* STATUS_MISSING; STATUS_CORRUPT, naming the file, where it is not whole or has another checksum than
 * its own. On failure *c is empty. */
enum status checksums_read(const char *dir, struct checksums *c, struct error *err);
void checksums_release(struct checksums *c);

/* Do the n bytes of a piece have its checksum? The piece must lie within the file. */
bool checksums_fit(
    const struct checksums *c, enum summed_file file, size_t piece, const void *bytes, size_t n);

#endif
