// SPDX-License-Identifier: GPL-2.0-or-later
/* The side of duan that asks duan-extract for the text of a foreign file.
 *
 * An extractor is one server process, started when it is first asked and again when it had to be killed. It reads one
 * document at a time. Whatever happens over there (a crash, an endless loop, a flood, garbage) ends here in a status and one
 * line, within EXTRACT_IDLE_SECONDS of silence, EXTRACT_WALL_SECONDS in all unless it is an archive, and EXTRACT_BYTES_MAX of
 * output. */
#ifndef DUAN_EXTRACT_CLIENT_H
#define DUAN_EXTRACT_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "common/error.h"
#include "extract/wire.h"

enum {
    EXTRACT_IDLE_SECONDS = 90, /* without a byte: longer than the child is allowed to live */
    EXTRACT_WALL_SECONDS = 100,
    EXTRACT_BYTES_MAX =
        512 * 1024 *
        1024, /* of one document's blocks; an archive's members are bounded by extract/archive.c */
};

struct extractor;

enum status extractor_open(struct extractor **out, struct error *err);
/* Ends the server. NULL is allowed. */
void extractor_close(struct extractor *ex);

/* Sets how long silence is borne, and all of a document, in ms: for tests. */
void extractor_set_patience(struct extractor *ex, int idle_ms, int wall_ms);

/* Begins a document: fd is that of a regular file or a memfd, and stays the caller's. stated is DOCUMENT_NONE where content is to
 * decide. STATUS_IO where the server cannot be started, with the reason. */
enum status extractor_begin(struct extractor *ex, int fd, enum document_kind stated,
    enum encoding encoding, struct error *err);

/* The next frame, borrowed until the next call: WIRE_KIND first, then what wire.h says, then WIRE_END, whose status is
 * STATUS_OK. Everything that went wrong with the document is STATUS_BAD_INPUT with the message; STATUS_FOREIGN: there is no
 * parser for its kind. */
enum status extractor_next(struct extractor *ex, struct wire_frame *out, struct error *err);

/* Is the document begun last known to be bad? */
bool extractor_has_failed(const struct extractor *ex);

/* Is done with the document, read to its end or not. */
void extractor_end(struct extractor *ex);

#endif
