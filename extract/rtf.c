// SPDX-License-Identifier: GPL-2.0-or-later
/* RTF: groups, control words, and bytes in the code page of their font.
 *
 *     {\rtf1\ansi\ansicpg936{\fonttbl{\f0\fcharset134 SimSun;}}\outlinelevel0 \'d2\'bb\'a1\'a2\u24635?\par}
 *
 * gives HEADING 1 "一、总". What a reader of the document sees, once: headers, pictures, instructions of fields (but for
 * eq_field.h), hidden and deleted text are left out; a text box comes before the paragraph it hangs on; notes and comments come
 * behind the text, for which the document is read a second time. A paragraph is a heading by \outlinelevel, or by its style. */
#include "extract/rtf.h"

#include <stdio.h>
#include <stdlib.h>

#include "common/utf8.h"
#include "extract/hex.h"
#include "extract/numbering.h"
#include "extract/parsers.h"

enum { NAME_BYTES_MAX = 1 << 16 };

/* ---- text ---- */

static bool is_read(const struct rtf *r)
{
    const struct rtf_group *g = r->group;
    bool is_of_text = g->to == RTF_BODY || g->to == RTF_NUMBER || g->to == RTF_INSTRUCTION;
    return !g->is_deleted && !g->is_hidden &&
           (is_of_text ? g->is_note == r->are_notes : !r->are_notes);
}

/* Rows begin with the text of their first cell, and end with \row, or with text outside. */
static void enter_rows(struct rtf *r)
{
    unsigned depth = r->group->row_depth ? r->group->row_depth : r->group->is_in_table;
    depth += r->group->row_base;
    if (depth > BLOCK_ROW_DEPTH_MAX)
        depth = BLOCK_ROW_DEPTH_MAX;
    while (r->w.row_depth > depth)
        block_row_end(&r->w);
    while (r->w.row_depth < depth)
        block_row_begin(&r->w);
}

static void put_utf8(struct rtf *r, const char *text, size_t n)
{
    if (!is_read(r) || n == 0)
        return;
    switch (r->group->to) {
    case RTF_BODY:
        if (r->w.text.len == 0)
            enter_rows(r);
        rtf_put_number(r);
        block_text(&r->w, text, n);
        break;
    case RTF_STYLES:
    case RTF_TITLE:
    case RTF_AUTHOR:
    case RTF_NUMBER:
    case RTF_INSTRUCTION:
        if (r->name.len + n <= r->name.max)
            block_need(&r->w, buf_append(&r->name, text, n));
        break;
    default:
        break;
    }
}

static void put_run(struct rtf *r, size_t n)
{
    unsigned page = r->group->page;
    if (page == CODE_PAGE_WESTERN && code_page_suits(&r->pages, r->page, r->run, n))
        page = r->page;
    buf_clear(&r->text);
    block_need(&r->w, code_page_decode(&r->pages, page, r->run, n, &r->text));
    put_utf8(r, r->text.data, r->text.len);
    r->n_run -= n;
    memmove(r->run, r->run + n, r->n_run);
}

void rtf_flush(struct rtf *r)
{
    if (r->high) {
        r->high = 0;
        put_utf8(r, "\xEF\xBF\xBD", 3);
    }
    if (r->n_run)
        put_run(r, r->n_run);
}

/* Makes room, and leaves the first of two bytes waiting for the second. */
static void flush_full(struct rtf *r)
{
    size_t n = 0;
    while (n + 1 < r->n_run)
        n += (unsigned char)r->run[n] >= 0x81 ? 2 : 1;
    put_run(r, n);
}

void rtf_put_char(struct rtf *r, uint32_t c)
{
    char text[UTF8_MAX_BYTES];
    bool is_low = c >= 0xDC00 && c < 0xE000;
    if (is_low && r->high) {
        c = 0x10000 + ((r->high - 0xD800) << 10) + (c - 0xDC00);
        r->high = 0;
    }
    rtf_flush(r);
    if (c >= 0xD800 && c < 0xDC00)
        r->high = c;
    else
        put_utf8(r, text, utf8_encode(c >= 0xD800 && c < 0xE000 ? UTF8_INVALID : c, text));
}

