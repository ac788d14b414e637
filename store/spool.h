// SPDX-License-Identifier: GPL-2.0-or-later
/* A spool: a temporary file that is written once from start to end, then read. It has no name:
 * whatever becomes of the process, nothing stays behind. */
#ifndef DUAN_STORE_SPOOL_H
#define DUAN_STORE_SPOOL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "common/buf.h"
#include "common/error.h"

struct spool {
    FILE *file;
    uint64_t size; /* bytes written */
};

/* Makes the file in dir. */
enum status spool_open(struct spool *s, const char *dir, struct error *err);
/* A spool that was never opened, all zero, may be closed. */
void spool_close(struct spool *s);

/* Behind what was written before. */
enum status spool_write(struct spool *s, const char *bytes, size_t n, struct error *err);

/* Reading: to the given offset, then on from there. Nothing may be written afterwards. */
enum status spool_seek(struct spool *s, uint64_t offset, struct error *err);
/* Puts exactly n bytes into *out, replacing what was there. */
enum status spool_read(struct spool *s, size_t n, struct buf *out, struct error *err);
/* Both. */
enum status spool_read_at(
    struct spool *s, uint64_t offset, size_t n, struct buf *out, struct error *err);

#endif
