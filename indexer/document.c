// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/document.h"

#include <string.h>
#include <unistd.h>

#include "indexer/date.h"
#include "indexer/passage.h"
#include "indexer/stuffing.h"
#include "indexer/title.h"
#include "indexer/wrap.h"

enum { META_BYTES_MAX = 4096 };

bool document_is_wanted(const struct input *in, enum source_format asked)
{
    if (asked == FORMAT_AUTO)
        return input_document(in) != DOCUMENT_NONE;
    return source_format_kind(asked) != DOCUMENT_NONE;
}

enum status document_open(struct extractor *ex, struct input *in, enum document_kind stated,
    enum encoding encoding, enum document_kind *kind, struct error *err)
{
    struct wire_frame frame;
    int fd;
    enum status status = input_document_fd(in, DOCUMENT_COPY_MAX, &fd, err);
    if (status != STATUS_OK)
        return status;
    status = extractor_begin(ex, fd, stated, encoding, err);
    close(fd);
    if (status == STATUS_OK)
        status = extractor_next(ex, &frame, err);
    if (status != STATUS_OK)
        return status;
    if (frame.type != WIRE_KIND)
        return error_set(err, STATUS_BAD_INPUT, "the parser sent garbage");
    *kind = frame.kind;
    input_set_encoding(in, frame.encoding, frame.certainty);
    return STATUS_OK;
}

enum place_unit document_place_unit(enum document_kind kind)
{
    bool has_pages = kind == DOCUMENT_PDF || kind == DOCUMENT_PPTX || kind == DOCUMENT_XLSX ||
                     kind == DOCUMENT_ODF; /* of sheets and slides; 0 in a text */
    return has_pages ? PLACE_PAGE : PLACE_NONE;
}

/* ---- a report ---- */

struct document_reader {
    const struct reader_options *options;
    const struct report_sink *sink;
    enum document_kind kind;
    struct passage_splitter *splitter;
    struct buf head;  /* the first lines, until the report can begin */
    struct buf hints; /* struct paragraph_hint of each */
    struct buf title, date;
    bool is_begun;
};

static struct paragraph_hint hint_of(const struct block *b)
{
    const bool is_row = b->kind == BLOCK_ROW;
    return (struct paragraph_hint){.page = b->page,
        .level = is_row ? 0 : b->level,
        .is_inline = b->kind == BLOCK_ITEM || is_row,
        .is_row = is_row,
        .begins_table = is_row && b->level,
        .is_note = b->kind == BLOCK_NOTE};
}

/* Does the stated title stand in the text's head? Of a page and of a book it need not; that of office files is often an older one's. */
static bool confirms(const struct buf *head, const struct buf *title)
{
    return title->len && memmem(head->data, head->len, title->data, title->len);
}

/* Sheet1, 工作表1, Sheet1 (2): what a program calls a sheet. */
static bool is_sheet_name(const char *line, size_t n)
{
    static const char *const words[] = {"Sheet", "工作表", "表"};
    size_t at = 0;
    for (size_t i = 0; i < sizeof words / sizeof *words && at == 0; i++)
        if (n >= strlen(words[i]) && memcmp(line, words[i], strlen(words[i])) == 0)
            at = strlen(words[i]);
    while (at && at < n && strchr("0123456789 ()", line[at]))
        at++;
    return at == n;
}

static bool may_be_title(
    const struct document_reader *r, const struct paragraph_hint *hint, const char *line, size_t n)
{
    bool has_sheets = r->kind == DOCUMENT_XLSX || r->kind == DOCUMENT_ODF;
    return !hint->is_row && !hint->is_note &&
           !(has_sheets && hint->page && hint->level == 1 && is_sheet_name(line, n));
}

