// SPDX-License-Identifier: GPL-2.0-or-later
/* The tables on the way from the root to the file at hand lie on a stack: files come folder by folder, so each is read
 * once. */
#include "indexer/fields.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "common/hash.h"
#include "common/json.h"
#include "common/utf8.h"
#include "indexer/date.h"
#include "indexer/walk.h"
#include "store/schema.h"

enum { FOLDERS_MAX = 300 /* WALK_DEPTH_MAX, and what an archive adds */ };

struct fields {
    struct field_pattern *pattern;
    const struct metadata_faults *faults;
    size_t max_bytes;
    char *root;
    struct folder {
        char *path;
        struct metadata *table; /* NULL: none there */
    } folders[FOLDERS_MAX];     /* outermost first */
    size_t n_folders;
    bool is_fit, is_known;
    json_t *found; /* an object of strings; NULL: nothing */
    char *dumped;  /* fields of the last report */
};

enum status fields_open(struct field_pattern *pattern, const struct metadata_faults *faults,
    size_t max_bytes, struct fields **out, struct error *err)
{
    struct fields *f = calloc(1, sizeof *f);
    *out = f;
    if (!f)
        return error_no_memory(err);
    f->pattern = pattern;
    f->faults = faults;
    f->max_bytes = max_bytes;
    return STATUS_OK;
}

static void pop(struct fields *f)
{
    struct folder *top = &f->folders[--f->n_folders];
    metadata_close(top->table);
    free(top->path);
}

void fields_close(struct fields *f)
{
    if (!f)
        return;
    while (f->n_folders)
        pop(f);
    json_decref(f->found);
    free(f->dumped);
    free(f->root);
    free(f);
}

enum status fields_set_root(struct fields *f, const char *folder, struct error *err)
{
    while (f->n_folders)
        pop(f);
    free(f->root);
    f->root = folder ? strdup(folder) : NULL;
    return f->root || !folder ? STATUS_OK : error_no_memory(err);
}

bool fields_is_table(const char *path, size_t n)
{
    static const char ending[] = "/" METADATA_NAME;
    size_t len = sizeof ending - 1;
    return n >= len && memcmp(path + n - len, ending, len) == 0;
}

/* ---- folders ---- */

/* The length on disk of the folder path[0..n): it has as many names. */
static size_t disk_length(const char *path, size_t n, const char *disk_path)
{
    size_t at = 0;
    if (n == 1)
        return 1; /* "/" */
    for (size_t i = 0; i < n; i++)
        if (path[i] == '/' && disk_path[at])
            at += 1 + strcspn(disk_path + at + 1, "/");
    return at;
}

static enum status push(
    struct fields *f, const char *path, size_t n, const char *disk_path, struct error *err)
{
    struct folder folder = {strndup(path, n), NULL};
    char *disk_folder = strndup(disk_path, disk_length(path, n, disk_path));
    enum status s = folder.path && disk_folder ? metadata_open(folder.path, disk_folder,
                                                     f->max_bytes, f->faults, &folder.table, err)
                                               : error_no_memory(err);
    free(disk_folder);
    if (s == STATUS_OK)
        f->folders[f->n_folders++] = folder;
    else
        free(folder.path);
    return s;
}

/* Makes the stack that of the folder path[0..n). */
static enum status enter(
    struct fields *f, const char *path, size_t n, const char *disk_path, struct error *err)
{
    enum status s = STATUS_OK;
    while (f->n_folders && !path_is_below(path, n, f->folders[f->n_folders - 1].path))
        pop(f);
    size_t at = n;
    if (f->n_folders)
        at = strlen(f->folders[f->n_folders - 1].path);
    else if (f->root && path_is_below(path, n, f->root))
        at = strlen(f->root);
    if (f->n_folders == 0)
        s = push(f, path, at, disk_path, err);
    while (s == STATUS_OK && at < n && f->n_folders < FOLDERS_MAX) {
        const char *slash = memchr(path + at + 1, '/', n - at - 1);
        at = slash ? (size_t)(slash - path) : n;
        s = push(f, path, at, disk_path, err);
    }
    return s;
}

/* ---- finding ---- */

static bool take(void *arg, const char *name, size_t name_len, const char *value, size_t value_len)
{
    json_t *object = arg, *text = json_text(value, value_len);
    return text && json_object_setn_new_nocheck(object, name, name_len, text) == 0;
}

/* The folder of a file; of one in an archive, that of the archive. */
static size_t folder_length(const char *path, size_t n)
{
    const char *inner = memmem(path, n, "!/", 2);
    const char *slash = memrchr(path, '/', inner ? (size_t)(inner - path) : n);
    return slash ? (size_t)(slash - path) : 0;
}

/* The row of the file, or of the archive that it is in, the innermost first. */
static enum status find_in_table(const struct metadata *table, const char *path, size_t n,
    json_t *found, bool *is_found, struct error *err)
{
    enum status s = metadata_find(table, path, n, take, found, is_found, err);
    for (size_t i = n; s == STATUS_OK && !*is_found && i-- > 1;)
        if (i + 1 < n && memcmp(path + i, "!/", 2) == 0)
            s = metadata_find(table, path, i, take, found, is_found, err);
    return s;
}