static void put_byte(struct rtf *r, unsigned char byte)
{
    if (r->to_skip) {
        r->to_skip--;
        return;
    }
    if (r->group->to == RTF_SKIPPED || r->group->to == RTF_SHAPE || r->group->to == RTF_FONTS)
        return;
    if (r->group->to == RTF_STYLES && byte == ';') {
        rtf_style_end(r);
        return;
    }
    if (r->high)
        rtf_flush(r);
    if (r->n_run == RTF_RUN_BYTES)
        flush_full(r);
    r->run[r->n_run++] = (char)byte;
}

/* ---- paragraphs ---- */

/* What its style says where the paragraph says nothing. */
static void fill_in(const struct rtf *r, int *outline, int *list, bool *is_title)
{
    int style = r->group->style;
    *is_title = style >= 0 && style < RTF_STYLES_MAX && r->styles[style].is_title;
    for (unsigned i = 0; i < 32 && style >= 0 && style < RTF_STYLES_MAX; i++) {
        const struct rtf_style *at = &r->styles[style];
        *outline = *outline == RTF_UNSET ? at->outline : *outline;
        *list = *list == RTF_UNSET ? at->list : *list;
        style = at->based_on;
    }
}

static bool is_number(const char *text, size_t n)
{
    for (size_t at = 0, len; at < n; at += len) {
        uint32_t c;
        len = utf8_step(text + at, n - at, &c);
        bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
        if ((c >= '0' && c <= '9') || (is_letter && c != 'o') || (c >= 0x2160 && c <= 0x24FF) ||
            (c >= 0x3007 && c <= 0xD7FF) || (c >= 0xFF10 && c <= 0xFF5A))
            return true;
    }
    return false;
}

/* A generated number stands before its text, and before what tells where the paragraph stands; a bullet says nothing. */
static void number_end(struct rtf *r)
{
    size_t n = r->name.len;
    while (n && (unsigned char)r->name.data[n - 1] <= ' ')
        n--;
    r->is_item = true;
    if (n == 0 || !is_number(r->name.data, n))
        return;
    buf_clear(&r->number);
    block_need(&r->w, buf_append(&r->number, r->name.data, n) && number_set_off(&r->number));
}

void rtf_put_number(struct rtf *r)
{
    if (r->number.len == 0)
        return;
    enter_rows(r);
    block_text(&r->w, r->number.data, r->number.len);
    r->n_number = r->w.text.len;
    buf_clear(&r->number);
}

static void end_text(struct rtf *r)
{
    int outline = r->group->outline, list = r->group->list;
    struct block_outline is = {.level = -1};
    rtf_put_number(r);
    fill_in(r, &outline, &list, &is.is_title);
    is.level = outline;
    is.is_item = r->is_item || list > 0;
    block_end_outlined(&r->w, &is, r->n_number);
    r->is_item = false;
    r->n_number = 0;
}

void rtf_paragraph_end(struct rtf *r)
{
    if (r->group->to == RTF_BODY && is_read(r))
        end_text(r);
    else
        put_utf8(r, " ", 1);
}

void rtf_cell_end(struct rtf *r)
{
    if (r->group->to != RTF_BODY || !is_read(r))
        return;
    end_text(r);
    enter_rows(r);
    if (r->w.row_depth <= r->group->row_base)
        block_row_begin(&r->w); /* a cell of no table */
    block_cell_end(&r->w);
}

void rtf_row_end(struct rtf *r)
{
    if (r->group->to != RTF_BODY || !is_read(r))
        return;
    end_text(r);
    if (r->w.row_depth > r->group->row_base)
        block_row_end(&r->w);
}

