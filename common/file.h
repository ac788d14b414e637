// SPDX-License-Identifier: GPL-2.0-or-later
/* Files and folders as wholes: read, hashed, written so that a reader sees the old or the new, made
 * durable, removed.
 *
 * Only regular files are read: a FIFO or device in a file's place is an error, never a wait. */
#ifndef DUAN_COMMON_FILE_H
#define DUAN_COMMON_FILE_H

#include <dirent.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"
#include "common/error.h"

/* DIR/NAME, in path. STATUS_BAD_INPUT where that is too long for one. */
enum status file_join(const char *dir, const char *name, char path[PATH_MAX], struct error *err);

/* Puts the whole file into *out, replacing what was there. STATUS_BAD_INPUT when it is longer than
 * out->max or no regular file. On failure *out is empty. */
enum status file_read(const char *path, struct buf *out, struct error *err);

/* The size of a file, and the XXH3-64 of its bytes. */
enum status file_hash(const char *path, uint64_t *size, uint64_t *hash, struct error *err);

/* Makes a file, which must not exist. Not synced. */
enum status file_write_new(const char *path, const void *bytes, size_t n, struct error *err);

/* Writes a temporary file beside path (path.tmp), syncs it, renames it to path, syncs the folder.
 * Where the last of these fails, path may be the new file already; before it, path is what it was.
 * One process at a time. */
enum status file_write_atomically(const char *path, const void *bytes, size_t n, struct error *err);

/* Makes the names in a folder durable: what was created, renamed and removed in it. */
enum status file_sync_folder(const char *dir, struct error *err);
/* And the files themselves, but for those in folders below. */
enum status file_sync_files(const char *dir, struct error *err);

/* The next name in a folder that was opened, but . and ..; NULL at the end. Unlike readdir it tells a folder that cannot be
 * read from one that is at its end. dir is for the message; the name is borrowed until the next call. */
enum status file_next_name(DIR *d, const char *dir, const char **name, struct error *err);

/* Removes a file, or a folder with all that is in it; a link is removed, never followed. What is
 * not there is no error. STATUS_BAD_INPUT for folders nested deeper than FILE_TREE_DEPTH_MAX. */
enum { FILE_TREE_DEPTH_MAX = 32 };
enum status file_remove_tree(const char *path, struct error *err);

#endif
