// SPDX-License-Identifier: GPL-2.0-or-later
/* A table with a header row (reader.h): each further row is a report, its cells the values under the names of the header
 * (keyed_report.h). The delimiter is the one that a line sep=; before the header says, else that of , ; tab of which the
 * header has most. libcsv takes the rows apart, fed
 * line by line, so that a report knows its line; a quote within a cell is text, as spreadsheets have it. */
#include <csv.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "common/json.h"
#include "common/message.h"
#include "indexer/keyed_report.h"

enum { COLUMNS_MAX = 1024, COLUMN_NAME_BYTES_MAX = 256 };
enum { CSV_IN_FIELD = 2 }; /* libcsv's FIELD_BEGUN, which its header keeps to itself */

struct csv_table {
    struct keyed_reports reports;
    struct csv_parser parser;
    struct buf names; /* of the columns, NUL-terminated, one behind the other */
    const char *name; /* of the next cell's, within names */
    size_t n_columns, n_cells, row_bytes, max_bytes;
    uint32_t line, row_line; /* the one being fed, and the one on which the row began */
    json_t *row;
    const char *wrong; /* with the row; NULL for nothing */
    bool has_delimiter;
    bool is_skipping; /* what is left of a line that was too long: it is no row */
    enum status status;
    struct error *err;
};

static void fail(struct csv_table *t, enum status status)
{
    if (t->status == STATUS_OK)
        t->status = status;
}

static void no_memory(struct csv_table *t)
{
    fail(t, error_no_memory(t->err));
}

static void fault(struct csv_table *t, uint32_t line, const char *what)
{
    if (t->status != STATUS_OK)
        return;
    t->reports.line = line;
    fail(t, keyed_reports_fault(&t->reports, what, t->err));
}

static bool has_name(const struct csv_table *t, const char *name)
{
    for (const char *at = t->names.data; at && at < t->names.data + t->names.len;
         at += strlen(at) + 1)
        if (strcmp(at, name) == 0)
            return true;
    return false;
}

/* A column without a name, or with that of another, is called by its number. */
static void take_name(struct csv_table *t, const char *text, size_t n)
{
    char name[COLUMN_NAME_BYTES_MAX + 1];
    bool is_good = n > 0 && n < sizeof name && !memchr(text, '\0', n);
    if (is_good)
        snprintf(name, sizeof name, "%.*s", (int)n, text);
    if (!is_good || has_name(t, name))
        snprintf(name, sizeof name, "column%zu", t->n_columns + 1);
    if (!buf_append_str(&t->names, name) || !buf_append_byte(&t->names, '\0'))
        no_memory(t);
}

/* jansson writes a NUL and refuses to read it. */
static json_t *cell_text(const char *text, size_t n)
{
    static const char replacement[] = "\uFFFD";
    struct buf clean;
    json_t *value = NULL;
    if (!memchr(text, '\0', n))
        return json_text(text, n);
    buf_init(&clean, n * (sizeof replacement - 1));
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++)
        ok = text[i] ? buf_append_byte(&clean, text[i]) : buf_append_str(&clean, replacement);
    if (ok)
        value = json_text(clean.data, clean.len);
    buf_release(&clean);
    return value;
}

static void take_cell(struct csv_table *t, const char *text, size_t n)
{
    t->row_bytes += n;
    if (t->n_cells >= t->n_columns && n)
        t->wrong = tr("more cells than columns");
    else if (t->row_bytes > t->max_bytes)
        t->wrong = tr("the line is too long");
    if (t->n_cells >= t->n_columns)
        return;
    const char *name = t->name;
    t->name += strlen(name) + 1;
    if (n && !t->wrong && json_object_set_new(t->row, name, cell_text(text, n)) != 0)
        no_memory(t);
}

/* ---- what libcsv calls ---- */

static void on_cell(void *cell, size_t n, void *arg)
{
    struct csv_table *t = arg;
    const char *text = cell ? cell : "";
    if (t->status != STATUS_OK)
        return;
    if (!t->name && t->n_cells < COLUMNS_MAX) {
        take_name(t, text, n);
        t->n_columns++;
    } else if (t->name) {
        take_cell(t, text, n);
    }
    t->n_cells++;
}

static void on_row(int end, void *arg)
{
    struct csv_table *t = arg;
    (void)end;
    if (t->status != STATUS_OK)
        return;
    if (!t->name && t->n_cells > COLUMNS_MAX)
        fail(t, error_set(t->err, STATUS_BAD_INPUT, "more than %d columns", COLUMNS_MAX));
    else if (t->wrong)
        fault(t, t->row_line, t->wrong);
    else if (t->name) {
        t->reports.line = t->row_line;
        fail(t, keyed_reports_take_any(&t->reports, t->row, t->err));
    }
    json_decref(t->row);
    if (!(t->row = json_object()))
        no_memory(t);
    t->name = t->names.data;
    t->n_cells = t->row_bytes = 0;
    t->wrong = NULL;
}

