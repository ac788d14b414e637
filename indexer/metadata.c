// SPDX-License-Identifier: GPL-2.0-or-later
/* libcsv takes the text apart, fed line by line so that a fault knows its line. Rows wait one behind the other in a buf,
 * each cell with its length before it, found by the hash of their first cell. */
#include "indexer/metadata.h"

#include <csv.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/buf.h"
#include "common/hash.h"
#include "common/message.h"
#include "indexer/date.h"
#include "indexer/input.h"
#include "store/schema.h"
#include "tokenizer/file_name.h"

enum { COLUMNS_MAX = 256, CELL_BYTES_MAX = 16 * 1024, SLOTS_MIN = 64 };

struct metadata {
    struct buf rows;   /* of each: number of cells, cells */
    struct buf header; /* the names of columns, likewise; an empty one is no field */
    size_t n_columns;
    uint64_t members_hash; /* of the rows of files in archives, and the header; 0: there are none */
    struct row_slot {
        uint64_t hash;
        size_t at; /* in rows, + 1; 0: free */
    } * slots;
    size_t n_slots, n_rows;
    bool is_unread;
};

/* What is at work while it is read. */
struct csv_reading {
    struct metadata *metadata;
    const struct metadata_faults *faults;
    const char *disk_folder, *path; /* path: as the file is known, for its faults */
    uint32_t line, row_line;        /* the one being fed, and the one on which the row began */
    struct buf row;                 /* cells, each with its length before it */
    struct buf name, disk_path;     /* of the row's file: below the folder, and as it lies there */
    size_t n_cells;
    bool is_too_long;
    enum status status;
    struct error *err;
};

static void fault(struct csv_reading *r, uint32_t line, const char *what)
{
    if (r->status == STATUS_OK)
        r->status = r->faults->fault(r->faults->arg, r->path, line, what, r->err);
}

/* ---- rows ---- */

static struct row_slot *slot_of(const struct metadata *m, uint64_t hash)
{
    size_t i = hash & (m->n_slots - 1);
    while (m->slots[i].at && m->slots[i].hash != hash)
        i = (i + 1) & (m->n_slots - 1);
    return &m->slots[i];
}

static bool grow(struct metadata *m)
{
    size_t n_before = m->n_slots, n = n_before ? 2 * n_before : SLOTS_MIN;
    struct row_slot *before = m->slots, *slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    m->slots = slots;
    m->n_slots = n;
    for (size_t i = 0; i < n_before; i++)
        if (before[i].at)
            *slot_of(m, before[i].hash) = before[i];
    free(before);
    return true;
}

static void take_header(struct csv_reading *r)
{
    struct metadata *m = r->metadata;
    struct bytes in = buf_bytes(&r->row);
    m->n_columns = r->n_cells;
    for (size_t i = 0; i < r->n_cells; i++) {
        size_t n;
        const char *name = bytes_string(&in, &n);
        if (i > 0 && n && !field_name_is_good(name, n)) {
            char what[ERROR_MESSAGE_MAX];
            snprintf(what, sizeof what, tr("a field cannot be called '%.*s'"), (int)n, name);
            fault(r, r->row_line, what);
            n = 0;
        }
        if (!buf_append_string(&m->header, name, i ? n : 0))
            r->status = error_no_memory(r->err);
    }
}

/* Enters the file of that name, in whatever encoding it has it. */
static bool enter(struct buf *path, const char *name, size_t n)
{
    size_t len = path->len;
    for (enum encoding e = ENCODING_UTF8; e <= ENCODING_BIG5_HKSCS; e++) {
        path->len = len;
        if (buf_append_byte(path, '/') && file_name_encode(name, n, e, path) &&
            buf_terminate(path) && access(path->data, F_OK) == 0)
            return true;
    }
    return false;
}

/* ./a.txt, 2023//a.txt, 2023/../a.txt: the path as the walk finds it. False where it leads out of the folder. */
static bool put_name(struct csv_reading *r, const char *path, size_t n)
{
    struct buf *out = &r->name;
    buf_clear(out);
    for (size_t at = 0, end; at < n; at = end + 1) {
        const char *part = path + at, *slash = memchr(part, '/', n - at);
        end = slash ? (size_t)(slash - path) : n;
        size_t len = end - at;
        if (len == 0 || (len == 1 && part[0] == '.'))
            continue;
        if (len == 2 && memcmp(part, "..", 2) == 0) {
            if (out->len == 0)
                return false;
            const char *last = memrchr(out->data, '/', out->len);
            out->len = last ? (size_t)(last - out->data) : 0;
        } else if ((out->len && !buf_append_byte(out, '/')) || !buf_append(out, part, len)) {
            r->status = error_no_memory(r->err);
        }
    }
    return out->len > 0;
}