/* ---- groups ---- */

static void open_group(struct rtf *r)
{
    if (r->group == r->groups + RTF_DEPTH_MAX - 1) {
        block_fail(&r->w, STATUS_BAD_INPUT, "RTF nested too deep");
        return;
    }
    r->group[1] = r->group[0];
    r->group++;
    r->group->is_owner = r->group->is_aside = r->group->is_field = false;
}

static void put_date(struct rtf *r)
{
    const int *d = r->date[1][0] > 0 ? r->date[1] : r->date[0];
    char text[64];
    if (d[0] > 0 && d[1] >= 1 && d[1] <= 12 && d[2] >= 1 && d[2] <= 31)
        block_meta(&r->w, META_DATE, text,
            (size_t)snprintf(text, sizeof text, "%04d-%02d-%02d", d[0], d[1], d[2]));
}

static void end_instruction(struct rtf *r)
{
    eq_field_begin(&r->field);
    block_need(&r->w, eq_field_put(&r->field, r->name.data, r->name.len) &&
                          eq_field_separate(&r->field, r->w.text.len));
    r->group[-1].is_field = true;
}

static void end_field(struct rtf *r)
{
    block_need(&r->w, eq_field_end(&r->field, r->w.text.len));
    put_utf8(r, r->field.text.data, r->field.text.len);
}

static void end_destination(struct rtf *r)
{
    enum rtf_destination to = r->group->to;
    if (to == RTF_INSTRUCTION)
        end_instruction(r);
    if (r->are_notes && to != RTF_NUMBER)
        return;
    if (to == RTF_TITLE || to == RTF_AUTHOR)
        block_meta(&r->w, to == RTF_TITLE ? META_TITLE : META_AUTHOR, r->name.data, r->name.len);
    else if (to == RTF_INFO)
        put_date(r);
    else if (to == RTF_NUMBER && is_read(r))
        number_end(r);
}

static void close_group(struct rtf *r)
{
    bool are_fonts = r->group->is_owner && r->group->to == RTF_FONTS;
    rtf_flush(r);
    if (r->group->is_owner) {
        end_destination(r);
        buf_clear(&r->name);
    }
    if (r->group->is_field)
        end_field(r);
    if ((r->group->is_aside || r->group == r->groups + 1) && is_read(r)) {
        end_text(r);
        while (r->w.row_depth > r->group->row_base)
            block_row_end(&r->w);
    }
    if (r->group->is_aside)
        block_take_up(&r->w);
    r->group--;
    if (are_fonts)
        rtf_use_standard_font(r);
}

/* ---- what stands in the file ---- */

static void read_hex(struct rtf *r)
{
    int byte = hex_byte((const char *)r->at, (const char *)r->end);
    if (byte < 0)
        return;
    r->at += 2;
    put_byte(r, (unsigned char)byte);
}

static void read_symbol(struct rtf *r)
{
    unsigned char c = *r->at++;
    struct rtf_word word = {"", 0, false};
    if (c == '\'') {
        read_hex(r);
    } else if (c == '\\' || c == '{' || c == '}') {
        put_byte(r, c);
    } else if (c == '*') {
        rtf_flush(r);
        r->is_unknown_skipped = true;
    } else if (r->to_skip) {
        r->to_skip--;
    } else {
        word.name = c == '~' ? "~" : c == '_' ? "_" : c == '\r' || c == '\n' ? "par" : "";
        rtf_flush(r);
        rtf_word_do(r, &word);
    }
}

