// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/reader.h"

#include <string.h>
#include <strings.h>

#include "common/message.h"
#include "common/utf8.h"
#include "indexer/date.h"
#include "indexer/front_matter.h"
#include "indexer/passage.h"
#include "indexer/stuffing.h"
#include "indexer/title.h"
#include "indexer/wrap.h"
#include "store/schema.h"

const char *const source_format_names[] = {"auto", "text", "markdown", "tsv", "jsonl", "csv",
    "json", "html", "pdf", "doc", "rtf", "docx", "pptx", "xlsx", "odf", "epub", "archive", NULL};

enum source_format source_format_of(const char *name, size_t n)
{
    static const struct {
        const char *ending;
        enum source_format format;
    } endings[] = {{".tsv", FORMAT_TSV}, {".jsonl", FORMAT_JSONL}, {".ndjson", FORMAT_JSONL},
        {".csv", FORMAT_CSV}, {".json", FORMAT_JSON}, {".md", FORMAT_MARKDOWN},
        {".markdown", FORMAT_MARKDOWN}};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t len = strlen(endings[i].ending);
        if (n > len && strncasecmp(name + n - len, endings[i].ending, len) == 0)
            return endings[i].format;
    }
    return FORMAT_TEXT;
}

enum status reader_run(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err)
{
    switch (options->format) {
    case FORMAT_TSV:
        return read_tsv(in, options, sink, err);
    case FORMAT_JSONL:
        return read_jsonl(in, options, sink, err);
    case FORMAT_CSV:
        return read_csv(in, options, sink, err);
    case FORMAT_JSON:
        return read_json(in, options, sink, err);
    default:
        return read_text(in, options, sink, err);
    }
}

static enum status tick(const struct report_sink *sink, struct error *err)
{
    return sink->tick ? sink->tick(sink->arg, err) : STATUS_OK;
}

/* Reads on until *head holds enough to find the title in, or everything. */
static enum status read_head(struct input *in, const struct report_sink *sink, struct buf *head,
    bool *is_last, struct error *err)
{
    enum status status = STATUS_OK;
    while (status == STATUS_OK && !*is_last && head->len < WRAP_SAMPLE) {
        status = input_read(in, head, is_last, err);
        if (status == STATUS_OK)
            status = tick(sink, err);
    }
    return status;
}

/* What the front matter says goes before what the text shows. */
static void take_front(struct report *r, const struct front_matter *front)
{
    if (front->title) {
        r->title = front->title;
        r->title_len = front->title_len <= TITLE_BYTES_MAX
                           ? front->title_len
                           : utf8_floor(front->title, front->title_len, TITLE_BYTES_MAX);
    }
    uint32_t of_title = front->title ? date_find(r->title, r->title_len) : 0;
    if (front->date)
        r->date = front->date;
    else if (date_precision(of_title) > date_precision(r->date))
        r->date = of_title;
}

static enum status begin_text(const struct reader_options *options, const struct report_sink *sink,
    const struct buf *head, struct passage_splitter *splitter, struct error *err)
{
    struct report report = {.id = "", .fields = ""};
    struct front_matter front = {0};
    struct buf title;
    bool is_markdown = options->format == FORMAT_MARKDOWN;
    size_t n = head->len < WRAP_SAMPLE ? head->len : WRAP_SAMPLE;
    if (is_markdown)
        front_matter_find(&front, head->data, n);
    passage_splitter_set_front(splitter, front.len);
    struct title_input from = {head->data + front.len, n - front.len, options->name,
        options->name_len, .is_markdown = is_markdown,
        .seen = front.len ? NULL : passage_splitter_seen(splitter)};
    buf_init(&title, 1 << 20);
    enum status status = STATUS_OK;
    if (title_find(&from, &title, &report.date)) {
        char stuffed[STUFFED_BYTES_MAX];
        report.stuffed_len = stuffing_find(from.head, from.head_len, stuffed);
        report.stuffed = stuffed;
        report.title = title.data;
        report.title_len = title.len;
        take_front(&report, &front);
        status = sink->report(sink->arg, &report, err);
    } else {
        status = error_no_memory(err);
    }
    buf_release(&title);
    return status;
}

