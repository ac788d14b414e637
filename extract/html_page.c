// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/html_page.h"

#include <string.h>

#include "common/utf8.h"
#include "extract/numbering.h"

enum { EVIDENCE_MAX = 4096, NUMBER_BYTES_MAX = 16 * 1024 };

void html_page_init(struct html_page *p)
{
    *p = (struct html_page){0};
    buf_init(&p->text, 1u << 31);
    buf_init(&p->paragraphs, 1u << 31);
    buf_init(&p->number, NUMBER_BYTES_MAX);
    for (size_t i = 0; i < HTML_EVIDENCE; i++)
        buf_init(&p->evidence[i], EVIDENCE_MAX);
}

void html_page_release(struct html_page *p)
{
    buf_release(&p->text);
    buf_release(&p->paragraphs);
    buf_release(&p->number);
    for (size_t i = 0; i < HTML_EVIDENCE; i++)
        buf_release(&p->evidence[i]);
}

static struct html_paragraph *paragraphs_of(const struct html_page *p)
{
    return (struct html_paragraph *)(void *)p->paragraphs.data;
}

static size_t n_paragraphs(const struct html_page *p)
{
    return p->paragraphs.len / sizeof(struct html_paragraph);
}

static void keep(struct html_page *p, bool is_ok)
{
    if (!is_ok)
        p->status = STATUS_NO_MEMORY;
}

/* ---- text ---- */

static bool is_space(uint32_t cp)
{
    return cp <= ' ' || (cp >= 0x7F && cp <= 0xA0) || cp == 0x3000 ||
           (cp >= 0x2000 && cp <= 0x200A) || cp == 0x2028 || cp == 0x2029 || cp == 0x202F ||
           cp == 0x205F;
}

/* Where a line may be broken, and marks: no text, and no blank either. Joiners and directions of writing stay. */
static bool is_nothing(uint32_t cp)
{
    return cp == 0x00AD || cp == 0x200B || cp == 0x2060 || cp == 0xFEFF;
}

