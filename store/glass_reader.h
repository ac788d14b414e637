// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a table of a Xapian glass database: the other side of glass_table.h.
 *
 * A table is mapped (or, where that is refused, read block by block into memory). A block is
 * verified against its checksum when it is first touched, and its frame is checked; every offset
 * in it is bounded when it is used. So damage is STATUS_CORRUPT with the name of the file: never a
 * crash, an endless loop or a wrong entry. One thread at a time.
 *
 * A cursor stands on an *item*: an entry, or one part of an entry whose tag was cut. Looking for a
 * key finds the last item that is not behind it: with the entries 甲 and 丙, 乙 finds 甲. The null
 * item that begins each table makes sure there is one. */
#ifndef DUAN_STORE_GLASS_READER_H
#define DUAN_STORE_GLASS_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/checksums.h"
#include "store/glass_table.h"

enum { GLASS_LEVELS_MAX = 12, GLASS_TAG_BYTES_MAX = 1 << 28 };

struct glass_reader {
    char *path;
    const struct checksums *sums; /* borrowed */
    enum summed_file file;
    const uint8_t *bytes; /* mapped, or copied as far as verified; NULL: the table is empty */
    uint8_t *copy;        /* where mapping was refused */
    int fd;               /* of the copy, else -1 */
    size_t size;
    uint32_t n_blocks, root;
    unsigned level; /* of the root; leaves have 0 */
    uint64_t *verified;
};

/* Opens DIR/NAME.glass, whose root and checksums are given; sums must outlive it. STATUS_CORRUPT
 * where the file is not as long as these say; STATUS_NEWER for blocks of another size than ours. */
enum status glass_reader_open(const char *dir, enum summed_file file, const struct checksums *sums,
    const struct glass_root *root, struct glass_reader *out, struct error *err);
/* Of a reader all 0, too. */
void glass_reader_close(struct glass_reader *t);

/* What was read counts no more to the memory of the process; it comes back when it is touched. */
void glass_reader_let_go(struct glass_reader *t);

/* STATUS_CORRUPT: "'seg-000001/postlist.glass' is damaged". */
enum status glass_reader_damaged(const struct glass_reader *t, struct error *err);

/* Verifies every block. */
enum status glass_reader_verify(struct glass_reader *t, struct error *err);

struct glass_cursor {
    struct glass_reader *table;
    struct {
        const uint8_t *block;
        uint32_t index, n; /* of its items */
    } path[GLASS_LEVELS_MAX];
    /* The item; borrowed from the table. */
    const uint8_t *key, *part;
    size_t key_len, part_len;
    uint32_t component; /* from 1 */
    bool is_last;       /* part of its tag */
    bool is_compressed; /* by Xapian's own writer, which it alone reads */
    bool is_at_end;     /* no item */
};

void glass_cursor_init(struct glass_cursor *c, struct glass_reader *t);
/* Moves to the last item not behind the first part of key; the end for an empty table. */
enum status glass_cursor_seek(struct glass_cursor *c, const void *key, size_t n, struct error *err);
/* To the first entry that is not before key. */
enum status glass_cursor_lower_bound(
    struct glass_cursor *c, const void *key, size_t n, struct error *err);
/* To the next entry, or the end. */
enum status glass_cursor_next(struct glass_cursor *c, struct error *err);

static inline bool glass_cursor_is_on(const struct glass_cursor *c, const void *key, size_t n)
{
    return !c->is_at_end && c->key_len == n && memcmp(c->key, key, n) == 0;
}

/* STATUS_NEWER for a compressed one. The whole tag of the entry whose first part the cursor is on: borrowed from the table where it
 * is in one part, else joined in *joined, which is cleared first. The cursor ends on its last part.
 */
enum status glass_cursor_tag(
    struct glass_cursor *c, struct buf *joined, const uint8_t **tag, size_t *n, struct error *err);

/* The tag of a key; *tag NULL where there is none. */
enum status glass_reader_get(struct glass_reader *t, const void *key, size_t n, struct buf *joined,
    const uint8_t **tag, size_t *tag_len, struct error *err);

#endif
