// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/block_writer.h"

#include <string.h>

#include "common/message.h"
#include "common/utf8.h"
#include "extract/numbering.h"

/* Text waits in a buf of a block and one more piece; a row holds a few of them. */
enum { ROW_BYTES_MAX = 8 * BLOCK_BYTES_MAX, TEXT_BYTES_MAX = BLOCK_BYTES_MAX + UTF8_MAX_BYTES + 1 };

void block_writer_init(struct block_writer *w, const struct document_sink *sink, struct error *err)
{
    *w = (struct block_writer){.sink = sink, .err = err};
    buf_init(&w->text, TEXT_BYTES_MAX);
    buf_init(&w->row, ROW_BYTES_MAX);
    for (unsigned i = 0; i < BLOCK_ASIDE_MAX; i++)
        buf_init(&w->aside[i], TEXT_BYTES_MAX);
}

void block_writer_release(struct block_writer *w)
{
    buf_release(&w->text);
    buf_release(&w->row);
    for (unsigned i = 0; i < BLOCK_ASIDE_MAX; i++)
        buf_release(&w->aside[i]);
}

void block_fail(struct block_writer *w, enum status s, const char *message)
{
    if (w->status == STATUS_OK)
        w->status = error_set(w->err, s, "%s", tr(message));
}

void block_need(struct block_writer *w, bool ok)
{
    if (!ok && w->status == STATUS_OK)
        w->status = error_no_memory(w->err);
}

static void send(
    struct block_writer *w, enum block_kind kind, unsigned level, const char *text, size_t n)
{
    kind = w->is_note ? BLOCK_NOTE : kind;
    const bool is_first_row = kind == BLOCK_ROW && !w->is_table_open;
    struct block b = {.kind = kind,
        .level = (uint8_t)(kind == BLOCK_HEADING ? level : is_first_row),
        .page = w->text_page,
        .text = text,
        .n = n};
    if (w->status != STATUS_OK || n == 0)
        return;
    w->status = w->sink->block(w->sink->arg, &b, w->err);
    w->is_table_open = kind == BLOCK_ROW || (w->is_table_open && w->row_depth);
    w->n_blocks++;
}

static bool is_space(uint32_t c)
{
    return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || (c >= 0x2000 && c <= 0x200A) ||
           (c >= 0x2028 && c <= 0x2029) || c == 0x202F || c == 0x205F || c == 0x3000;
}

/* One character, or one broken byte, of n bytes at s; a run of spaces is one blank that waits, or the
 * ends of n_due pages that do. */
static bool put_char(
    struct buf *out, char *due, unsigned n_due, const char *s, size_t n, uint32_t c)
{
    if (c == 0xFEFF || c == 0xAD) /* marks for the eye of a layouter */
        return true;
    if (is_space(c)) {
        if (out->len && !*due)
            *due = ' ';
        return true;
    }
    for (unsigned i = 0; *due && i < n_due; i++)
        if (!buf_append_byte(out, *due))
            return false;
    *due = 0;
    return c == UTF8_INVALID ? buf_append_str(out, "\xEF\xBF\xBD") : buf_append(out, s, n);
}

void block_text(struct block_writer *w, const char *text, size_t n)
{
    if (w->status != STATUS_OK)
        return;
    for (size_t at = 0, len; at < n; at += len) {
        uint32_t c;
        len = utf8_step(text + at, n - at, &c);
        if (w->text.len + 1 + BLOCK_EMPTY_PAGES_MAX + UTF8_MAX_BYTES > BLOCK_BYTES_MAX)
            block_end(w, BLOCK_TEXT, 0);
        if (w->text.len == 0 && !is_space(c))
            w->text_page = w->page;
        unsigned n_due = w->due == BLOCK_PAGE_END ? w->n_pages_due : 1;
        if (!put_char(&w->text, &w->due, n_due, text + at, len, c)) {
            block_need(w, false);
            return;
        }
    }
}

void block_drop(struct block_writer *w)
{
    buf_clear(&w->text);
    w->due = 0;
}

void block_next_page(struct block_writer *w)
{
    w->page++;
    if (w->text.len == 0)
        return;
    w->n_pages_due = w->due == BLOCK_PAGE_END ? w->n_pages_due + 1 : 1;
    w->due = BLOCK_PAGE_END;
}

/* The paragraphs of a row of one cell. */
static void send_paragraphs(struct block_writer *w)
{
    const char *at = w->row.data, *end = at + w->row.len;
    while (at < end && *at != '\t') {
        const char *line_end = memchr(at + 2, '\n', (size_t)(end - at) - 2);
        send(w, (enum block_kind)(at[0] - '0'), (unsigned)(at[1] - '0'), at + 2,
            (size_t)(line_end - at) - 2);
        at = line_end + 1;
    }
}

/* "cell | cell"; empty cells count, but for those at the end. */
static void send_cells(struct block_writer *w)
{
    struct buf line;
    const char *at = w->row.data, *end = at + w->row.len;
    bool is_first = true, ok = true;
    buf_init(&line, 3 * w->row.max);
    while (at < end && ok) {
        if (*at == '\t') {
            ok = buf_append_str(&line, line.len && line.data[line.len - 1] == ' ' ? "| " : " | ");
            is_first = true;
            at++;
            continue;
        }
        const char *line_end = memchr(at + 2, '\n', (size_t)(end - at) - 2);
        ok = (is_first || buf_append_byte(&line, ' ')) &&
             buf_append(&line, at + 2, (size_t)(line_end - at) - 2);
        is_first = false;
        at = line_end + 1;
    }
    size_t n = line.len;
    while (n && (line.data[n - 1] == ' ' || line.data[n - 1] == '|'))
        n--;
    block_need(w, ok);
    size_t from = n && line.data[0] == ' ' ? 1 : 0;
    while (n - from > BLOCK_BYTES_MAX) {
        size_t cut = utf8_floor(line.data + from, n - from, BLOCK_BYTES_MAX);
        send(w, BLOCK_ROW, 0, line.data + from, cut);
        from += cut;
    }
    send(w, BLOCK_ROW, 0, line.data + from, n - from);
    buf_release(&line);
}

