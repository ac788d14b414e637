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
#include "store/manifest.h"
#include "tokenizer/file_name.h"

enum { NAMES_BYTES_MAX = 1 << 30 }; /* of one folder */

struct walk {
    const struct walk_callbacks *callbacks;
    struct walk_counts *counts;
    const struct walk_root *root;
    struct buf disk_path, path; /* of the root and what is below it */
    char *shown;
    bool is_complete;
};

/* One of a folder: where its bytes start, and those it is known by; the same where nothing was decoded. */
struct name {
    uint32_t disk, known;
    bool is_odd;
};

/* The names of a folder: NUL-terminated, one behind the other. */
struct names {
    struct buf bytes;
    struct name *list;
    size_t n, room;
};

/* ---- names ---- */

static void names_release(struct names *names)
{
    buf_release(&names->bytes);
    free(names->list);
}

static bool names_add(struct names *names, const char *text)
{
    size_t n = strlen(text);
    if (names->n == names->room) {
        size_t room = names->room ? names->room * 2 : 64;
        struct name *list = realloc(names->list, room * sizeof *list);
        if (!list)
            return false;
        names->list = list;
        names->room = room;
    }
    uint32_t disk = (uint32_t)names->bytes.len;
    struct name *name = &names->list[names->n];
    *name = (struct name){disk, disk, false};
    if (!buf_append(&names->bytes, text, n + 1))
        return false;
    names->n++;
    if (utf8_valid(text, n) == n)
        return true;
    size_t known = names->bytes.len;
    enum file_name kind = file_name_decode(text, n, &names->bytes);
    if (kind == FILE_NAME_FAILED || !buf_append_byte(&names->bytes, '\0'))
        return false;
    name->is_odd = kind != FILE_NAME_DECODED;
    name->known = name->is_odd ? disk : (uint32_t)known;
    return true;
}

static int compare_names(const void *a, const void *b, void *bytes)
{
    const struct name *left = a, *right = b;
    return strcmp((char *)bytes + left->known, (char *)bytes + right->known);
}

/* A decoded name that is another's as well is not taken. */
static void names_sort(struct names *names)
{
    bool is_sorted = names->n == 0;
    while (!is_sorted) {
        is_sorted = true;
        qsort_r(names->list, names->n, sizeof *names->list, compare_names, names->bytes.data);
        for (size_t i = 1; i < names->n; i++) {
            struct name *one = &names->list[i - 1], *other = &names->list[i];
            struct name *decoded = one->known != one->disk ? one : other;
            if (decoded->known == decoded->disk ||
                compare_names(one, other, names->bytes.data) != 0)
                continue;
            decoded->known = decoded->disk;
            decoded->is_odd = true;
            is_sorted = false;
        }
    }
}

/* ---- roots ---- */

/* Is there a file of that name in the folder, as it is on disk? */
static bool is_there(const char *folder, size_t n, const char *name)
{
    char path[2 * PATH_BYTES_MAX];
    struct stat st;
    int len = snprintf(path, sizeof path, "%.*s/%s", (int)n, folder, name);
    return len > 0 && (size_t)len < sizeof path && lstat(path, &st) == 0;
}

/* The path on disk with each name of it decoded. */
static bool decode_path(const char *disk_path, struct buf *out)
{
    for (const char *at = disk_path, *end; *at; at = end) {
        size_t start = out->len + 1;
        end = at + 1 + strcspn(at + 1, "/");
        if (!buf_append_byte(out, '/'))
            return false;
        enum file_name kind = file_name_decode(at + 1, (size_t)(end - at - 1), out);
        if (kind == FILE_NAME_FAILED || !buf_terminate(out))
            return false;
        bool is_others = kind == FILE_NAME_DECODED &&
                         is_there(disk_path, (size_t)(at - disk_path), out->data + start);
        if (kind == FILE_NAME_BROKEN || is_others) {
            out->len = start;
            if (!buf_append(out, at + 1, (size_t)(end - at - 1)))
                return false;
        }
    }
    return buf_terminate(out);
}