/* Han and its punctuation: a line end of the source between two of them is none in the text. */
static bool is_wide(uint32_t cp)
{
    return (cp >= 0x2E80 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
           (cp >= 0xFF00 && cp <= 0xFFEF) || (cp >= 0x20000 && cp <= 0x3FFFF) ||
           (cp >= 0x2018 && cp <= 0x201D);
}

static uint32_t last_cp(const struct buf *text, size_t start)
{
    uint32_t cp = 0;
    size_t at = text->len;
    while (at > start && (text->data[--at] & 0xC0) == 0x80)
        ;
    if (at < text->len)
        utf8_decode(text->data + at, text->len - at, &cp);
    return cp;
}

static void put_blank(struct html_page *p, uint32_t before)
{
    bool is_first = p->text.len == p->now.start;
    bool is_joined =
        p->is_line_end_due && is_wide(before) && is_wide(last_cp(&p->text, p->now.start));
    if (p->is_blank_due && !is_first && !is_joined)
        keep(p, buf_append_byte(&p->text, ' '));
    p->is_blank_due = p->is_line_end_due = false;
}

/* Of a paragraph that has both, what is hidden is none of its text. */
static void forget_hidden(struct html_page *p)
{
    p->text.len = p->now.start;
    p->now = (struct html_paragraph){.start = p->now.start};
}

static void put_char(struct html_page *p, uint32_t cp, bool is_link, bool is_furniture)
{
    char bytes[UTF8_MAX_BYTES];
    if (p->now.is_furniture && !is_furniture)
        forget_hidden(p);
    if (p->text.len == p->now.start)
        p->now.is_furniture = is_furniture;
    put_blank(p, cp);
    keep(p, buf_append(&p->text, bytes, utf8_encode(cp, bytes)));
    p->now.n_chars++;
    p->now.n_link_chars += is_link;
}

void html_page_text(
    struct html_page *p, const char *text, size_t n, bool is_link, bool is_furniture)
{
    if (is_furniture && p->text.len > p->now.start && !p->now.is_furniture)
        return;
    while (n && p->status == STATUS_OK) {
        uint32_t cp;
        size_t len = utf8_step(text, n, &cp);
        if (is_space(cp)) {
            p->is_blank_due = true;
            p->is_line_end_due |= cp == '\n' || cp == '\r';
        } else if (!is_nothing(cp)) {
            put_char(p, cp, is_link, is_furniture);
        }
        text += len;
        n -= len;
    }
}

void html_page_evidence(struct html_page *p, enum html_evidence what, const char *text, size_t n)
{
    struct buf *to = &p->evidence[what];
    while (n && to->len < EVIDENCE_MAX - UTF8_MAX_BYTES) {
        uint32_t cp;
        char bytes[UTF8_MAX_BYTES];
        size_t len = utf8_step(text, n, &cp);
        if (!is_space(cp))
            keep(p, is_nothing(cp) || buf_append(to, bytes, utf8_encode(cp, bytes)));
        else if (to->len && to->data[to->len - 1] != ' ')
            keep(p, buf_append_byte(to, ' '));
        text += len;
        n -= len;
    }
}

/* ---- paragraphs ---- */

static unsigned row_depth(const struct html_page *p)
{
    return p->depth < HTML_TABLE_DEPTH_MAX ? p->depth : HTML_TABLE_DEPTH_MAX;
}

/* Puts the number due before the paragraph under way. */
static void put_number(struct html_page *p)
{
    size_t n = p->text.len - p->now.start, n_number = p->number.len;
    const char *text = p->text.data + p->now.start;
    if (n_number && !number_stands(text, n)) {
        keep(p, buf_append(&p->text, p->number.data, n_number));
        if (p->status != STATUS_OK)
            return;
        memmove(p->text.data + p->now.start + n_number, p->text.data + p->now.start, n);
        memcpy(p->text.data + p->now.start, p->number.data, n_number);
    }
    buf_clear(&p->number);
}

void html_page_end(struct html_page *p, enum block_kind kind, unsigned level)
{
    struct html_paragraph *now = &p->now;
    if (p->status == STATUS_OK && p->text.len > now->start) {
        put_number(p);
        now->n = p->text.len - now->start;
        now->kind = kind;
        now->level =
            kind == BLOCK_HEADING && level >= 1 && level <= 6 ? level : kind == BLOCK_HEADING;
        now->cell = row_depth(p) ? p->tables[row_depth(p) - 1].cell : 0;
        keep(p, buf_append(&p->paragraphs, now, sizeof *now));
    }
    *now = (struct html_paragraph){.start = p->text.len};
    p->is_blank_due = p->is_line_end_due = p->is_heading = false;
}

void html_page_break(struct html_page *p)
{
    html_page_end(p, BLOCK_TEXT, 0);
}

/* ---- headings ---- */

void html_page_heading_begin(struct html_page *p)
{
    html_page_break(p);
    p->heading = n_paragraphs(p);
    p->is_heading = true;
}

void html_page_line_break(struct html_page *p)
{
    bool is_heading = p->is_heading;
    html_page_break(p);
    p->is_heading = is_heading;
}

/* Writes the paragraphs from `first` to the last anew, as the lines of one, which is under way then. */
static void join_lines(struct html_page *p, size_t first)
{
    size_t end = n_paragraphs(p), start = paragraphs_of(p)[first].start;
    keep(p, buf_reserve(&p->text, p->text.len - start + (end - first)));
    for (size_t i = first; i < end && p->status == STATUS_OK; i++) {
        struct html_paragraph line = paragraphs_of(p)[i];
        p->is_blank_due = p->is_line_end_due = true;
        html_page_text(p, p->text.data + line.start, line.n, line.n_link_chars == line.n_chars,
            line.is_furniture);
    }
    p->paragraphs.len = first * sizeof p->now;
}

void html_page_heading_end(struct html_page *p, unsigned level)
{
    bool is_heading = p->is_heading;
    size_t first = p->heading, n_chars = 0;
    html_page_end(p, BLOCK_HEADING, level);
    if (!is_heading || n_paragraphs(p) - first < 2 || p->status != STATUS_OK)
        return;
    for (size_t i = first; i < n_paragraphs(p); i++)
        n_chars += paragraphs_of(p)[i].n_chars;
    if (n_chars > HTML_HEADING_CHARS_MAX)
        return;
    join_lines(p, first);
    html_page_end(p, BLOCK_HEADING, level);
}

/* ---- tables ---- */

void html_page_table_begin(struct html_page *p)
{
    html_page_break(p);
    if (row_depth(p))
        p->tables[row_depth(p) - 1].holds_table = true;
    if (++p->depth <= HTML_TABLE_DEPTH_MAX)
        memset(&p->tables[p->depth - 1], 0, sizeof p->tables[0]);
}

void html_page_table_end(struct html_page *p)
{
    html_page_row_end(p);
    p->depth -= p->depth > 0;
}

void html_page_row_begin(struct html_page *p)
{
    html_page_row_end(p); /* one without its end tag */
    if (row_depth(p) == 0)
        return;
    p->tables[row_depth(p) - 1].first_paragraph = n_paragraphs(p);
    p->tables[row_depth(p) - 1].is_row = true;
    p->tables[row_depth(p) - 1].holds_table = false;
    p->tables[row_depth(p) - 1].cell = 0;
}

void html_page_cell_begin(struct html_page *p)
{
    html_page_break(p);
    if (row_depth(p) && !p->tables[row_depth(p) - 1].is_row)
        html_page_row_begin(p);
    if (row_depth(p))
        p->tables[row_depth(p) - 1].cell++;
}

void html_page_cell_end(struct html_page *p)
{
    html_page_break(p);
}

static bool is_data_row(const struct html_page *p, size_t first, size_t end)
{
    const struct html_paragraph *all = paragraphs_of(p);
    size_t n_in_cell = 0, n_cells = 0, n_links = 0;
    for (size_t i = first; i < end; i++) {
        bool is_new = i == first || all[i].cell != all[i - 1].cell;
        n_cells += is_new;
        n_in_cell = is_new ? 1 : n_in_cell + 1;
        n_links += all[i].n_link_chars == all[i].n_chars;
        if (n_in_cell > HTML_CELL_PARAGRAPHS_MAX || all[i].n_chars > HTML_CELL_CHARS_MAX ||
            all[i].kind == BLOCK_HEADING)
            return false;
    }
    return n_cells > 1 && n_links < end - first;
}

static bool last_is_blank(const struct html_page *p, size_t start)
{
    return p->text.len == start || p->text.data[p->text.len - 1] == ' ';
}

static void join_row(struct html_page *p, size_t first, size_t end)
{
    struct html_paragraph row = {.start = p->text.len, .kind = BLOCK_ROW, .is_furniture = true};
    unsigned cell = 1;
    for (size_t i = first; i < end && p->status == STATUS_OK; i++) {
        struct html_paragraph from = paragraphs_of(p)[i];
        if (i > first && from.cell == cell)
            keep(p, buf_append_byte(&p->text, ' '));
        for (; cell < from.cell; cell++) /* " | ", and between empty cells "| " */
            keep(p, buf_append_str(&p->text, last_is_blank(p, row.start) ? "| " : " | "));
        keep(p, buf_reserve(&p->text, from.n));
        if (p->status == STATUS_OK)
            buf_append(&p->text, p->text.data + from.start, from.n);
        row.n_chars += from.n_chars;
        row.n_link_chars += from.n_link_chars;
        row.is_furniture &= from.is_furniture;
    }
    row.n = p->text.len - row.start;
    row.level = !p->tables[row_depth(p) - 1].has_rows;
    p->tables[row_depth(p) - 1].has_rows = true;
    row.cell = p->depth > 1 && p->depth <= HTML_TABLE_DEPTH_MAX ? p->tables[p->depth - 2].cell : 0;
    p->paragraphs.len = first * sizeof row;
    keep(p, buf_append(&p->paragraphs, &row, sizeof row));
    p->now.start = p->text.len;
}

void html_page_row_end(struct html_page *p)
{
    html_page_break(p);
    unsigned depth = row_depth(p);
    if (depth == 0 || !p->tables[depth - 1].is_row)
        return;
    size_t first = p->tables[depth - 1].first_paragraph;
    p->tables[depth - 1].is_row = false;
    if (!p->tables[depth - 1].holds_table && is_data_row(p, first, n_paragraphs(p)))
        join_row(p, first, n_paragraphs(p));
    p->tables[depth - 1].cell = 0;
}

/* ---- giving out ---- */

static bool is_menu_entry(const struct html_paragraph *of)
{
    return of->n_chars < 40 && of->n_link_chars * 10 >= of->n_chars * 9;
}

static void mark_menus(struct html_page *p)
{
    struct html_paragraph *all = paragraphs_of(p);
    size_t n = n_paragraphs(p);
    for (size_t i = 0, end; i < n; i = end + 1) {
        for (end = i; end < n && is_menu_entry(&all[end]); end++)
            ;
        for (size_t k = i; end - i >= HTML_MENU_MIN && k < end; k++)
            all[k].is_furniture = true;
    }
}

/* Evidence without the blank that may stand at its end; nothing where that was all. */
static enum status give_meta(const struct document_sink *sink, enum document_meta what,
    const char *text, size_t n, struct error *err)
{
    n -= n && text[n - 1] == ' ';
    return n ? sink->meta(sink->arg, what, text, n, err) : STATUS_OK;
}

/* The title that a page states of itself, or its <title> without the names of the site behind it. */
static enum status give_title(
    struct html_page *p, const struct document_sink *sink, struct error *err)
{
    static const char *const marks[] = {"_", "|", " - ", " – "};
    const struct buf *stated = &p->evidence[HTML_TITLE_STATED], *title = &p->evidence[HTML_TITLE];
    if (stated->len)
        return give_meta(sink, META_TITLE, stated->data, stated->len, err);
    size_t n = title->len;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        const char *mark = n ? memmem(title->data, n, marks[i], strlen(marks[i])) : NULL;
        if (mark && mark > title->data)
            n = (size_t)(mark - title->data);
    }
    return give_meta(sink, META_TITLE, title->data, n, err);
}

