// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/keyed_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/json.h"
#include "common/message.h"
#include "common/utf8.h"
#include "indexer/date.h"
#include "indexer/passage.h"
#include "indexer/stuffing.h"
#include "indexer/title.h"
#include "store/schema.h"

enum { YEAR_KEY_MIN = 1900, YEAR_KEY_MAX = 2100 };

static const char *const our_names[] = {"id", "title", "text", "date"};
enum { N_OUR_NAMES = sizeof our_names / sizeof *our_names };

/* All passages of a record stand on its line, whatever lines its text has. */
static enum status give_passage(void *arg, const struct passage *p, struct error *err)
{
    struct keyed_reports *k = arg;
    struct passage here = *p;
    here.line = k->line;
    return k->sink->passage(k->sink->arg, &here, err);
}

enum status keyed_reports_fault(struct keyed_reports *k, const char *what, struct error *err)
{
    return k->sink->fault(k->sink->arg, k->line, what, err);
}

/* A string, or a number, whole where a column with gaps made 7.0 of it; false for anything else. */
static bool text_of(struct keyed_reports *k, const json_t *value, const char **text, size_t *n)
{
    if (json_is_string(value)) {
        *text = json_string_value(value);
        *n = json_string_length(value);
        return true;
    }
    if (!json_is_number(value))
        return false;
    *n = json_is_real(value)
             ? (size_t)snprintf(k->number, sizeof k->number, "%.15g", json_real_value(value))
             : (size_t)snprintf(
                   k->number, sizeof k->number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    *text = k->number;
    return true;
}

/* 2024, 20240118, and 2024.0, as a column with gaps becomes. */
static uint32_t date_of_number(const json_t *value)
{
    char digits[32];
    double number = json_number_value(value);
    if (!(number >= 0 && number < 1e9) || number != (double)(int64_t)number)
        return 0;
    int n = snprintf(digits, sizeof digits, "%" PRId64, (int64_t)number);
    return date_find_in_name(digits, (size_t)n);
}

/* What "date" says, else what "year" says; 0 for neither. */
static uint32_t given_date(const json_t *object)
{
    const json_t *date = json_object_get(object, "date"), *year = json_object_get(object, "year");
    uint32_t given = 0;
    if (json_is_string(date))
        given = date_find_in_name(json_string_value(date), json_string_length(date));
    else
        given = date_of_number(date);
    if (given)
        return given;
    if (json_is_string(year))
        given = date_find_in_name(json_string_value(year), json_string_length(year));
    else
        given = date_of_number(year);
    unsigned value = schema_date_year(given);
    return value >= YEAR_KEY_MIN && value <= YEAR_KEY_MAX ? schema_date(value, 0, 0) : 0;
}

/* Title and date: those given, else what the text shows. */
static bool describe(
    struct keyed_reports *k, const json_t *object, const char *text, size_t n, struct report *r)
{
    const char *title = json_string_value(json_object_get(object, "title"));
    struct title_input from = {
        text, n < 64 * 1024 ? n : 64 * 1024, r->id, r->id_len, .is_record = true};
    if (!title_find(&from, &k->title, &r->date))
        return false;
    r->stuffed_len = stuffing_find(from.head, from.head_len, k->stuffed);
    r->stuffed = k->stuffed;
    r->title = k->title.data;
    r->title_len = k->title.len;
    if (title && title[0]) {
        r->title = title;
        r->title_len = strlen(title);
        if (r->title_len > TITLE_BYTES_MAX)
            r->title_len = utf8_floor(title, r->title_len, TITLE_BYTES_MAX);
        uint32_t of_title = date_find(r->title, r->title_len);
        if (date_precision(of_title) > date_precision(r->date))
            r->date = of_title;
    }
    uint32_t given = given_date(object);
    r->date = given ? given : r->date;
    return true;
}

/* Drops the fields that find no room behind those before them; true where there were any. */
static bool cut_fields(json_t *object)
{
    /* Bytes a byte of a name takes at most, and what stands around both. */
    enum { ESCAPED = 6, MARKS = 4 };
    const char *key;
    json_t *value;
    void *next;
    size_t size = 2;
    bool is_cut = false;
    json_object_foreach_safe(object, next, key, value)
    {
        size_t more = ESCAPED * strlen(key) + MARKS +
                      json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY);
        if (more > RECORD_FIELDS_BYTES_MAX - size) {
            json_object_del(object, key);
            is_cut = true;
        } else {
            size += more;
        }
    }
    return is_cut;
}

/* The keys that are not ours, as JSON text; "" when there are none, NULL when memory is out. *out
 * is freed by the caller. */
static const char *dump_fields(json_t *object, char **out)
{
    *out = NULL;
    if (json_object_size(object) == 0)
        return "";
    return *out = json_dumps(object, JSON_COMPACT);
}

static enum status give_report(
    struct keyed_reports *k, struct report *r, const char *text, size_t n, struct error *err)
{
    enum status status = k->sink->report(k->sink->arg, r, err);
    if (status != STATUS_OK)
        return status;
    passage_splitter_begin(k->splitter, false, k->line);
    return passage_splitter_feed(k->splitter, text, n, true, err);
}