static enum status find_in_tables(struct fields *f, const char *path, size_t n,
    const char *disk_path, json_t *found, struct error *err)
{
    size_t folder = folder_length(path, n);
    enum status s = enter(f, path, folder ? folder : 1, disk_path, err);
    bool is_found = false;
    for (size_t i = f->n_folders; s == STATUS_OK && i-- > 0 && !is_found;) {
        size_t len = strlen(f->folders[i].path);
        len += len > 1; /* the slash, but for the root's own */
        if (!f->folders[i].table)
            continue;
        f->is_known &= !metadata_is_unread(f->folders[i].table);
        if (len < n)
            s = find_in_table(f->folders[i].table, path + len, n - len, found, &is_found, err);
    }
    return s;
}

enum status fields_find(struct fields *f, const char *path, size_t n, const char *disk_path,
    uint64_t *hash, struct error *err)
{
    *hash = 0;
    json_decref(f->found);
    f->found = json_object();
    if (!f->found)
        return error_no_memory(err);
    enum status s = STATUS_OK;
    f->is_fit = f->is_known = true;
    if (f->pattern)
        s = field_pattern_match(f->pattern, path, n, take, f->found, &f->is_fit, err);
    if (s == STATUS_OK && path[0] == '/')
        s = find_in_tables(f, path, n, disk_path, f->found, err);
    if (s != STATUS_OK || json_object_size(f->found) == 0)
        return s;
    char *text = json_dumps(f->found, JSON_SORT_KEYS | JSON_COMPACT);
    if (!text)
        return error_no_memory(err);
    *hash = hash_bytes(text, strlen(text));
    *hash += *hash == 0;
    free(text);
    return STATUS_OK;
}

uint64_t fields_archive_hash(const struct fields *f, uint64_t hash)
{
    uint64_t all[FOLDERS_MAX + 2] = {hash, f->pattern ? field_pattern_hash(f->pattern) : 0};
    size_t n = 2;
    for (size_t i = 0; i < f->n_folders; i++)
        if (f->folders[i].table && metadata_members_hash(f->folders[i].table))
            all[n++] = metadata_members_hash(f->folders[i].table);
    return n == 2 && all[1] == 0 ? hash : hash_bytes(all, n * sizeof *all);
}

bool fields_fit(const struct fields *f)
{
    return f->is_fit;
}

bool fields_are_known(const struct fields *f)
{
    return f->is_known;
}

/* ---- applying ---- */

static const char *text_of(const struct fields *f, const char *name, size_t *n)
{
    const json_t *value = json_object_get(f->found, name);
    *n = value ? json_string_length(value) : 0;
    return value ? json_string_value(value) : "";
}

static void set_date(const struct fields *f, struct report *r)
{
    size_t n_date, n_year;
    const char *date = text_of(f, "date", &n_date), *year = text_of(f, "year", &n_year);
    uint32_t given = date_find_in_name(date, n_date), of_year = date_find_in_name(year, n_year);
    bool is_record = r->id_len > 0;
    if (is_record && r->date)
        return;
    if (given)
        r->date = given;
    else if (of_year && schema_date_year(r->date) != schema_date_year(of_year))
        r->date = of_year;
}

static void set_title(const struct fields *f, struct report *r)
{
    size_t n;
    const char *title = text_of(f, "title", &n);
    if (n == 0 || r->id_len > 0)
        return;
    r->title = title;
    r->title_len = n <= TITLE_BYTES_MAX ? n : utf8_floor(title, n, TITLE_BYTES_MAX);
}

/* Title and date are the report's own members. What a record says goes before. */
static enum status merge_fields(struct fields *f, struct report *r, struct error *err)
{
    json_t *all = json_copy(f->found);
    json_t *own = r->fields_len ? json_loadb(r->fields, r->fields_len, 0, NULL) : NULL;
    json_object_del(all, "title");
    json_object_del(all, "date");
    bool ok = all && (r->fields_len == 0 || (own && json_object_update(all, own) == 0));
    free(f->dumped);
    f->dumped = ok && json_object_size(all) ? json_dumps(all, JSON_COMPACT) : NULL;
    ok = ok && (f->dumped || json_object_size(all) == 0);
    json_decref(all);
    json_decref(own);
    if (!ok)
        return error_no_memory(err);
    r->fields = f->dumped ? f->dumped : "";
    r->fields_len = strlen(r->fields);
    return r->fields_len <= FIELDS_BYTES_MAX
               ? STATUS_OK
               : error_set(err, STATUS_BAD_INPUT, "the fields are too long");
}

enum status fields_apply(struct fields *f, struct report *r, struct error *err)
{
    if (json_object_size(f->found) == 0)
        return STATUS_OK;
    set_title(f, r);
    set_date(f, r);
    return merge_fields(f, r, err);
}
