// SPDX-License-Identifier: GPL-2.0-or-later
/* What a reader said of a source, kept to be said again: so that sources can be read by several threads and still come
 * into the index in their order. */
#ifndef DUAN_INDEXER_RECORDING_H
#define DUAN_INDEXER_RECORDING_H

#include <stdbool.h>

#include "common/buf.h"
#include "indexer/reader.h"

struct recording {
    struct buf bytes;
    bool (*is_stopped)(void *arg); /* asked at each tick; NULL: never */
    void *arg;
};

/* An empty one, which takes at most max_bytes. */
void recording_init(struct recording *r, size_t max_bytes);
void recording_release(struct recording *r);

/* A sink that records; it fails with STATUS_NO_MEMORY once the recording is full, and with
 * STATUS_INTERRUPTED once it is stopped. Borrows r. */
struct report_sink recording_sink(struct recording *r);

/* Says it all again; strings are the recording's. Ends with the sink's first failure. */
enum status recording_play(
    const struct recording *r, const struct report_sink *sink, struct error *err);

#endif