enum status keyed_reports_take(struct keyed_reports *k, const json_t *object, struct error *err)
{
    const json_t *text = json_object_get(object, "text"), *id = json_object_get(object, "id");
    struct report r = {.id = k->number};
    char *fields;
    if (!json_is_string(text) || json_string_length(text) == 0)
        return keyed_reports_fault(k, tr("no \"text\""), err);
    if (!id || json_is_null(id) || (json_is_string(id) && json_string_length(id) == 0))
        r.id_len = (size_t)snprintf(k->number, sizeof k->number, "%u", k->line);
    else if (!text_of(k, id, &r.id, &r.id_len) || r.id_len > TITLE_BYTES_MAX)
        return keyed_reports_fault(k, tr("\"id\" is neither a short text nor a number"), err);
    if (!describe(k, object, json_string_value(text), json_string_length(text), &r))
        return error_no_memory(err);
    /* What the report borrows must outlive the keys taken off the object. */
    json_t *kept = json_copy((json_t *)object); /* a shallow one, which only counts references */
    if (!kept)
        return error_no_memory(err);
    for (size_t i = 0; i < N_OUR_NAMES; i++)
        json_object_del(kept, our_names[i]);
    enum status status = STATUS_OK;
    r.fields = dump_fields(kept, &fields);
    if (r.fields && strlen(r.fields) > RECORD_FIELDS_BYTES_MAX && cut_fields(kept)) {
        free(fields);
        r.fields = dump_fields(kept, &fields);
        status = keyed_reports_fault(k, tr("fields left out: they are too long"), err);
    }
    r.fields_len = r.fields ? strlen(r.fields) : 0;
    if (!r.fields)
        status = error_no_memory(err);
    else if (status == STATUS_OK)
        status = give_report(k, &r, json_string_value(text), json_string_length(text), err);
    free(fields);
    json_decref(kept);
    return status;
}

/* ---- under the names that people give ---- */

/* The first of each row is ours; the others, in the order in which they are believed. */
static const char *const known_names[N_OUR_NAMES][14] = {
    {"id", "编号", "編號", "序号", "序號"},
    {"title", "标题", "標題", "题名", "題名", "题目", "題目", "名称", "名稱"},
    {"text", "正文", "全文", "内容", "內容", "文本", "content", "body"},
    {"date", "日期", "发布日期", "發布日期", "发布时间", "發布時間", "成文日期", "时间", "時間",
        "pubdate", "publish_date", "published"},
};

const char *keyed_report_name(const char *name, size_t n)
{
    for (size_t i = 0; i < N_OUR_NAMES; i++)
        for (size_t j = 0; known_names[i][j]; j++)
            if (strlen(known_names[i][j]) == n && strncasecmp(known_names[i][j], name, n) == 0)
                return our_names[i];
    return NULL;
}

/* Moves what stands under another name to ours. */
static bool rename_keys(json_t *object)
{
    for (size_t i = 0; i < N_OUR_NAMES; i++) {
        for (size_t j = 0; known_names[i][j] && !json_object_get(object, our_names[i]); j++) {
            const char *key;
            json_t *value;
            json_object_foreach(object, key, value)
            {
                if (strcasecmp(key, known_names[i][j]) != 0 || json_is_null(value))
                    continue;
                if (json_object_set(object, our_names[i], value) != 0)
                    return false;
                json_object_del(object, key);
                break;
            }
        }
    }
    return true;
}

/* Appends "name: value" and a line end. */
static bool put_line(struct buf *out, const char *name, const json_t *value)
{
    char *dumped = NULL;
    const char *text = json_string_value(value);
    size_t n = json_string_length(value);
    if (json_is_null(value) || (text && n == 0))
        return true;
    if (!text && !(text = dumped = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT)))
        return false;
    bool ok = buf_append_str(out, name) && buf_append_str(out, ": ") &&
              buf_append(out, text, dumped ? strlen(dumped) : n) && buf_append_byte(out, '\n');
    free(dumped);
    return ok;
}

static bool has_text(const json_t *object)
{
    return json_string_length(json_object_get(object, "text")) > 0;
}

enum status keyed_reports_take_any(struct keyed_reports *k, json_t *object, struct error *err)
{
    const char *key;
    json_t *value;
    bool ok = true;
    buf_clear(&k->lines);
    json_object_foreach(object, key, value) ok = ok && put_line(&k->lines, key, value);
    if (ok && k->lines.len == 0)
        return STATUS_OK;
    ok = ok && rename_keys(object);
    if (ok && !has_text(object))
        ok = json_object_set_new(object, "text", json_text(k->lines.data, k->lines.len)) == 0;
    return ok ? keyed_reports_take(k, object, err) : error_no_memory(err);
}

enum status keyed_reports_open(
    struct keyed_reports *k, const struct report_sink *sink, size_t max_bytes, struct error *err)
{
    *k = (struct keyed_reports){.sink = sink};
    buf_init(&k->title, 1 << 20);
    buf_init(&k->lines, 2 * max_bytes);
    return passage_splitter_open(give_passage, k, &k->splitter, err);
}

void keyed_reports_close(struct keyed_reports *k)
{
    passage_splitter_close(k->splitter);
    buf_release(&k->title);
    buf_release(&k->lines);
}