/* The title, from the head without rows of tables, notes and names of sheets; the date, from all of it. */
static bool find_title(struct document_reader *r, struct buf *title, uint32_t *date)
{
    struct buf rest;
    const char *at = r->head.data, *end = at + r->head.len;
    struct title_input from = {r->head.data, r->head.len < WRAP_SAMPLE ? r->head.len : WRAP_SAMPLE,
        r->options->name, r->options->name_len, .is_markdown = false};
    bool ok = title_find(&from, title, date);
    buf_init(&rest, r->head.len + 1);
    for (size_t i = 0; at < end && ok; i++) {
        struct paragraph_hint hint;
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        memcpy(&hint, r->hints.data + i * sizeof hint, sizeof hint);
        if (may_be_title(r, &hint, at, (size_t)(line_end - at)))
            ok = buf_append(&rest, at, (size_t)(line_end + 1 - at));
        at = line_end + 1;
    }
    if (ok && rest.len < r->head.len) {
        uint32_t ignored;
        from.head = rest.len ? rest.data : "";
        from.head_len = rest.len < WRAP_SAMPLE ? rest.len : WRAP_SAMPLE;
        ok = title_find(&from, title, &ignored);
    }
    buf_release(&rest);
    return ok;
}

static enum status begin_report(struct document_reader *r, struct error *err)
{
    struct report report = {.id = "", .fields = ""};
    struct buf found;
    const size_t n_head = r->head.len < WRAP_SAMPLE ? r->head.len : WRAP_SAMPLE;
    buf_init(&found, 1 << 20);
    if (!find_title(r, &found, &report.date)) {
        buf_release(&found);
        return error_no_memory(err);
    }
    char stuffed[STUFFED_BYTES_MAX];
    report.stuffed_len = stuffing_find(r->head.data, n_head, stuffed);
    report.stuffed = stuffed;
    bool is_stated =
        r->title.len <= TITLE_BYTES_MAX && r->title.len > 0 &&
        (r->kind == DOCUMENT_HTML || r->kind == DOCUMENT_EPUB || confirms(&r->head, &r->title));
    report.title = is_stated ? r->title.data : found.data;
    report.title_len = is_stated ? r->title.len : found.len;
    uint32_t date = r->date.len ? date_find(r->date.data, r->date.len) : 0;
    if (date_precision(date) > date_precision(report.date))
        report.date = date;
    enum status status = r->sink->report(r->sink->arg, &report, err);
    buf_release(&found);
    if (status == STATUS_OK)
        status = passage_splitter_open(r->sink->passage, r->sink->arg, &r->splitter, err);
    if (status == STATUS_OK)
        passage_splitter_begin_document(r->splitter);
    r->is_begun = true;
    return status;
}

static enum status replay_head(struct document_reader *r, struct error *err)
{
    enum status status = begin_report(r, err);
    const char *at = r->head.data, *end = at + r->head.len;
    for (size_t i = 0; status == STATUS_OK && at < end; i++) {
        struct paragraph_hint hint;
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        memcpy(&hint, r->hints.data + i * sizeof hint, sizeof hint);
        status = passage_splitter_paragraph(r->splitter, &hint, at, (size_t)(line_end - at), err);
        at = line_end + 1;
    }
    return status;
}

static enum status take_block(struct document_reader *r, const struct block *b, struct error *err)
{
    const struct paragraph_hint hint = hint_of(b);
    if (r->is_begun)
        return passage_splitter_paragraph(r->splitter, &hint, b->text, b->n, err);
    if (!buf_append(&r->head, b->text, b->n) || !buf_append_byte(&r->head, '\n') ||
        !buf_append(&r->hints, &hint, sizeof hint))
        return error_no_memory(err);
    return r->head.len < WRAP_SAMPLE ? STATUS_OK : replay_head(r, err);
}

static enum status take_meta(
    struct document_reader *r, const struct wire_frame *f, struct error *err)
{
    struct buf *to = f->meta == META_TITLE ? &r->title : f->meta == META_DATE ? &r->date : NULL;
    if (!to || to->len || f->n > META_BYTES_MAX)
        return STATUS_OK;
    return buf_append(to, f->text, f->n) ? STATUS_OK : error_no_memory(err);
}

static enum status read_frames(struct document_reader *r, struct extractor *ex, struct error *err)
{
    for (;;) {
        struct wire_frame frame;
        enum status status = extractor_next(ex, &frame, err);
        if (status != STATUS_OK || frame.type == WIRE_END)
            return status;
        if (frame.type == WIRE_BLOCK)
            status = take_block(r, &frame.block, err);
        else if (frame.type == WIRE_META)
            status = take_meta(r, &frame, err);
        else
            status = error_set(err, STATUS_BAD_INPUT, "the parser sent garbage");
        if (status == STATUS_OK && r->sink->tick)
            status = r->sink->tick(r->sink->arg, err);
        if (status != STATUS_OK)
            return status;
    }
}

