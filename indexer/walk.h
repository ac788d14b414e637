// SPDX-License-Identifier: GPL-2.0-or-later
/* From the paths a user gives to the regular files that are to be indexed.
 *
 * Files come sorted bytewise within their folder, folders in their place among them, so that the
 * same tree gives the same order anywhere. A file is known by the real path of the root it was
 * reached from plus its path below, as UTF-8: names of other encodings are decoded (file_name.h),
 * each by itself, unless another file of that folder has the decoded name.
 *
 *   hidden file or folder (.name)   skipped and counted; a root may be hidden, it was asked for
 *   symbolic link, root             followed
 *   symbolic link, met on the way   skipped and counted: what it leads to inside the tree is met
 *                                   without it, what lies outside was not asked for
 *   folder of an index, met         skipped and counted
 *   FIFO, socket, device            reported, failed
 *   folder that cannot be read      reported, failed; nobody knows what is below it
 *   deeper than WALK_DEPTH_MAX or
 *   longer than PATH_BYTES_MAX      reported, failed
 *
 * A name that can not be decoded, or would be that of another, stays as it is on disk: it is reported
 * and walked all the same. */
#ifndef DUAN_INDEXER_WALK_H
#define DUAN_INDEXER_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "common/error.h"
#include "store/schema.h"

enum { WALK_DEPTH_MAX = 256, WALK_SHOWN_BYTES = 2 * PATH_BYTES_MAX };

struct walk_file {
    const char *path; /* what it is known by: absolute, NUL-terminated, borrowed for the call */
    size_t path_len;
    const char *disk_path; /* what opens it: path, but for names that were decoded */
    const char *shown;     /* as the user would name it: the root as given and the path below */
    bool is_named;         /* given on the command line itself, not found in a folder */
    const struct stat *stat;
};

struct walk_counts {
    uint64_t n_files, n_hidden, n_links, n_indexes, n_failed, n_odd_names;
};

struct walk_callbacks {
    void *arg;
    /* Takes a file; anything but STATUS_OK ends the walk and is returned. */
    enum status (*file)(void *arg, const struct walk_file *f, struct error *err);
    /* Takes a fault, one line about one path. The walk goes on. */
    enum status (*fault)(void *arg, const char *shown, const char *what, struct error *err);
    /* Takes a path, known as in walk_file, at or below which not all could be met; NULL: nobody asks. */
    enum status (*unread)(void *arg, const char *path, size_t n, struct error *err);
    /* Ends the walk with STATUS_INTERRUPTED when it says true; NULL: never. */
    bool (*is_stopped)(void *arg);
    /* A folder to be left out (the index itself, which may have no manifest yet), absolute; NULL: none. */
    const char *excluded;
};

/* A root: the absolute path that it leads to, as it is on disk and as files below it are known. */
struct walk_root {
    char *given; /* as text */
    char *disk_path, *path;
};

/* STATUS_MISSING where it cannot be reached; the message is only why, the caller knows the path. Released by
 * walk_root_release unless it failed. */
enum status walk_root_open(const char *given, struct walk_root *out, struct error *err);
void walk_root_release(struct walk_root *root);

/* Walks one root. *is_complete: every folder below could be read to its end. Counts are added to *counts. */
enum status walk(const struct walk_root *root, const struct walk_callbacks *callbacks,
    struct walk_counts *counts, bool *is_complete, struct error *err);

/* A path that is known as the user would name it: the root as given, and what lies below where it leads. out takes
 * WALK_SHOWN_BYTES. */
void walk_show(const struct walk_root *root, const char *path, size_t n, char *out);

/* Is path the folder itself or below it? Both absolute. */
bool path_is_below(const char *path, size_t n, const char *folder);

#endif
