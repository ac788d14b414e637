// SPDX-License-Identifier: GPL-2.0-or-later
/* metadata.csv: fields of the files in a folder and below it, in a table beside them.
 *
 *   file,place,year
 *   2023/a.txt,云陵市,2023
 *   b.txt,"南溪县, 北",
 *   old.zip,云陵市,2020       all files in it that have no line of their own (old.zip!/a.txt)
 *
 * The first line names the fields; the first column is a file's path relative to the folder of the csv. Any encoding
 * that duan tells (input.h), cells in quotes where they hold a comma, a quote (doubled) or a line end; a cell left empty
 * gives no field. A line that is not so is a fault (`path:line: what`) and left out, the others stay. */
#ifndef DUAN_INDEXER_METADATA_H
#define DUAN_INDEXER_METADATA_H

#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "indexer/field_pattern.h"

#define METADATA_NAME "metadata.csv"

struct metadata;

/* Takes a fault; anything but STATUS_OK ends the reading. */
struct metadata_faults {
    void *arg;
    enum status (*fault)(
        void *arg, const char *path, uint32_t line, const char *what, struct error *err);
};

/* Reads FOLDER/metadata.csv; *out is NULL where there is none. One of more than max_bytes, or that is no text, is a
 * fault, too. disk_folder: the folder by its name on disk (walk.h). */
enum status metadata_open(const char *folder, const char *disk_folder, size_t max_bytes,
    const struct metadata_faults *faults, struct metadata **out, struct error *err);
void metadata_close(struct metadata *m);

/* The line of a file, by its path relative to the folder: its fields go to take. *is_found: there is one. */
enum status metadata_find(const struct metadata *m, const char *path, size_t n, field_taker *take,
    void *arg, bool *is_found, struct error *err);

/* Could the file not be read? Then no line of it is known. */
bool metadata_is_unread(const struct metadata *m);

/* Tells apart what the table says of files in archives; 0: nothing. */
uint64_t metadata_members_hash(const struct metadata *m);

#endif