static enum status give_block(const struct html_page *p, const struct html_paragraph *of,
    const struct document_sink *sink, struct error *err)
{
    struct block b = {
        .kind = of->kind, .level = (uint8_t)of->level, .text = p->text.data + of->start};
    enum status status = STATUS_OK;
    for (size_t rest = of->n; rest && status == STATUS_OK; rest -= b.n, b.text += b.n) {
        b.n = rest > BLOCK_BYTES_MAX ? utf8_floor(b.text, rest, BLOCK_BYTES_MAX) : rest;
        status = sink->block(sink->arg, &b, err);
    }
    return status;
}

enum status html_page_give(struct html_page *p, const struct document_sink *sink, struct error *err)
{
    static const struct {
        enum html_evidence from;
        enum document_meta what;
    } rows[] = {{HTML_DATE, META_DATE}, {HTML_AUTHOR, META_AUTHOR}};
    size_t n_chars = 0;
    html_page_break(p);
    if (p->status != STATUS_OK)
        return error_no_memory(err);
    mark_menus(p);
    const struct html_paragraph *all = paragraphs_of(p);
    for (size_t i = 0; i < n_paragraphs(p); i++)
        n_chars += all[i].is_furniture ? 0 : all[i].n_chars;
    enum status status = give_title(p, sink, err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows && status == STATUS_OK; i++)
        status = give_meta(
            sink, rows[i].what, p->evidence[rows[i].from].data, p->evidence[rows[i].from].len, err);
    for (size_t i = 0; i < n_paragraphs(p) && status == STATUS_OK; i++)
        if (!all[i].is_furniture || n_chars < HTML_TEXT_MIN)
            status = give_block(p, &all[i], sink, err);
    return status;
}
