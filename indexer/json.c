// SPDX-License-Identifier: GPL-2.0-or-later
/* A JSON file: an object, or an array of objects, each a report (reader.h, keyed_report.h).
 *
 * Objects are cut out of the stream by their brackets and parsed one by one, so that an array may be longer than memory:
 * outside of strings { and } are counted; between two objects stand [ ] , and blanks. An object that jansson refuses is a
 * fault, and so is anything else, once up to the next comma or object. */
#include "common/json.h"
#include "common/message.h"
#include "indexer/keyed_report.h"

struct json_reading {
    struct keyed_reports reports;
    struct buf object; /* the one under way */
    size_t max_bytes, depth;
    uint32_t line;
    long n_open; /* arrays around it */
    bool is_in_string, is_escaped, is_too_long, is_in_garbage;
};

static enum status end_object(struct json_reading *r, struct error *err)
{
    if (r->is_too_long)
        return keyed_reports_fault(&r->reports, tr("the object is too long"), err);
    json_t *object = json_read(r->object.data, r->object.len);
    enum status status = object ? keyed_reports_take_any(&r->reports, object, err)
                                : keyed_reports_fault(&r->reports, tr("not JSON"), err);
    json_decref(object);
    return status;
}

/* Is c part of a string, its quotes included? */
static bool is_of_string(struct json_reading *r, char c)
{
    bool was_in_string = r->is_in_string;
    if (r->is_escaped)
        r->is_escaped = false;
    else if (r->is_in_string && c == '\\')
        r->is_escaped = true;
    else if (c == '"')
        r->is_in_string = !r->is_in_string;
    return was_in_string || r->is_in_string;
}

static enum status take_inside(struct json_reading *r, char c, struct error *err)
{
    r->is_too_long |= r->object.len >= r->max_bytes;
    if (!r->is_too_long && !buf_append_byte(&r->object, c))
        return error_no_memory(err);
    if (is_of_string(r, c))
        return STATUS_OK;
    r->depth += c == '{';
    return c == '}' && --r->depth == 0 ? end_object(r, err) : STATUS_OK;
}

static enum status take_between(struct json_reading *r, char c, struct error *err)
{
    switch (is_of_string(r, c) ? '"' : c) {
    case '{':
        buf_clear(&r->object);
        r->is_too_long = r->is_in_garbage = false;
        r->reports.line = r->line;
        return take_inside(r, c, err); /* counts it */
    case '[':
    case ']':
        r->n_open += c == '[' ? 1 : -1;
        return STATUS_OK;
    case ',':
        r->is_in_garbage = false;
        return STATUS_OK;
    case ' ':
    case '\t':
    case '\r':
    case '\n':
        return STATUS_OK;
    default:
        if (r->is_in_garbage)
            return STATUS_OK;
        r->is_in_garbage = true;
        r->reports.line = r->line;
        return keyed_reports_fault(&r->reports, tr("not a JSON object"), err);
    }
}

static enum status take_text(struct json_reading *r, const char *text, size_t n, struct error *err)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < n && status == STATUS_OK; i++) {
        status = r->depth ? take_inside(r, text[i], err) : take_between(r, text[i], err);
        r->line += text[i] == '\n';
    }
    return status;
}

static enum status take_end(struct json_reading *r, struct error *err)
{
    if (r->depth == 0 && r->n_open == 0)
        return STATUS_OK;
    r->reports.line = r->depth ? r->reports.line : r->line;
    return keyed_reports_fault(&r->reports,
        r->depth ? tr("the file ends within an object") : tr("the brackets do not match"), err);
}

enum status read_json(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err)
{
    struct json_reading r = {.max_bytes = options->max_line_bytes, .line = 1};
    struct buf text;
    bool is_last = false;
    buf_init(&text, 8 * INPUT_CHUNK);
    enum status status = keyed_reports_open(&r.reports, sink, r.max_bytes, err);
    buf_init(&r.object, r.max_bytes);
    while (status == STATUS_OK && !is_last) {
        buf_clear(&text);
        status = input_read(in, &text, &is_last, err);
        if (status == STATUS_OK)
            status = take_text(&r, text.data, text.len, err);
        if (status == STATUS_OK && sink->tick)
            status = sink->tick(sink->arg, err);
    }
    if (status == STATUS_OK)
        status = take_end(&r, err);
    keyed_reports_close(&r.reports);
    buf_release(&r.object);
    buf_release(&text);
    return status;
}