/* What is wrong with the file that the row names; NULL for nothing. */
static const char *name_fault(struct csv_reading *r)
{
    const char *name = r->name.data;
    size_t n = r->name.len;
    struct stat st;
    if (memmem(name, n, "!/", 2)) /* in an archive */
        return NULL;
    buf_clear(&r->disk_path);
    bool is_there = buf_append_str(&r->disk_path, r->disk_folder);
    for (size_t at = 0, end; at < n && is_there; at = end + 1) {
        const char *slash = memchr(name + at, '/', n - at);
        end = slash ? (size_t)(slash - name) : n;
        is_there = enter(&r->disk_path, name + at, end - at);
    }
    if (!is_there)
        return tr("no such file");
    return stat(r->disk_path.data, &st) == 0 && S_ISDIR(st.st_mode) ? tr("a folder, not a file")
                                                                    : NULL;
}

/* What is wrong with the row of the file path[0..n); NULL for nothing. */
static const char *row_fault(struct csv_reading *r, const char *path, size_t n)
{
    if (n == 0)
        return tr("no file in the first column");
    if (r->n_cells > r->metadata->n_columns)
        return tr("more cells than columns");
    return put_name(r, path, n) ? name_fault(r) : tr("no such file");
}

static bool keep_row(struct csv_reading *r, struct row_slot *slot, uint64_t hash)
{
    struct metadata *m = r->metadata;
    size_t at = m->rows.len;
    if (!buf_append_varint(&m->rows, r->n_cells) || !buf_append(&m->rows, r->row.data, r->row.len))
        return false;
    if (memmem(r->name.data, r->name.len, "!/", 2)) {
        if (m->members_hash == 0)
            m->members_hash = hash_bytes(m->header.data, m->header.len);
        m->members_hash =
            (m->members_hash ^ hash_bytes(r->row.data, r->row.len)) * 0x9E3779B97F4A7C15;
    }
    *slot = (struct row_slot){hash, at + 1};
    m->n_rows++;
    return true;
}

static void take_row(struct csv_reading *r)
{
    struct metadata *m = r->metadata;
    struct bytes in = buf_bytes(&r->row);
    size_t n;
    const char *path = bytes_string(&in, &n), *wrong = row_fault(r, path, n);
    if (wrong) {
        fault(r, r->row_line, wrong);
        return;
    }
    if ((m->n_rows + 1) * 4 > m->n_slots * 3 && !grow(m)) {
        r->status = error_no_memory(r->err);
        return;
    }
    uint64_t hash = hash_bytes(r->name.data, r->name.len);
    struct row_slot *slot = slot_of(m, hash);
    if (slot->at)
        fault(r, r->row_line, tr("the file has a line before"));
    else if (!keep_row(r, slot, hash))
        r->status = error_no_memory(r->err);
}

/* ---- what libcsv calls ---- */

static void on_cell(void *cell, size_t n, void *arg)
{
    struct csv_reading *r = arg;
    const char *text = cell ? cell : "";
    while (n && (text[0] == ' ' || text[0] == '\t'))
        text++, n--;
    while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
        n--;
    r->is_too_long |= n > CELL_BYTES_MAX || r->n_cells == COLUMNS_MAX;
    if (!r->is_too_long && r->status == STATUS_OK && !buf_append_string(&r->row, text, n))
        r->status = error_no_memory(r->err);
    r->n_cells += r->n_cells < COLUMNS_MAX;
}

static void on_row(int end, void *arg)
{
    struct csv_reading *r = arg;
    (void)end;
    if (r->status == STATUS_OK && r->is_too_long)
        fault(r, r->row_line, tr("the line is too long"));
    else if (r->status == STATUS_OK && r->metadata->n_columns == 0)
        take_header(r);
    else if (r->status == STATUS_OK)
        take_row(r);
    buf_clear(&r->row);
    r->n_cells = 0;
    r->is_too_long = false;
    r->row_line = r->line + 1;
}

/* ---- reading ---- */

static void parse(struct csv_reading *r, const char *text, size_t n)
{
    struct csv_parser p;
    if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        r->status = error_no_memory(r->err);
        return;
    }
    r->line = r->row_line = 1;
    for (size_t at = 0, len; at < n && r->status == STATUS_OK; at += len, r->line++) {
        const char *end = memchr(text + at, '\n', n - at);
        len = end ? (size_t)(end - text) + 1 - at : n - at;
        if (r->n_cells == 0 && p.entry_pos == 0 && !p.quoted) /* blank lines are no rows */
            r->row_line = r->line;
        if (csv_parse(&p, text + at, len, on_cell, on_row, r) == len)
            continue;
        if (csv_error(&p) == CSV_ENOMEM)
            r->status = error_no_memory(r->err);
        fault(r, r->line, tr("a quote stands within a cell"));
        csv_free(&p);
        csv_init(&p, CSV_STRICT | CSV_STRICT_FINI);
        buf_clear(&r->row);
        r->n_cells = 0;
    }
    if (r->status == STATUS_OK && csv_fini(&p, on_cell, on_row, r) != 0)
        fault(r, r->row_line, tr("quote is not closed"));
    csv_free(&p);
}

