// SPDX-License-Identifier: GPL-2.0-or-later
/* The sources an index knows, and those met in this run: one table, by the hash of the path,
 * without the paths (64 bytes a source). Two paths with one 64-bit hash would be taken for one
 * file: with a million files a chance of 1 in 37 million. */
#ifndef DUAN_INDEXER_KNOWN_H
#define DUAN_INDEXER_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/index.h"

struct known_source {
    uint64_t path_hash; /* 0: free */
    uint64_t size, hash, fields_hash;
    int64_t mtime_ns;
    uint32_t number, n_passages, n_bad_lines;
    uint32_t segment;
    uint8_t format, encoding;
    bool is_stored; /* in the index; else met for the first time in this run */
    bool is_met;    /* in this run */
    bool is_reread; /* met, and so is all that it holds: no archive that was kept or broke */
};

struct known {
    struct known_source *slots;
    size_t n, room; /* room: a power of 2, or 0 */
};

enum { KNOWN_BYTES_EACH = 2 * sizeof(struct known_source) }; /* at the table's emptiest */

void known_init(struct known *k);
void known_release(struct known *k);

/* Enters every live source of the index; NULL: none. */
enum status known_load(struct known *k, struct index *ix, struct error *err);

/* The source of that path, or NULL. Valid until the next known_add. */
struct known_source *known_find(struct known *k, const char *path, size_t n);
/* A new entry for a path that is not there; NULL when memory is out. */
struct known_source *known_add(struct known *k, const char *path, size_t n);

#endif
