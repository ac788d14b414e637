// SPDX-License-Identifier: GPL-2.0-or-later
/* The version file of a Xapian glass database, `iamglass`: the trees of its tables and its
 * statistics.
 *
 * It is what makes a folder a database, so it is written last, and by rename. */
#ifndef DUAN_STORE_GLASS_VERSION_H
#define DUAN_STORE_GLASS_VERSION_H

#include <stdbool.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/glass_table.h"

enum { GLASS_STAMP_SIZE = 16, GLASS_UUID_SIZE = 16 };

enum glass_table_kind {
    GLASS_POSTLIST,
    GLASS_DOCDATA,
    GLASS_TERMLIST,
    GLASS_POSITION,
    GLASS_SPELLING,
    GLASS_SYNONYM,
    GLASS_TABLES,
};

struct glass_version {
    struct glass_root roots[GLASS_TABLES]; /* block_size 0: the table has no file */
    uint32_t n_docs;                       /* docids 1 to n_docs */
    /* Lower: of the documents that are not empty; 0 where all are. */
    uint32_t doclen_lower, doclen_upper;
    uint32_t wdf_upper;
    uint64_t total_doclen;
    uint8_t uuid[GLASS_UUID_SIZE];
};

/* Writes DIR/iamglass, which must not be there. The caller syncs the folder and what is in it. */
enum status glass_version_write(const char *dir, const struct glass_version *v, struct error *err);

/* Reads the version file from its bytes. STATUS_NEWER where its stamp is not ours, STATUS_CORRUPT
 * where it is not whole; both name path. A table without a tree has block_size 0. */
enum status glass_version_parse(
    const char *path, const struct buf *bytes, struct glass_version *out, struct error *err);

/* Does the version file of a database that the linked library made begin as ours do? Then it reads
 * what we write: Xapian compares the same bytes. False too where the file cannot be read. */
bool glass_version_is_known(const char *dir);

#endif