static enum status split_text(struct input *in, const struct report_sink *sink,
    struct passage_splitter *splitter, struct buf *text, bool is_last, struct error *err)
{
    enum status status = passage_splitter_feed(splitter, text->data, text->len, is_last, err);
    while (status == STATUS_OK && !is_last) {
        buf_clear(text);
        status = input_read(in, text, &is_last, err);
        if (status == STATUS_OK)
            status = passage_splitter_feed(splitter, text->data, text->len, is_last, err);
        if (status == STATUS_OK)
            status = tick(sink, err);
    }
    return status;
}

enum status read_text(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, struct error *err)
{
    struct passage_splitter *splitter = NULL;
    struct buf text;
    bool is_last = false;
    buf_init(&text, WRAP_SAMPLE + 8 * INPUT_CHUNK);
    enum status status = read_head(in, sink, &text, &is_last, err);
    if (status == STATUS_OK && text.len) {
        status = passage_splitter_open(sink->passage, sink->arg, &splitter, err);
        if (status == STATUS_OK) {
            passage_splitter_begin(splitter, options->format == FORMAT_MARKDOWN, 1);
            status = begin_text(options, sink, &text, splitter, err);
        }
        if (status == STATUS_OK)
            status = split_text(in, sink, splitter, &text, is_last, err);
    }
    passage_splitter_close(splitter);
    buf_release(&text);
    return status;
}

/* What reader_each_line holds of the line it is in. */
struct line_gatherer {
    const struct report_sink *sink;
    line_taker *take;
    void *arg;
    struct buf line;
    size_t max_bytes;
    uint32_t number;
    bool is_too_long;
};

static enum status end_line(struct line_gatherer *g, struct error *err)
{
    size_t n = g->line.len;
    enum status status;
    if (n && g->line.data[n - 1] == '\r')
        n--;
    if (g->is_too_long)
        status = g->sink->fault(g->sink->arg, g->number, tr("the line is too long"), err);
    else
        status = n ? g->take(g->arg, g->line.data, n, g->number, err) : STATUS_OK;
    g->number++;
    g->is_too_long = false;
    buf_clear(&g->line);
    return status;
}

static enum status gather(struct line_gatherer *g, const char *text, size_t n, struct error *err)
{
    enum status status = STATUS_OK;
    while (n && status == STATUS_OK) {
        const char *end = memchr(text, '\n', n);
        size_t part = end ? (size_t)(end - text) : n;
        if (!g->is_too_long && g->line.len + part > g->max_bytes) {
            g->is_too_long = true;
            buf_clear(&g->line);
        }
        if (!g->is_too_long && !buf_append(&g->line, text, part))
            return error_no_memory(err);
        if (end)
            status = end_line(g, err);
        text += part + (end != NULL);
        n -= part + (end != NULL);
    }
    return status;
}

enum status reader_each_line(struct input *in, const struct reader_options *options,
    const struct report_sink *sink, line_taker *take, void *arg, struct error *err)
{
    struct line_gatherer g = {
        .sink = sink, .take = take, .arg = arg, .max_bytes = options->max_line_bytes, .number = 1};
    struct buf text;
    bool is_last = false;
    enum status status = STATUS_OK;
    buf_init(&g.line, g.max_bytes);
    buf_init(&text, 8 * INPUT_CHUNK);
    while (status == STATUS_OK && !is_last) {
        buf_clear(&text);
        status = input_read(in, &text, &is_last, err);
        if (status == STATUS_OK)
            status = gather(&g, text.data, text.len, err);
        if (status == STATUS_OK)
            status = tick(sink, err);
    }
    if (status == STATUS_OK && (g.line.len || g.is_too_long))
        status = end_line(&g, err);
    buf_release(&g.line);
    buf_release(&text);
    return status;
}