static void read_word(struct rtf *r)
{
    char name[RTF_WORD_MAX + 1];
    size_t n = 0;
    struct rtf_word word = {name, 0, false};
    for (; r->at < r->end && (*r->at | 0x20) >= 'a' && (*r->at | 0x20) <= 'z'; r->at++)
        if (n < RTF_WORD_MAX)
            name[n++] = (char)*r->at;
    name[n] = '\0';
    bool is_negative = r->end - r->at >= 2 && r->at[0] == '-' && r->at[1] >= '0' && r->at[1] <= '9';
    for (r->at += is_negative; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++) {
        word.has_value = true;
        if (word.value < 100000000)
            word.value = word.value * 10 + (*r->at - '0');
    }
    word.value = is_negative ? -word.value : word.value;
    if (r->at < r->end && *r->at == ' ')
        r->at++;
    if (strcmp(name, "bin") == 0) { /* bytes of a picture: not even braces mean anything */
        size_t left = (size_t)(r->end - r->at), skip = word.value > 0 ? (size_t)word.value : 0;
        r->at += skip < left ? skip : left;
    } else if (r->to_skip && strcmp(name, "u") != 0) { /* no \u stands in for another */
        r->to_skip--;
    } else {
        if (strcmp(name, "u") != 0) /* halves of a character come together */
            rtf_flush(r);
        rtf_word_do(r, &word);
    }
}

static void read_one(struct rtf *r)
{
    unsigned char c = *r->at++;
    if (c == '{' || c == '}') {
        r->to_skip = 0;
        rtf_flush(r);
        r->is_unknown_skipped = false;
        if (c == '{')
            open_group(r);
        else
            close_group(r);
    } else if (c == '\\' && r->at < r->end && (*r->at | 0x20) >= 'a' && (*r->at | 0x20) <= 'z') {
        read_word(r);
    } else if (c == '\\' && r->at < r->end) {
        read_symbol(r);
    } else if (c != '\r' && c != '\n' && c != '\0') {
        put_byte(r, c);
    }
}

/* Once for the text, once for the notes. */
static void walk(struct rtf *r, const struct document_input *in, bool are_notes)
{
    r->at = (const unsigned char *)in->bytes;
    r->end = r->at + in->n;
    r->are_notes = r->w.is_note = are_notes;
    r->group = r->groups;
    r->n_run = r->to_skip = r->high = 0;
    r->is_item = false;
    eq_field_reset(&r->field);
    r->groups[0] = (struct rtf_group){.n_fallback = 1,
        .page = r->page,
        .to_outside_upr = RTF_SKIPPED,
        .style = RTF_UNSET,
        .outline = RTF_UNSET,
        .list = RTF_UNSET};
    while (r->at < r->end && r->w.status == STATUS_OK) {
        read_one(r);
        if (r->group == r->groups)
            break;
    }
    if (r->group != r->groups)
        block_fail(&r->w, STATUS_BAD_INPUT, "damaged RTF: cut short");
    end_text(r);
    while (r->w.row_depth)
        block_row_end(&r->w);
}

enum status parse_rtf(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct rtf *r = calloc(1, sizeof *r);
    if (!r)
        return error_no_memory(err);
    if (in->n < 6 || memcmp(in->bytes, "{\\rtf", 5) != 0) {
        free(r);
        return error_set(err, STATUS_BAD_INPUT, "damaged RTF");
    }
    block_writer_init(&r->w, sink, err);
    code_pages_init(&r->pages);
    buf_init(&r->text, 4 * RTF_RUN_BYTES);
    buf_init(&r->name, NAME_BYTES_MAX);
    eq_field_init(&r->field);
    buf_init(&r->number, NAME_BYTES_MAX + 1);
    r->page = CODE_PAGE_WESTERN;
    for (unsigned i = 0; i < RTF_STYLES_MAX; i++)
        r->styles[i] = (struct rtf_style){RTF_UNSET, RTF_UNSET, RTF_UNSET, false};
    walk(r, in, false);
    walk(r, in, true);
    enum status status = r->w.status;
    block_writer_release(&r->w);
    code_pages_release(&r->pages);
    buf_release(&r->text);
    buf_release(&r->name);
    eq_field_release(&r->field);
    buf_release(&r->number);
    free(r);
    return status;
}
