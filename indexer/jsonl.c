// SPDX-License-Identifier: GPL-2.0-or-later
/* One JSON object a line (reader.h). "id" may be a string or an integer, and is the line's number
 * where it is missing; "date" anything date.h reads. "year" is the date where there is no other, and
 * stays a field. Only "text" must be there. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/message.h"
#include "common/utf8.h"
#include "indexer/date.h"
#include "indexer/passage.h"
#include "indexer/reader.h"
#include "indexer/title.h"
#include "store/schema.h"

enum { YEAR_KEY_MIN = 1900, YEAR_KEY_MAX = 2100 };

struct jsonl {
    const struct report_sink *sink;
    struct passage_splitter *splitter;
    struct buf title;
    uint32_t line;
    char number[32]; /* an id that is a number */
};

/* All passages of a record stand on its line, whatever lines its text has. */
static enum status give_passage(void *arg, const struct passage *p, struct error *err)
{
    struct jsonl *j = arg;
    struct passage here = *p;
    here.line = j->line;
    return j->sink->passage(j->sink->arg, &here, err);
}

static enum status fault(struct jsonl *j, const char *what, struct error *err)
{
    return j->sink->fault(j->sink->arg, j->line, what, err);
}

/* A string, or an integer as it is written; false for anything else. */
static bool text_of(struct jsonl *j, const json_t *value, const char **text, size_t *n)
{
    if (json_is_string(value)) {
        *text = json_string_value(value);
        *n = json_string_length(value);
        return true;
    }
    if (!json_is_integer(value))
        return false;
    *n = (size_t)snprintf(
        j->number, sizeof j->number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    *text = j->number;
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
    struct jsonl *j, const json_t *object, const char *text, size_t n, struct report *r)
{
    const char *title = json_string_value(json_object_get(object, "title"));
    struct title_input from = {
        text, n < 64 * 1024 ? n : 64 * 1024, r->id, r->id_len, .is_record = true};
    if (!title_find(&from, &j->title, &r->date))
        return false;
    r->title = j->title.data;
    r->title_len = j->title.len;
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

/* The keys that are not ours, as JSON text; "" when there are none, NULL when memory is out. *out
 * is freed by the caller. */
static const char *dump_fields(json_t *object, char **out)
{
    static const char *const ours[] = {"id", "title", "text", "date"};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++)
        json_object_del(object, ours[i]);
    *out = NULL;
    if (json_object_size(object) == 0)
        return "";
    return *out = json_dumps(object, JSON_COMPACT);
}

static enum status give_report(
    struct jsonl *j, struct report *r, const char *text, size_t n, struct error *err)
{
    enum status status = j->sink->report(j->sink->arg, r, err);
    if (status != STATUS_OK)
        return status;
    passage_splitter_begin(j->splitter, false, j->line);
    return passage_splitter_feed(j->splitter, text, n, true, err);
}

static enum status take_object(struct jsonl *j, json_t *object, struct error *err)
{
    json_t *text = json_object_get(object, "text");
    const json_t *id = json_object_get(object, "id");
    struct report r = {.id = j->number};
    char *fields;
    if (!json_is_string(text) || json_string_length(text) == 0)
        return fault(j, tr("no \"text\""), err);
    if (!id)
        r.id_len = (size_t)snprintf(j->number, sizeof j->number, "%u", j->line);
    else if (!text_of(j, id, &r.id, &r.id_len) || r.id_len == 0 || r.id_len > TITLE_BYTES_MAX)
        return fault(j, tr("\"id\" is neither a short text nor a whole number"), err);
    if (!describe(j, object, json_string_value(text), json_string_length(text), &r))
        return error_no_memory(err);
    /* What the report borrows must outlive the keys taken off the object. */
    json_t *kept = json_copy(object);
    if (!kept)
        return error_no_memory(err);
    r.fields = dump_fields(kept, &fields);
    r.fields_len = r.fields ? strlen(r.fields) : 0;
    enum status status;
    if (!r.fields)
        status = error_no_memory(err);
    else if (r.fields_len > FIELDS_BYTES_MAX)
        status = fault(j, tr("the fields are too long"), err);
    else
        status = give_report(j, &r, json_string_value(text), json_string_length(text), err);
    free(fields);
    json_decref(kept);
    return status;
}

static enum status take_line(
    void *arg, const char *line, size_t n, uint32_t number, struct error *err)
{
    struct jsonl *j = arg;
    json_error_t why;
    j->line = number;
    while (n && (line[0] == ' ' || line[0] == '\t'))
        line++, n--;
    if (n == 0)
        return STATUS_OK;
    json_t *object = json_loadb(line, n, 0, &why);
    if (!json_is_object(object)) {
        json_decref(object);
        return fault(j, object ? tr("not a JSON object") : tr("not JSON"), err);
    }
    enum status status = take_object(j, object, err);
    json_decref(object);
    return status;
}

enum status read_jsonl(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err)
{
    struct jsonl j = {.sink = sink};
    buf_init(&j.title, 1 << 20);
    enum status status = passage_splitter_open(give_passage, &j, &j.splitter, err);
    if (status == STATUS_OK)
        status = reader_each_line(in, options, sink, take_line, &j, err);
    passage_splitter_close(j.splitter);
    buf_release(&j.title);
    return status;
}
