// SPDX-License-Identifier: GPL-2.0-or-later
/* Champion lists (Manning, Raghavan, Schütze: Introduction to Information Retrieval, 7.1.3): of each character that
 * stands in many passages, those in which it weighs most. Without them a query of that character alone goes through
 * all its postings to find the same.
 *
 * The file `champions` of a segment, written once the tables are; none where no character is common enough:
 *   12 bytes  "duan best 1\n"
 *   the number of lists; of each its character (gap), the passages that hold it, the bytes of its body
 *   the bodies: docids (gaps) of CHAMPIONS passages, then the sum of wdf over the terms that begin with the character,
 *   of each of them
 *   the XXH3-64 of all this, little-endian */
#ifndef DUAN_STORE_CHAMPIONS_H
#define DUAN_STORE_CHAMPIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/char_counter.h"

enum {
    CHAMPIONS = 232, /* a list: a second look's candidates, and some that may have died */
    CHAMPIONS_DF_MIN = 1 << 16, /* of a character that has a list */
};

struct champion {
    uint32_t docid, wdf;
};

struct champion_list {
    uint32_t cp, df; /* df: all passages that hold the character */
    struct bytes body;
};

/* Of a segment. */
struct champions {
    struct buf bytes;            /* the file */
    struct champion_list *lists; /* rising characters */
    size_t n;
};

/* Writes DIR/champions for a finished segment that has checksums; nothing where it has no common character, or is one
 * that we cannot read. The bytes do not depend on the threads. Not synced. */
enum status champions_write(
    const char *dir, const struct char_counter *chars, unsigned n_threads, struct error *err);

/* STATUS_CORRUPT: "'seg-000001/champions' is damaged". */
enum status champions_damaged(const char *dir, struct error *err);

/* Without a file there are no lists. STATUS_CORRUPT, naming it, where it is damaged. On failure *c is empty. */
enum status champions_read(const char *dir, struct champions *c, struct error *err);
void champions_release(struct champions *c);

/* That of the prefix, if it is one character that has a list; else NULL. */
const struct champion_list *champions_find(const struct champions *c, const char *prefix, size_t n);

/* By docid; false where one is past n_docs, or the list is none. */
bool champion_list_read(
    const struct champion_list *l, uint32_t n_docs, struct champion out[CHAMPIONS]);

#endif
