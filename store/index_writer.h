// SPDX-License-Identifier: GPL-2.0-or-later
/* Changing an index: one writer at a time, one new segment, one swap of the manifest.
 *
 * Nothing a reader sees changes before index_writer_commit returns; if the process dies before, nothing ever did, and
 * the next writer removes what was left behind. */
#ifndef DUAN_STORE_INDEX_WRITER_H
#define DUAN_STORE_INDEX_WRITER_H

#include "common/error.h"
#include "store/index.h"
#include "store/segment_builder.h"

struct index_writer;

/* Makes dir where it is missing (not its parents), takes the lock (STATUS_LOCKED names the process that holds it),
 * removes leftovers, reads the manifest. A folder that holds other things and no manifest is STATUS_FOREIGN. */
enum status index_writer_open(const char *dir, const struct builder_options *options,
    struct index_writer **out, struct error *err);

/* The index as it stands, borrowed; NULL while it has no segment. */
struct index *index_writer_reader(struct index_writer *w);

/* Adding: as segment_builder.h says; the writer gives the numbers (source->number, report->number) and opens the
 * segment with the first source. A report's date, id, fields are the caller's. What is refused with STATUS_BAD_INPUT
 * (a limit of schema.h) is as if it had not come; after any other failure the writer can only be closed. */
enum status index_writer_begin_source(
    struct index_writer *w, struct source *source, struct error *err);
/* Sets report->number and report->source. */
enum status index_writer_begin_report(
    struct index_writer *w, struct report *report, struct error *err);
enum status index_writer_add_passage(
    struct index_writer *w, const struct passage *passage, struct error *err);
enum status index_writer_end_source(
    struct index_writer *w, const struct source *source, struct error *err);
/* Gives up the source begun last, whose reading failed midway: what was added of it will be dead. */
enum status index_writer_abandon_source(struct index_writer *w, struct error *err);

/* Drops a live source that the reader knows (changed or vanished); only its number is looked at. */
enum status index_writer_drop_source(
    struct index_writer *w, uint32_t segment, const struct source *source, struct error *err);

/* Adds to this run's failures, which replace those of the last run for `duan info`. */
enum status index_writer_add_failure(struct index_writer *w, const char *line, struct error *err);

/* Before the first source: what is added takes the place of these segments of the reader. The caller adds their live
 * sources again, in rising order of numbers; sources and reports keep the numbers they come with. The last run's
 * failures stay. */
enum status index_writer_begin_merge(
    struct index_writer *w, const uint32_t *segments, size_t n, struct error *err);

/* Finishes the segment, if one was begun, and swaps the manifest, if anything changed; a new index gets one in any case.
 * The writer can then only be closed. */
enum status index_writer_commit(struct index_writer *w, struct error *err);

/* Without a commit before it, undoes everything. NULL is allowed. */
void index_writer_close(struct index_writer *w);

#endif