static void send_row(struct block_writer *w)
{
    const char *tab = w->row.len ? memchr(w->row.data, '\t', w->row.len) : NULL;
    if (tab && tab + 1 < w->row.data + w->row.len)
        send_cells(w);
    else if (w->row.len)
        send_paragraphs(w);
    buf_clear(&w->row);
}

void block_end(struct block_writer *w, enum block_kind kind, unsigned level)
{
    if (kind == BLOCK_HEADING)
        level = level < 1 ? 1 : level > 9 ? 9 : level;
    if (w->row_depth && w->text.len) {
        if (w->row.len + w->text.len + 3 > w->row.max)
            send_row(w);
        block_need(w, buf_append_byte(&w->row, (char)('0' + kind)) &&
                          buf_append_byte(&w->row, (char)('0' + level)) &&
                          buf_append(&w->row, w->text.data, w->text.len) &&
                          buf_append_byte(&w->row, '\n'));
    } else {
        send(w, kind, level, w->text.data, w->text.len);
    }
    block_drop(w);
}

void block_end_outlined(struct block_writer *w, const struct block_outline *is, size_t n_number)
{
    if (n_number && w->text.len <= n_number && !w->row_depth)
        block_drop(w);
    if (is->is_title && !w->has_title && w->text.len) {
        w->has_title = true;
        block_meta(w, META_TITLE, w->text.data, w->text.len);
    }
    if (is->level >= 0 && is->level < 9)
        block_end(w, BLOCK_HEADING, (unsigned)is->level + 1);
    else if (is->is_item && !number_stands(w->text.data, w->text.len))
        block_end(w, BLOCK_ITEM, 0);
    else
        block_end(w, BLOCK_TEXT, 0);
}

void block_lines(struct block_writer *w, struct buf *lines)
{
    const char *end;
    for (size_t at = 0; at < lines->len && (end = memchr(lines->data + at, '\n', lines->len - at));
         at = (size_t)(end - lines->data) + 1) {
        block_text(w, lines->data + at, (size_t)(end - lines->data) - at);
        block_end(w, BLOCK_TEXT, 0);
    }
    buf_clear(lines);
}

void block_set_aside(struct block_writer *w)
{
    if (w->n_aside < BLOCK_ASIDE_MAX) {
        struct buf outer = w->text;
        w->text = w->aside[w->n_aside];
        w->aside[w->n_aside] = outer;
        buf_clear(&w->text);
    }
    w->due = 0;
    w->n_aside++;
}

void block_take_up(struct block_writer *w)
{
    if (w->n_aside == 0)
        return;
    block_end(w, BLOCK_TEXT, 0);
    if (--w->n_aside < BLOCK_ASIDE_MAX) {
        struct buf inner = w->text;
        w->text = w->aside[w->n_aside];
        w->aside[w->n_aside] = inner;
    }
}

void block_table_begin(struct block_writer *w)
{
    block_end(w, BLOCK_TEXT, 0);
    send_row(w); /* of a table around it */
    w->is_table_open = false;
}

void block_row_begin(struct block_writer *w)
{
    block_end(w, BLOCK_TEXT, 0);
    send_row(w);
    if (w->row_depth == 0)
        w->text_page = w->page;
    w->row_depth++;
}

void block_cell_end(struct block_writer *w)
{
    block_end(w, BLOCK_TEXT, 0);
    if (w->row.len == w->row.max)
        send_row(w);
    if (w->row_depth)
        block_need(w, buf_append_byte(&w->row, '\t'));
}

void block_cell_repeat(struct block_writer *w, int times)
{
    size_t end = w->row.len, start = end ? end - 1 : 0;
    while (start && w->row.data[start - 1] != '\t')
        start--;
    for (size_t n = end - start; n && times > 1 && w->row.len + n <= w->row.max; times--)
        block_need(w, buf_reserve(&w->row, n) && buf_append(&w->row, w->row.data + start, n));
}

void block_row_end(struct block_writer *w)
{
    if (w->row_depth == 0)
        return;
    block_end(w, BLOCK_TEXT, 0);
    send_row(w);
    w->row_depth--;
}

void block_meta(struct block_writer *w, enum document_meta what, const char *text, size_t n)
{
    struct buf clean;
    bool ok = true;
    char due = 0;
    buf_init(&clean, 4096);
    for (size_t at = 0, len; at < n && ok && clean.len + 8 < clean.max; at += len) {
        uint32_t c;
        len = utf8_step(text + at, n - at, &c);
        ok = put_char(&clean, &due, 1, text + at, len, c);
    }
    block_need(w, ok);
    if (clean.len && w->status == STATUS_OK)
        w->status = w->sink->meta(w->sink->arg, what, clean.data, clean.len, w->err);
    buf_release(&clean);
}

void block_property(struct block_writer *w, const char *name, const char *text, size_t n)
{
    if (strcmp(name, "Title") == 0)
        block_meta(w, META_TITLE, text, n);
    else if (strcmp(name, "Author") == 0)
        block_meta(w, META_AUTHOR, text, n);
    else if (strcmp(name, "LastSaved") == 0)
        block_meta(w, META_DATE, text, n);
}