/* ---- reading ---- */

static bool is_between_rows(const struct csv_table *t)
{
    return t->n_cells == 0 && t->parser.entry_pos == 0 && !t->parser.quoted;
}

static void restart(struct csv_table *t)
{
    unsigned char delimiter = csv_get_delim(&t->parser);
    csv_free(&t->parser);
    csv_init(&t->parser, 0);
    csv_set_delim(&t->parser, delimiter);
    json_object_clear(t->row);
    t->name = t->names.data;
    t->n_cells = t->row_bytes = 0;
    t->wrong = NULL;
}

/* A piece of the text up to a line end, or to the end of what was read. */
static void take_piece(struct csv_table *t, const char *text, size_t n)
{
    bool is_line_end = text[n - 1] == '\n';
    if (is_between_rows(t))
        t->row_line = t->line;
    if (!t->is_skipping && csv_parse(&t->parser, text, n, on_cell, on_row, t) != n)
        no_memory(t);
    if (t->parser.entry_pos > t->max_bytes) {
        fault(t, t->row_line, tr("the line is too long"));
        restart(t);
        t->is_skipping = true;
    }
    t->is_skipping = t->is_skipping && !is_line_end;
    t->line += is_line_end;
}

/* The first line is all there. */
static void choose_delimiter(struct csv_table *t, const char *text, size_t n)
{
    static const char delimiters[] = {',', ';', '\t'};
    size_t most = 0;
    for (size_t i = 0; i < sizeof delimiters; i++) {
        size_t count = 0;
        bool is_quoted = false;
        for (size_t at = 0; at < n && (text[at] != '\n' || is_quoted); at++) {
            is_quoted ^= text[at] == '"';
            count += !is_quoted && text[at] == delimiters[i];
        }
        if (count > most)
            csv_set_delim(&t->parser, (unsigned char)delimiters[i]);
        most = count > most ? count : most;
    }
    t->has_delimiter = true;
}

/* The length of a first line as Excel reads it, sep=; and no row: it says the delimiter. 0 where there is none. */
static size_t stated_delimiter(struct csv_table *t, const char *text, size_t n)
{
    static const char start[] = "sep=";
    size_t at = strlen(start) + 1;
    if (n < at || strncasecmp(text, start, at - 1) != 0 ||
        (!ispunct((unsigned char)text[at - 1]) && text[at - 1] != '\t') || text[at - 1] == '"')
        return 0;
    at += at < n && text[at] == '\r';
    if (at < n && text[at] != '\n')
        return 0;
    csv_set_delim(&t->parser, (unsigned char)text[strlen(start)]);
    t->has_delimiter = true;
    t->line++;
    return at < n ? at + 1 : n;
}

static void take_text(struct csv_table *t, const char *text, size_t n)
{
    size_t stated = t->has_delimiter ? 0 : stated_delimiter(t, text, n);
    if (stated)
        text += stated, n -= stated;
    if (!t->has_delimiter)
        choose_delimiter(t, text, n);
    while (n && t->status == STATUS_OK) {
        const char *end = memchr(text, '\n', n);
        size_t piece = end ? (size_t)(end - text) + 1 : n;
        take_piece(t, text, piece);
        text += piece;
        n -= piece;
    }
}

static void read_all(struct csv_table *t, struct input *in, const struct report_sink *sink)
{
    struct buf text;
    bool is_last = false;
    buf_init(&text, 8 * INPUT_CHUNK);
    while (t->status == STATUS_OK && !is_last) {
        buf_clear(&text);
        fail(t, input_read(in, &text, &is_last, t->err));
        take_text(t, text.data, text.len);
        if (t->status == STATUS_OK && sink->tick)
            fail(t, sink->tick(sink->arg, t->err));
    }
    if (t->parser.quoted && t->parser.pstate == CSV_IN_FIELD)
        fault(t, t->row_line, tr("quote is not closed"));
    if (t->status == STATUS_OK && csv_fini(&t->parser, on_cell, on_row, t) != 0)
        no_memory(t);
    buf_release(&text);
}

enum status read_csv(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err)
{
    struct csv_table t = {.max_bytes = options->max_line_bytes, .line = 1, .err = err};
    buf_init(&t.names, COLUMNS_MAX * (COLUMN_NAME_BYTES_MAX + 1));
    t.row = json_object();
    t.status = keyed_reports_open(&t.reports, sink, t.max_bytes, err);
    if (t.status == STATUS_OK && (!t.row || csv_init(&t.parser, 0) != 0))
        no_memory(&t);
    if (t.status == STATUS_OK) {
        read_all(&t, in, sink);
        csv_free(&t.parser);
    }
    json_decref(t.row);
    buf_release(&t.names);
    keyed_reports_close(&t.reports);
    return t.status;
}
