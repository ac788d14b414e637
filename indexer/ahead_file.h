// SPDX-License-Identifier: GPL-2.0-or-later
/* A file that is read before it is known to be wanted (read_ahead.h).
 *
 * It stays unread where its reading failed, it is an archive or no text, or what it says does not fit: whoever takes it
 * reads it himself, and meets what there is to meet. Only a parser's failures come with the file, since they may have
 * taken long to come to. */
#ifndef DUAN_INDEXER_AHEAD_FILE_H
#define DUAN_INDEXER_AHEAD_FILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "common/error.h"
#include "extract/client.h"
#include "extract/kind.h"
#include "indexer/reader.h"
#include "indexer/recording.h"
#include "indexer/walk.h"
#include "store/record.h"

enum ahead_state {
    AHEAD_UNREAD,
    AHEAD_REFUSED, /* by the parser, before it said anything: failure */
    AHEAD_READ,
};

struct ahead_file {
    struct walk_file walk; /* all of it our own */
    struct stat stat;
    enum ahead_state state;
    enum document_kind kind; /* DOCUMENT_NONE: text */
    struct recording recording;
    struct source source; /* read: what input_finish says, and the format */
    struct error failure; /* read: STATUS_OK, or what the parser ended with */
};

/* A copy of what the walk says; NULL when memory is out. */
struct ahead_file *ahead_file_new(const struct walk_file *walk);
/* NULL is allowed. */
void ahead_file_free(struct ahead_file *f);

struct ahead_reading {
    enum source_format format; /* as it was asked for */
    enum encoding encoding;    /* ENCODING_UNKNOWN: detect */
    size_t max_line_bytes, max_recording_bytes;
    size_t max_text_bytes; /* of a text as it stands in the file; a longer one stays unread */
    bool (*is_stopped)(void *arg); /* then what is read is given up */
    void *arg;
};

/* *ex is opened where it is needed. */
void ahead_file_read(struct ahead_file *f, const struct ahead_reading *how, struct extractor **ex);

#endif
