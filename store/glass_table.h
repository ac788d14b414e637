// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes a table of a Xapian glass database: a B-tree file, from entries that come in key order.
 *
 * A leaf is written when it is full, a branch block when its own last entry is in: each block once,
 * one behind the other, parents after children. So the file is written in one sequential stroke,
 * leaves lie in key order, and memory is one block a level. A tag longer than an item may be is
 * cut, the first part filling what room its block has left. The entries are never compressed: texts
 * are zstd already, postings would not shrink.
 *
 * The format is Xapian's (backends/glass/glass_table.h); nothing of it is visible above this file.
 */
#ifndef DUAN_STORE_GLASS_TABLE_H
#define DUAN_STORE_GLASS_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/checksums.h"

enum {
    GLASS_BLOCK_MIN = 2048,
    GLASS_BLOCK_DEFAULT = 8192,
    GLASS_BLOCK_MAX = 65536,
    GLASS_KEY_MAX = 255,
    GLASS_REVISION = 1, /* of everything we write: a database of one commit */
};

/* Where a table's tree begins: what the version file says of it. All 0 for a table without a file.
 */
struct glass_root {
    uint32_t block, level, n_blocks, block_size;
    uint64_t n_entries;
};

struct glass_table;

/* Makes the file, which must not exist. block_size is a power of two from GLASS_BLOCK_MIN to _MAX.
 */
enum status glass_table_open(
    const char *path, uint32_t block_size, struct glass_table **out, struct error *err);

/* Appends an entry. The key is 1 to GLASS_KEY_MAX bytes and lies behind the last one, bytewise;
 * anything else is STATUS_INTERNAL. A tag of more parts than the format can count is
 * STATUS_BAD_INPUT. */
enum status glass_table_add(struct glass_table *t, const void *key, size_t key_len, const void *tag,
    size_t tag_len, struct error *err);

/* Writes what is left; syncing is the caller's. *sums, unless it is NULL, is what there is to know of the file, where
 * its blocks are pieces of checksums.h; the caller's to release. The table can then only be closed. */
enum status glass_table_finish(
    struct glass_table *t, struct glass_root *out, struct file_sums *sums, struct error *err);

/* Leaves the file as it is. NULL is allowed. */
void glass_table_close(struct glass_table *t);

#endif
