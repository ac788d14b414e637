// SPDX-License-Identifier: GPL-2.0-or-later
/* From the paths a user gives to the regular files that are to be indexed.
 *
 * Files come sorted bytewise within their folder, folders in their place among them, so that the
 * same tree gives the same order anywhere. A file is known by the real path of the root it was
 * reached from plus its path below.
 *
 *   hidden file or folder (.name)   skipped and counted; a root may be hidden, it was asked for
 *   symbolic link, root             followed
 *   symbolic link, met on the way   skipped and counted: what it leads to inside the tree is met
 *                                   without it, what lies outside was not asked for
 *   FIFO, socket, device            reported, failed
 *   folder that cannot be read      reported, failed; the walk of its root is then not complete
 *   deeper than WALK_DEPTH_MAX or
 *   longer than PATH_BYTES_MAX      reported, failed
 *
 * Names are bytes: one that is not UTF-8 is reported and walked all the same. */
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
    const char *path; /* absolute, NUL-terminated, borrowed for the call */
    size_t path_len;
    const char *shown; /* as the user would name it: the root as given and the path below */
    bool is_named;     /* given on the command line itself, not found in a folder */
    const struct stat *stat;
};

struct walk_counts {
    uint64_t n_files, n_hidden, n_links, n_failed, n_odd_names;
};

struct walk_callbacks {
    void *arg;
    /* Takes a file; anything but STATUS_OK ends the walk and is returned. */
    enum status (*file)(void *arg, const struct walk_file *f, struct error *err);
    /* Takes a fault, one line about one path. The walk goes on. */
    enum status (*fault)(void *arg, const char *shown, const char *what, struct error *err);
    /* Ends the walk with STATUS_INTERRUPTED when it says true; NULL: never. */
    bool (*is_stopped)(void *arg);
    /* A folder to be left out (the index itself), absolute; NULL: none. */
    const char *excluded;
};

/* The absolute path of a root, for walk_root and for knowing what lies below it. Caller frees *out.
 * STATUS_MISSING where it cannot be reached; the message is only why, the caller knows the path. */
enum status walk_resolve(const char *root, char **out, struct error *err);

/* Walks one root. resolved is what walk_resolve gave. *is_complete: every folder below could be
 * read to its end. Counts are added to *counts. */
enum status walk_root(const char *root, const char *resolved,
    const struct walk_callbacks *callbacks, struct walk_counts *counts, bool *is_complete,
    struct error *err);

/* The path as the user would name it: the root as given, and what lies below where it leads. out
 * takes WALK_SHOWN_BYTES. */
void walk_show(const char *root, const char *resolved, const char *path, size_t n, char *out);

/* Is path the folder itself or below it? Both absolute. */
bool path_is_below(const char *path, size_t n, const char *folder);

#endif
