// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/message.h"
#include "common/utf8.h"

enum { NAMES_BYTES_MAX = 1 << 30 }; /* of one folder */

struct walk {
    const struct walk_callbacks *callbacks;
    struct walk_counts *counts;
    const char *root, *resolved;
    struct buf path; /* resolved root and the path below */
    char *shown;
    bool is_complete;
};

/* The names of a folder: NUL-terminated, one behind the other, and where each starts. */
struct names {
    struct buf bytes;
    uint32_t *starts;
    size_t n, room;
};

enum status walk_resolve(const char *root, char **out, struct error *err)
{
    *out = realpath(root, NULL);
    if (!*out && errno == ENOMEM)
        return error_no_memory(err);
    return *out ? STATUS_OK : error_set(err, STATUS_MISSING, "%s", message_errno(errno));
}

bool path_is_below(const char *path, size_t n, const char *folder)
{
    size_t len = strlen(folder);
    while (len > 1 && folder[len - 1] == '/')
        len--;
    if (len == 1 && folder[0] == '/')
        return n > 0 && path[0] == '/';
    return n >= len && memcmp(path, folder, len) == 0 && (n == len || path[len] == '/');
}

void walk_show(const char *root, const char *resolved, const char *path, size_t n, char *out)
{
    size_t above = strcmp(resolved, "/") == 0 ? 0 : strlen(resolved), given = strlen(root);
    while (given > 1 && root[given - 1] == '/')
        given--;
    bool is_slash = given == 1 && root[0] == '/';
    snprintf(out, WALK_SHOWN_BYTES, "%.*s%.*s", is_slash ? 0 : (int)given, root, (int)(n - above),
        path + above);
}

/* The path at work: in w->shown, until the next call. */
static const char *shown_path(struct walk *w)
{
    walk_show(w->root, w->resolved, w->path.data, w->path.len, w->shown);
    return w->shown;
}

static enum status fault(struct walk *w, const char *what, struct error *err)
{
    w->counts->n_failed++;
    return w->callbacks->fault(w->callbacks->arg, shown_path(w), what, err);
}

/* Not a failure of the file, which is indexed: its name can be shown and typed only in part. */
static enum status odd_name(struct walk *w, struct error *err)
{
    w->counts->n_odd_names++;
    return w->callbacks->fault(w->callbacks->arg, shown_path(w), tr("the name is not UTF-8"), err);
}

static bool is_utf8(const char *s)
{
    size_t n = strlen(s), len;
    for (size_t at = 0; at < n; at += len) {
        uint32_t cp;
        if (!(len = utf8_decode(s + at, n - at, &cp)))
            return false;
    }
    return true;
}

static void names_release(struct names *names)
{
    buf_release(&names->bytes);
    free(names->starts);
}

static bool names_add(struct names *names, const char *name)
{
    if (names->n == names->room) {
        size_t room = names->room ? names->room * 2 : 64;
        uint32_t *starts = realloc(names->starts, room * sizeof *starts);
        if (!starts)
            return false;
        names->starts = starts;
        names->room = room;
    }
    names->starts[names->n] = (uint32_t)names->bytes.len;
    if (!buf_append(&names->bytes, name, strlen(name) + 1))
        return false;
    names->n++;
    return true;
}

static int compare_names(const void *a, const void *b, void *bytes)
{
    return strcmp((char *)bytes + *(const uint32_t *)a, (char *)bytes + *(const uint32_t *)b);
}

/* Reads the names in the folder at w->path, sorted. errno says why not; 0 when all were read. */
static int read_names(struct walk *w, struct names *names)
{
    DIR *dir = opendir(w->path.data);
    if (!dir)
        return errno;
    struct dirent *d;
    int cause = 0;
    while (cause == 0 && (errno = 0, d = readdir(dir))) {
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
            continue;
        if (d->d_name[0] == '.')
            w->counts->n_hidden++;
        else if (!names_add(names, d->d_name))
            cause = ENOMEM;
    }
    cause = cause ? cause : errno;
    closedir(dir);
    if (names->n)
        qsort_r(names->starts, names->n, sizeof *names->starts, compare_names, names->bytes.data);
    return cause;
}

