// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/html_page.h"

#include <string.h>

#include "common/utf8.h"
#include "extract/numbering.h"

enum { EVIDENCE_MAX = 4096, NUMBER_BYTES_MAX = 16 * 1024, TAB_COLUMNS = 8 };

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
    if (p->n_pre)
        html_line_char(&p->now.line, p->n_blanks, is_wide(cp));
    p->n_blanks = 0;
    p->now.n_chars++;
    p->now.n_link_chars += is_link;
}

static void end_line(struct html_page *p)
{
    bool is_empty = p->text.len == p->now.start;
    html_page_line_break(p);
    p->now.line.is_parted = is_empty;
}

void html_page_text(
    struct html_page *p, const char *text, size_t n, bool is_link, bool is_furniture)
{
    if (is_furniture && p->text.len > p->now.start && !p->now.is_furniture)
        return;
    while (n && p->status == STATUS_OK) {
        uint32_t cp;
        size_t len = utf8_step(text, n, &cp);
        if (cp == '\n' && p->n_pre) {
            end_line(p);
        } else if (is_space(cp)) {
            p->n_blanks += cp == '\t' ? TAB_COLUMNS : cp == 0x3000 ? 2 : 1;
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
    p->n_blanks = 0;
}

void html_page_break(struct html_page *p)
{
    html_page_end(p, BLOCK_TEXT, 0);
}

/* ---- headings ---- */

void html_page_heading_begin(struct html_page *p)
{
    html_page_break(p);
    p->heading = html_page_n(p);
    p->is_heading = true;
}

void html_page_line_break(struct html_page *p)
{
    bool is_heading = p->is_heading;
    html_page_break(p);
    p->is_heading = is_heading;
    p->now.after_break = true;
}

/* Writes the paragraphs from `first` to the last anew, as the lines of one, which is under way then. */
static void join_lines(struct html_page *p, size_t first)
{
    size_t end = html_page_n(p), start = html_page_paragraphs(p)[first].start;
    keep(p, buf_reserve(&p->text, p->text.len - start + (end - first)));
    for (size_t i = first; i < end && p->status == STATUS_OK; i++) {
        struct html_paragraph line = html_page_paragraphs(p)[i];
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
    if (!is_heading || html_page_n(p) - first < 2 || p->status != STATUS_OK)
        return;
    for (size_t i = first; i < html_page_n(p); i++)
        n_chars += html_page_paragraphs(p)[i].n_chars;
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
    p->tables[row_depth(p) - 1].first_paragraph = html_page_n(p);
    p->tables[row_depth(p) - 1].is_row = true;
    p->tables[row_depth(p) - 1].holds_table = false;
    p->tables[row_depth(p) - 1].cell = 0;
    p->tables[row_depth(p) - 1].n_columns = 1;
}

void html_page_rows(struct html_page *p)
{
    html_page_row_end(p);
    if (row_depth(p))
        memset(p->tables[row_depth(p) - 1].n_taken, 0, sizeof p->tables[0].n_taken);
}

void html_page_cell_begin(struct html_page *p, unsigned n_columns, unsigned n_rows)
{
    html_page_break(p);
    if (row_depth(p) && !p->tables[row_depth(p) - 1].is_row)
        html_page_row_begin(p);
    if (row_depth(p) == 0)
        return;
    unsigned at = p->tables[row_depth(p) - 1].cell + p->tables[row_depth(p) - 1].n_columns - 1;
    uint16_t *n_taken = p->tables[row_depth(p) - 1].n_taken;
    while (at < HTML_COLUMNS_MAX && n_taken[at])
        at++;
    unsigned rest = at < HTML_COLUMNS_MAX ? HTML_COLUMNS_MAX - at : 1;
    n_columns = n_columns < 1 ? 1 : n_columns > rest ? rest : n_columns;
    for (unsigned i = at; i < at + n_columns && i < HTML_COLUMNS_MAX; i++)
        n_taken[i] = n_rows == 0 || n_rows > UINT16_MAX ? UINT16_MAX : (uint16_t)n_rows;
    p->tables[row_depth(p) - 1].cell = at + 1;
    p->tables[row_depth(p) - 1].n_columns = n_columns;
}

void html_page_cell_end(struct html_page *p)
{
    html_page_break(p);
}

static bool is_data_row(const struct html_page *p, size_t first, size_t end)
{
    const struct html_paragraph *all = html_page_paragraphs(p);
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

/* Is the label of a cell broken before that paragraph of it, where it is one? */
static bool is_label_broken(
    const struct html_page *p, const struct html_paragraph *of, bool is_first)
{
    uint32_t cp = 0;
    utf8_step(p->text.data + of->start, of->n, &cp);
    return of->after_break && (is_first || of->n_chars == 1 || of[-1].n_chars == 1) &&
           (is_wide(cp) || is_wide(last_cp(&p->text, p->now.start)));
}

static void join_row(struct html_page *p, size_t first, size_t end)
{
    struct html_paragraph row = {.start = p->text.len, .kind = BLOCK_ROW, .is_furniture = true};
    const bool is_first = !p->tables[row_depth(p) - 1].has_rows;
    unsigned cell = 1;
    for (size_t i = first; i < end && p->status == STATUS_OK; i++) {
        struct html_paragraph from = html_page_paragraphs(p)[i];
        if (i > first && from.cell == cell &&
            !is_label_broken(p, &html_page_paragraphs(p)[i], is_first))
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
    row.level = is_first;
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
    if (!p->tables[depth - 1].holds_table && is_data_row(p, first, html_page_n(p)))
        join_row(p, first, html_page_n(p));
    p->tables[depth - 1].cell = 0;
    for (unsigned i = 0; i < HTML_COLUMNS_MAX; i++)
        p->tables[depth - 1].n_taken[i] -= p->tables[depth - 1].n_taken[i] > 0;
}

/* ---- <pre> ---- */

void html_page_pre_begin(struct html_page *p)
{
    html_page_break(p);
    if (p->n_pre++ == 0)
        p->first_line = html_page_n(p);
}

static bool goes_on(const struct html_page *p, unsigned width, const struct html_paragraph *a,
    const struct html_paragraph *b)
{
    return a->kind == BLOCK_TEXT && b->kind == BLOCK_TEXT && a->cell == b->cell &&
           a->is_furniture == b->is_furniture &&
           html_line_goes_on(width, &a->line, p->text.data + a->start, a->n, &b->line,
               p->text.data + b->start, b->n);
}

/* Puts the text of the lines anew, as one. */
static struct html_paragraph joined(
    struct html_page *p, const struct html_paragraph *lines, size_t n)
{
    struct html_paragraph whole = lines[0];
    p->now.start = whole.start = p->text.len;
    whole.n_chars = whole.n_link_chars = 0;
    for (size_t i = 0; i < n && p->status == STATUS_OK; i++) {
        uint32_t first;
        utf8_step(p->text.data + lines[i].start, lines[i].n, &first);
        p->is_blank_due = p->is_line_end_due = true;
        put_blank(p, first);
        keep(p, buf_reserve(&p->text, lines[i].n));
        if (p->status == STATUS_OK)
            buf_append(&p->text, p->text.data + lines[i].start, lines[i].n);
        whole.n_chars += lines[i].n_chars;
        whole.n_link_chars += lines[i].n_link_chars;
    }
    whole.n = p->text.len - whole.start;
    p->now.start = p->text.len;
    return whole;
}

void html_page_pre_end(struct html_page *p)
{
    html_page_break(p);
    if (p->n_pre == 0 || --p->n_pre)
        return;
    struct html_paragraph *all = html_page_paragraphs(p);
    struct html_line_widths widths = {0};
    size_t n = html_page_n(p), n_out = p->first_line < n ? p->first_line : n;
    for (size_t i = n_out; i < n; i++)
        html_line_measure(&widths, &all[i].line, p->text.data + all[i].start, all[i].n);
    unsigned width = html_line_width(&widths);
    for (size_t i = n_out, end; i < n && width && p->status == STATUS_OK; i = end) {
        for (end = i + 1; end < n && goes_on(p, width, &all[end - 1], &all[end]); end++)
            ;
        all[n_out++] = end - i > 1 ? joined(p, &all[i], end - i) : all[i];
    }
    if (width)
        p->paragraphs.len = n_out * sizeof *all;
}