/* What was typed, decoded where all of it can be and the path was. */
static char *decode_given(const char *given, bool is_path_decoded)
{
    struct buf text;
    buf_init(&text, 4 * PATH_BYTES_MAX);
    bool is_decoded = is_path_decoded &&
                      file_name_decode(given, strlen(given), &text) == FILE_NAME_DECODED &&
                      buf_terminate(&text);
    char *out = strdup(is_decoded ? text.data : given);
    buf_release(&text);
    return out;
}

enum status walk_root_open(const char *given, struct walk_root *out, struct error *err)
{
    struct buf path;
    *out = (struct walk_root){.disk_path = realpath(given, NULL)};
    if (!out->disk_path && errno != ENOMEM)
        return error_set(err, STATUS_MISSING, "%s", message_errno(errno));
    buf_init(&path, 2 * PATH_BYTES_MAX);
    if (out->disk_path && decode_path(out->disk_path, &path)) {
        out->path = strdup(path.data);
        out->given = decode_given(given, strcmp(path.data, out->disk_path) != 0);
    }
    buf_release(&path);
    if (out->path && out->given)
        return STATUS_OK;
    walk_root_release(out);
    return error_no_memory(err);
}

void walk_root_release(struct walk_root *root)
{
    free(root->given);
    free(root->disk_path);
    free(root->path);
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

void walk_show(const struct walk_root *root, const char *path, size_t n, char *out)
{
    size_t above = strcmp(root->path, "/") == 0 ? 0 : strlen(root->path);
    size_t given = strlen(root->given);
    while (given > 1 && root->given[given - 1] == '/')
        given--;
    bool is_slash = given == 1 && root->given[0] == '/';
    snprintf(out, WALK_SHOWN_BYTES, "%.*s%.*s", is_slash ? 0 : (int)given, root->given,
        (int)(n - above), path + above);
}

/* ---- walking ---- */

/* The path at work: in w->shown, until the next call. */
static const char *shown_path(struct walk *w)
{
    walk_show(w->root, w->path.data, w->path.len, w->shown);
    return w->shown;
}

static enum status fault(struct walk *w, const char *what, struct error *err)
{
    w->counts->n_failed++;
    return w->callbacks->fault(w->callbacks->arg, shown_path(w), what, err);
}

/* Whatever is there, or below it, was not met. */
static enum status fault_unread(struct walk *w, const char *what, struct error *err)
{
    const struct walk_callbacks *c = w->callbacks;
    enum status status = c->unread ? c->unread(c->arg, w->path.data, w->path.len, err) : STATUS_OK;
    w->is_complete = false;
    return status == STATUS_OK ? fault(w, what, err) : status;
}

/* Not a failure of the file, which is indexed: its name can be shown and typed only in part, or is another's, too. */
static enum status odd_name(struct walk *w, struct error *err)
{
    w->counts->n_odd_names++;
    return w->callbacks->fault(w->callbacks->arg, shown_path(w), tr("the name is not UTF-8"), err);
}

/* Reads the names in the folder, sorted. errno says why not; 0 when all were read. */
static int read_names(struct walk *w, struct names *names)
{
    DIR *dir = opendir(w->disk_path.data);
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
    names_sort(names);
    return cause;
}

static enum status walk_folder(struct walk *w, unsigned depth, struct error *err);

static enum status walk_file(
    struct walk *w, const struct stat *st, bool is_named, struct error *err)
{
    struct walk_file f = {
        w->path.data, w->path.len, w->disk_path.data, shown_path(w), is_named, st};
    w->counts->n_files++;
    return w->callbacks->file(w->callbacks->arg, &f, err);
}

/* Whatever the path names. */
static enum status walk_any(struct walk *w, unsigned depth, struct error *err)
{
    struct stat st;
    bool is_root = depth == 0;
    if ((is_root ? stat : lstat)(w->disk_path.data, &st) != 0)
        return fault_unread(w, message_errno(errno), err);
    if (S_ISLNK(st.st_mode)) {
        w->counts->n_links++;
        return STATUS_OK;
    }
    if (S_ISREG(st.st_mode))
        return walk_file(w, &st, is_root, err);
    if (!S_ISDIR(st.st_mode))
        return fault(w, tr("neither a file nor a folder"), err);
    if (w->callbacks->excluded && strcmp(w->disk_path.data, w->callbacks->excluded) == 0)
        return STATUS_OK;
    if (!is_root && manifest_is_in(w->disk_path.data)) {
        w->counts->n_indexes++;
        return STATUS_OK;
    }
    return walk_folder(w, depth + 1, err);
}

static bool enter(struct buf *path, const char *name)
{
    bool is_slash = path->len == 1 && path->data[0] == '/';
    return (is_slash || buf_append_byte(path, '/')) && buf_append_str(path, name) &&
           buf_terminate(path);
}

static void leave(struct buf *path, size_t len)
{
    path->len = len;
    path->data[len] = '\0';
}

static enum status walk_name(
    struct walk *w, const struct names *names, size_t i, unsigned depth, struct error *err)
{
    const struct name *name = &names->list[i];
    const char *disk = names->bytes.data + name->disk, *known = names->bytes.data + name->known;
    size_t disk_len = w->disk_path.len, len = w->path.len;
    enum status status = STATUS_OK;
    if (disk_len + strlen(disk) + 2 > PATH_BYTES_MAX || len + strlen(known) + 2 > PATH_BYTES_MAX) {
        w->is_complete = false; /* nothing of such a path is known */
        return fault(w, tr("a path below it is too long"), err);
    }
    if (!enter(&w->disk_path, disk) || !enter(&w->path, known))
        status = error_no_memory(err);
    else if (name->is_odd)
        status = odd_name(w, err);
    if (status == STATUS_OK)
        status = walk_any(w, depth, err);
    leave(&w->disk_path, disk_len);
    leave(&w->path, len);
    return status;
}

static enum status walk_folder(struct walk *w, unsigned depth, struct error *err)
{
    struct names names = {.n = 0};
    enum status status = STATUS_OK;
    if (depth > WALK_DEPTH_MAX)
        return fault_unread(w, tr("too many folders within each other"), err);
    buf_init(&names.bytes, NAMES_BYTES_MAX);
    int cause = read_names(w, &names);
    if (cause == ENOMEM) {
        status = error_no_memory(err); /* of the run, not of the folder */
    } else if (cause) {
        status = fault_unread(w, message_errno(cause), err);
    }
    for (size_t i = 0; i < names.n && status == STATUS_OK; i++) {
        if (w->callbacks->is_stopped && w->callbacks->is_stopped(w->callbacks->arg))
            status = error_set(err, STATUS_INTERRUPTED, "interrupted");
        else
            status = walk_name(w, &names, i, depth, err);
    }
    names_release(&names);
    return status;
}

static bool set_path(struct buf *path, const char *text)
{
    return buf_append_str(path, text) && buf_terminate(path);
}

enum status walk(const struct walk_root *root, const struct walk_callbacks *callbacks,
    struct walk_counts *counts, bool *is_complete, struct error *err)
{
    struct walk w = {.callbacks = callbacks, .counts = counts, .root = root, .is_complete = true};
    enum status status;
    buf_init(&w.disk_path, PATH_BYTES_MAX + 1);
    buf_init(&w.path, PATH_BYTES_MAX + 1);
    w.shown = malloc(WALK_SHOWN_BYTES);
    if (!w.shown || !set_path(&w.disk_path, root->disk_path) || !set_path(&w.path, root->path))
        status = error_no_memory(err);
    else
        status = walk_any(&w, 0, err);
    *is_complete = w.is_complete && status == STATUS_OK;
    buf_release(&w.disk_path);
    buf_release(&w.path);
    free(w.shown);
    return status;
}
