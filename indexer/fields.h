// SPDX-License-Identifier: GPL-2.0-or-later
/* The fields that a source is given from outside its text: by its path (field_pattern.h) and by a metadata.csv beside it
 * or in a folder above it, up to the one that is being indexed; of several that name the file the nearest (metadata.h).
 *
 * They become fields of each of its reports, as the keys of a JSON record do; what a record says itself goes before the
 * table, the table before the path. Three are more than that, where the report is a whole file: `title` is its title,
 * `date` its date, and `year` its date where none of that year was found. */
#ifndef DUAN_INDEXER_FIELDS_H
#define DUAN_INDEXER_FIELDS_H

#include "common/error.h"
#include "indexer/field_pattern.h"
#include "indexer/metadata.h"
#include "store/record.h"

struct fields;

/* pattern NULL: none; borrowed, as faults is. Tables of more than max_bytes are refused. */
enum status fields_open(struct field_pattern *pattern, const struct metadata_faults *faults,
    size_t max_bytes, struct fields **out, struct error *err);
void fields_close(struct fields *f);

/* The folder above which no metadata.csv counts; NULL: each file's own. */
enum status fields_set_root(struct fields *f, const char *folder, struct error *err);

/* Finds those of the source at an absolute path; disk_path is what the file, or the archive that it is in, lies at (walk.h).
 * *hash tells two findings apart: 0 where there is nothing. */
enum status fields_find(struct fields *f, const char *path, size_t n, const char *disk_path,
    uint64_t *hash, struct error *err);

/* Where the path found last is an archive's and hash its finding: tells apart what its members may be given, too. */
uint64_t fields_archive_hash(const struct fields *f, uint64_t hash);

/* Gives a report of the source found last its fields. Its strings are then borrowed until the next call. STATUS_BAD_INPUT
 * where they are too long. */
enum status fields_apply(struct fields *f, struct report *r, struct error *err);

/* Did the pattern fit the path found last? True without a pattern. */
bool fields_fit(const struct fields *f);

/* Has every table been read that may have a line for the path found last? */
bool fields_are_known(const struct fields *f);

/* Is this the path of a metadata.csv? */
bool fields_is_table(const char *path, size_t n);

#endif
