// SPDX-License-Identifier: GPL-2.0-or-later
/* Archives, streamed: nothing is ever written to a disk.
 *
 * zip, tar (under gzip (gzip.h), xz, bzip2, zstd or none), 7z, and one file under a compressor, were it a zip. Members come in the order
 * of the archive; folders, links and devices are passed over. The name of a member is cleaned: no leading `/`, no `.` and `..`; a name that is not
 * UTF-8 is decoded by the house's detector; one that is none, or too long, comes as ? or cut short, with a fault; the one file under a compressor has none. Bounds: ARCHIVE_MEMBERS_MAX members, and what comes out no more than
 * ARCHIVE_RATIO_MAX times the file once it passes ARCHIVE_FREE_BYTES. */
#ifndef DUAN_EXTRACT_ARCHIVE_H
#define DUAN_EXTRACT_ARCHIVE_H

#include "extract/document.h"
#include "extract/kind.h"

enum { ARCHIVE_MEMBERS_MAX = 1000000, ARCHIVE_RATIO_MAX = 200, ARCHIVE_FREE_BYTES = 64 << 20 };

/* What a zip holds: one of the office formats, or files. Reads the directory only. */
enum document_kind archive_look_inside(const struct document_input *in);

struct archive_sink {
    void *arg;
    enum status (*member)(void *arg, const char *name, size_t n, struct error *err);
    enum status (*data)(void *arg, const char *bytes, size_t n,
        struct error *err); /* of the member begun last; n = 0: it is whole */
    /* The member begun last cannot be read, or not to its end. */
    enum status (*fault)(void *arg, const char *why, struct error *err);
};

/* STATUS_BAD_INPUT where the archive is damaged; the members before came whole. What is wrong with one member (encrypted, no
 * name, damaged where the archive goes on) is that member's fault, and the others come. */
enum status archive_read_members(
    const struct document_input *in, const struct archive_sink *sink, struct error *err);

#endif