/* The whole text of the file. */
static enum status read_text(struct input *in, struct buf *text, struct error *err)
{
    bool is_binary, is_last = false;
    const char *kind;
    struct source source;
    enum status s = input_detect(in, ENCODING_UNKNOWN, &is_binary, &kind, err);
    if (s == STATUS_OK && is_binary)
        s = error_set(err, STATUS_BAD_INPUT, "not text");
    while (s == STATUS_OK && !is_last) {
        if (text->max - text->len < 5 * INPUT_CHUNK)
            return error_set(err, STATUS_BAD_INPUT, "more than %zu bytes", text->max);
        s = input_read(in, text, &is_last, err);
    }
    return s == STATUS_OK ? input_finish(in, &source, err) : s;
}

static enum status read_file(
    struct csv_reading *r, const char *disk_path, size_t max_bytes, struct error *err)
{
    struct input *in;
    struct buf text;
    enum status s = input_open_file(disk_path, &in, err);
    if (s == STATUS_MISSING)
        return s;
    buf_init(&text, max_bytes + 5 * INPUT_CHUNK);
    if (s == STATUS_OK)
        s = read_text(in, &text, err);
    if (s == STATUS_OK)
        parse(r, text.data, text.len);
    buf_release(&text);
    input_close(in);
    if (s == STATUS_OK || s == STATUS_NO_MEMORY)
        return s == STATUS_OK ? r->status : s;
    struct error cause = *err;
    r->metadata->is_unread = true;
    fault(r, 0, cause.message);
    return r->status;
}

static bool put_path(char path[PATH_BYTES_MAX], const char *folder)
{
    int n = snprintf(path, PATH_BYTES_MAX, "%s/" METADATA_NAME, folder);
    return n > 0 && n < PATH_BYTES_MAX;
}

enum status metadata_open(const char *folder, const char *disk_folder, size_t max_bytes,
    const struct metadata_faults *faults, struct metadata **out, struct error *err)
{
    char path[PATH_BYTES_MAX], disk_path[PATH_BYTES_MAX];
    *out = NULL;
    if (!put_path(path, folder) || !put_path(disk_path, disk_folder) ||
        access(disk_path, F_OK) != 0)
        return STATUS_OK;
    struct metadata *m = calloc(1, sizeof *m);
    if (!m)
        return error_no_memory(err);
    buf_init(&m->rows, 2 * max_bytes);
    buf_init(&m->header, (size_t)COLUMNS_MAX * CELL_BYTES_MAX);
    struct csv_reading r = {
        .metadata = m, .faults = faults, .disk_folder = disk_folder, .path = path, .err = err};
    buf_init(&r.row, (size_t)COLUMNS_MAX * CELL_BYTES_MAX);
    buf_init(&r.name, CELL_BYTES_MAX);
    buf_init(&r.disk_path, PATH_BYTES_MAX);
    enum status s = read_file(&r, disk_path, max_bytes, err);
    buf_release(&r.row);
    buf_release(&r.name);
    buf_release(&r.disk_path);
    if (s == STATUS_OK)
        *out = m;
    else
        metadata_close(m);
    return s == STATUS_MISSING ? STATUS_OK : s;
}

void metadata_close(struct metadata *m)
{
    if (!m)
        return;
    buf_release(&m->rows);
    buf_release(&m->header);
    free(m->slots);
    free(m);
}

enum status metadata_find(const struct metadata *m, const char *path, size_t n, field_taker *take,
    void *arg, bool *is_found, struct error *err)
{
    *is_found = false;
    const struct row_slot *slot = m->n_slots ? slot_of(m, hash_bytes(path, n)) : NULL;
    if (!slot || !slot->at)
        return STATUS_OK;
    struct bytes names = buf_bytes(&m->header);
    struct bytes row = {m->rows.data + slot->at - 1, m->rows.data + m->rows.len, false};
    uint64_t n_cells = bytes_varint(&row);
    for (uint64_t i = 0; i < n_cells; i++) {
        size_t n_name, n_value;
        const char *name = bytes_string(&names, &n_name), *value = bytes_string(&row, &n_value);
        if (n_name && n_value && !take(arg, name, n_name, value, n_value))
            return error_no_memory(err);
    }
    *is_found = true;
    return STATUS_OK;
}

bool metadata_is_unread(const struct metadata *m)
{
    return m->is_unread;
}

uint64_t metadata_members_hash(const struct metadata *m)
{
    return m->members_hash;
}