static enum status walk_folder(struct walk *w, unsigned depth, struct error *err);

static enum status walk_file(
    struct walk *w, const struct stat *st, bool is_named, struct error *err)
{
    struct walk_file f = {w->path.data, w->path.len, shown_path(w), is_named, st};
    w->counts->n_files++;
    return w->callbacks->file(w->callbacks->arg, &f, err);
}

/* Whatever w->path names. */
static enum status walk_any(struct walk *w, unsigned depth, struct error *err)
{
    struct stat st;
    bool is_root = depth == 0;
    if ((is_root ? stat : lstat)(w->path.data, &st) != 0) {
        w->is_complete = false;
        return fault(w, message_errno(errno), err);
    }
    if (S_ISLNK(st.st_mode)) {
        w->counts->n_links++;
        return STATUS_OK;
    }
    if (S_ISREG(st.st_mode))
        return walk_file(w, &st, is_root, err);
    if (!S_ISDIR(st.st_mode))
        return fault(w, tr("neither a file nor a folder"), err);
    if (w->callbacks->excluded && strcmp(w->path.data, w->callbacks->excluded) == 0)
        return STATUS_OK;
    return walk_folder(w, depth + 1, err);
}

static enum status walk_name(struct walk *w, const char *name, unsigned depth, struct error *err)
{
    size_t len = w->path.len;
    enum status status = STATUS_OK;
    if (len + strlen(name) + 2 > PATH_BYTES_MAX) {
        w->is_complete = false;
        return fault(w, tr("a path below it is too long"), err);
    }
    bool is_slash = len == 1 && w->path.data[0] == '/';
    bool ok = (is_slash || buf_append_byte(&w->path, '/')) && buf_append_str(&w->path, name) &&
              buf_terminate(&w->path);
    if (!ok)
        status = error_no_memory(err);
    else if (!is_utf8(name))
        status = odd_name(w, err);
    if (status == STATUS_OK)
        status = walk_any(w, depth, err);
    w->path.len = len;
    w->path.data[len] = '\0';
    return status;
}

static enum status walk_folder(struct walk *w, unsigned depth, struct error *err)
{
    struct names names = {.n = 0};
    enum status status = STATUS_OK;
    if (depth > WALK_DEPTH_MAX) {
        w->is_complete = false;
        return fault(w, tr("too many folders within each other"), err);
    }
    buf_init(&names.bytes, NAMES_BYTES_MAX);
    int cause = read_names(w, &names);
    if (cause == ENOMEM) {
        status = error_no_memory(err); /* of the run, not of the folder */
    } else if (cause) {
        w->is_complete = false;
        status = fault(w, message_errno(cause), err);
    }
    for (size_t i = 0; i < names.n && status == STATUS_OK; i++) {
        if (w->callbacks->is_stopped && w->callbacks->is_stopped(w->callbacks->arg))
            status = error_set(err, STATUS_INTERRUPTED, "interrupted");
        else
            status = walk_name(w, names.bytes.data + names.starts[i], depth, err);
    }
    names_release(&names);
    return status;
}

enum status walk_root(const char *root, const char *resolved,
    const struct walk_callbacks *callbacks, struct walk_counts *counts, bool *is_complete,
    struct error *err)
{
    struct walk w = {.callbacks = callbacks,
        .counts = counts,
        .root = root,
        .resolved = resolved,
        .is_complete = true};
    enum status status;
    buf_init(&w.path, PATH_BYTES_MAX + 1);
    w.shown = malloc(WALK_SHOWN_BYTES);
    if (!w.shown || !buf_append_str(&w.path, resolved) || !buf_terminate(&w.path))
        status = error_no_memory(err);
    else
        status = walk_any(&w, 0, err);
    *is_complete = w.is_complete && status == STATUS_OK;
    buf_release(&w.path);
    free(w.shown);
    return status;
}