static enum status finish_report(struct document_reader *r, struct error *err)
{
    if (!r->is_begun && r->head.len == 0)
        return error_set(err, STATUS_BAD_INPUT, "holds no text");
    enum status status = r->is_begun ? STATUS_OK : replay_head(r, err);
    return status == STATUS_OK ? passage_splitter_end(r->splitter, err) : status;
}

enum status document_read(struct extractor *ex, enum document_kind kind,
    const struct reader_options *options, const struct report_sink *sink, struct error *err)
{
    struct document_reader r = {.options = options, .sink = sink, .kind = kind};
    buf_init(&r.head, WRAP_SAMPLE + BLOCK_BYTES_MAX + 1);
    buf_init(&r.hints, (WRAP_SAMPLE + 1) * sizeof(struct paragraph_hint));
    buf_init(&r.title, META_BYTES_MAX);
    buf_init(&r.date, META_BYTES_MAX);
    enum status status = read_frames(&r, ex, err);
    if (status == STATUS_OK)
        status = finish_report(&r, err);
    extractor_end(ex);
    passage_splitter_close(r.splitter);
    buf_release(&r.head);
    buf_release(&r.hints);
    buf_release(&r.title);
    buf_release(&r.date);
    return status;
}

/* ---- an archive ---- */

struct member_stream {
    struct extractor *ex;
    struct wire_frame frame; /* the next that is not data of the member at work */
    const char *rest;        /* of the data frame at hand */
    size_t n_rest;
    bool is_whole; /* that member came to its end */
    bool is_at_end;
};

static enum status pull(void *arg, char *out, size_t n, size_t *got, struct error *err)
{
    struct member_stream *m = arg;
    *got = 0;
    while (!m->is_at_end && !m->is_whole && m->n_rest == 0) {
        enum status status = extractor_next(m->ex, &m->frame, err);
        if (status != STATUS_OK)
            return status;
        if (m->frame.type == WIRE_FAULT)
            return error_set(err, STATUS_BAD_INPUT, "%.*s", (int)m->frame.n, m->frame.text);
        m->is_at_end = m->frame.type != WIRE_DATA;
        m->is_whole = !m->is_at_end && m->frame.n == 0;
        m->rest = m->is_at_end ? NULL : m->frame.text;
        m->n_rest = m->is_at_end ? 0 : m->frame.n;
    }
    *got = n < m->n_rest ? n : m->n_rest;
    if (*got == 0)
        return STATUS_OK;
    memcpy(out, m->rest, *got);
    m->rest += *got;
    m->n_rest -= *got;
    return STATUS_OK;
}

/* What take left unread. */
static enum status skip_member(struct member_stream *m, struct error *err)
{
    enum status status = STATUS_OK;
    m->n_rest = 0;
    while (status == STATUS_OK && !m->is_at_end) {
        status = extractor_next(m->ex, &m->frame, err);
        m->is_at_end =
            status == STATUS_OK && m->frame.type != WIRE_DATA && m->frame.type != WIRE_FAULT;
    }
    return status;
}

static enum status take_one(
    struct member_stream *m, member_taker *take, void *arg, struct error *err)
{
    char name[WIRE_NAME_MAX];
    size_t n = m->frame.n;
    struct input *in;
    memcpy(name, m->frame.text, n);
    m->is_at_end = m->is_whole = false;
    m->n_rest = 0;
    enum status status = input_open_pull(pull, m, &in, err);
    if (status != STATUS_OK)
        return status;
    status = take(arg, name, n, in, err);
    input_close(in);
    return status == STATUS_OK ? skip_member(m, err) : status;
}

enum status document_each_member(
    struct extractor *ex, member_taker *take, void *arg, struct error *err)
{
    struct member_stream m = {.ex = ex};
    enum status status = extractor_next(ex, &m.frame, err);
    while (status == STATUS_OK && m.frame.type == WIRE_MEMBER)
        status = take_one(&m, take, arg, err);
    if (status == STATUS_OK && m.frame.type != WIRE_END)
        status = error_set(err, STATUS_BAD_INPUT, "the parser sent garbage");
    extractor_end(ex);
    return status;
}
