// SPDX-License-Identifier: GPL-2.0-or-later
/* Private to update*.c: a run, what it does to one source (update_source.c), and to an archive of them (update_archive.c). */
#ifndef DUAN_INDEXER_UPDATE_PARTS_H
#define DUAN_INDEXER_UPDATE_PARTS_H

#include "extract/client.h"
#include "indexer/ahead_file.h"
#include "indexer/document.h"
#include "indexer/fields.h"
#include "indexer/known.h"
#include "indexer/read_ahead.h"
#include "indexer/update.h"

enum { ARCHIVE_DEPTH_MAX = 3 }; /* archives within archives */

struct update {
    const struct update_options *options;
    struct update_counts *counts;
    struct index_writer *writer;
    struct known known;
    struct known unread; /* paths at or below which not all was met */
    struct fields *fields;
    struct metadata_faults table_faults;
    uint64_t fields_hash; /* of the source at work, with the format and the encoding asked for */
    const struct walk_root *root; /* the folder that is being walked; NULL: none */
    char *excluded;               /* the index folder, absolute */
    size_t max_line_bytes;
    struct read_ahead *read_ahead; /* NULL: each file is read when its turn comes */

    /* the source at work */
    const char *shown, *disk_path; /* as in walk_file */
    struct input *input;
    const struct ahead_file *ahead; /* what was read of it already, instead of input; or NULL */
    uint64_t position;              /* bytes of it that were told to the listener */
    uint32_t n_reports, n_passages, n_bad_lines;
    bool is_fatal; /* an error came from the index, not from the source */

    /* foreign formats */
    struct extractor *extractors
        [ARCHIVE_DEPTH_MAX]; /* one for each archive that is open within another; NULL until asked for */
    unsigned depth;          /* of open archives */
    bool has_read_archive; /* to its end */
    uint32_t n_faulty;     /* files in archives that failed, or have bad lines, so far */
};

/* Reports a fault, and remembers it in the index. */
enum status update_fault(
    struct update *u, const char *shown, uint32_t line, const char *what, struct error *err);
/* What to do about a failed source: go on, unless the index itself failed or the run is to stop. */
enum status update_survive(struct update *u, enum status status, struct error *err);
bool update_is_stopped(void *update);
void update_tell_progress(struct update *u, uint64_t position);
void update_tell_event(struct update *u, const char *path, enum update_event event);

/* What the source at that path is given from outside. */
enum status update_find_fields(struct update *u, const char *path, size_t n, struct error *err);
/* Reads u->input as the source of that path. known may be NULL. */
enum status update_take_input(struct update *u, const char *path, size_t n, bool is_named,
    struct known_source *known, struct error *err);
/* Takes in a file that was read ahead, or refused. */
enum status update_take_ahead(
    struct update *u, const struct ahead_file *f, struct known_source *known, struct error *err);
/* Drops the old version of a source. */
enum status update_drop(struct update *u, const struct known_source *known, const char *path,
    size_t n, struct error *err);
/* Drops what the index knows below a folder, or in an archive ("a.zip!"), and was not met where all was read. Of root, given
 * and path. NULL: of all archives that were read to their end, wherever they are. */
enum status update_drop_vanished(struct update *u, const struct walk_root *root, struct error *err);

/* How the source at work is to be read: as was asked, but for what is in an archive that was asked for. */
enum source_format update_format(const struct update *u);
/* Would a source be read in the same way again? Whether the same was asked for, the fields tell. */
bool update_fits_reading(
    const struct update *u, const struct known_source *k, const char *path, size_t n);
/* Has it the fields that were found last, and was the same asked for? Of an archive, have its files theirs? */
bool update_has_same_fields(const struct update *u, const struct known_source *k);
/* Counts a source that stays as it is. Lines that were bad when it was read still are, and so are an archive's files. */
enum status update_keep(struct update *u, struct known_source *k, struct error *err);
static inline bool update_is_archive(uint8_t format)
{
    return source_format_kind((enum source_format)format) == DOCUMENT_ARCHIVE;
}

/* Reads u->input into the index as a new source; that of an archive has no reports. A failure that is not fatal leaves
 * nothing live behind. */
enum status update_store_source(struct update *u, struct source *source, struct error *err);
/* Reads the archive that u->input is and that was begun with the extractor of this depth. */
enum status update_take_archive(
    struct update *u, struct source *source, bool is_named, struct error *err);
/* Drops the members that the index knows of an archive and that were not met: that is all where it is no archive any more. */
enum status update_drop_members(struct update *u, const struct source *archive, struct error *err);
/* What this run says of a source that it did not meet, if it is a member of an archive that was met: one that was not read
 * anew keeps it. */
enum member_state { MEMBER_OF_NONE, MEMBER_KEPT, MEMBER_GONE };
enum member_state update_member_state(struct update *u, const char *path, size_t n);

#endif
