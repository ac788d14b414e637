// SPDX-License-Identifier: GPL-2.0-or-later
/* Excel 2003 XML (SpreadsheetML), which many an .xls that a system exports is: sheets in one XML, row by row, as those of an
 * .xlsx (xlsx.c). A sheet is a page and its name a heading; comments on cells follow the sheet.
 *
 *     <Row><Cell><Data ss:Type="String">城东</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">12.5</Data></Cell></Row>
 *
 * gives "城东 | | 12.5". */
#include <string.h>

#include "common/arena.h"
#include "extract/block_writer.h"
#include "extract/xls_xml.h"
#include "extract/xlsx_cells.h"
#include "extract/xml_walk.h"

enum { COLUMNS_MAX = 16384, GAP_MAX = 64, STYLES_MAX = 1024, COMMENTS_BYTES_MAX = 16 << 20 };

struct cell_style {
    const char *id;
    size_t n;
    struct cell_format format;
    struct cell_style *next;
};

struct xls_xml {
    struct block_writer w;
    struct arena arena;
    struct cell_style *styles, *style; /* style: the one being read */
    unsigned n_styles;
    int column, merged;        /* of the row; those right of the cell under way that it covers */
    struct cell_format format; /* of the cell under way */
    char type;                 /* of its data: N, S, B, D, E */
    bool in_properties, in_data, in_comment;
    struct buf text, comments; /* comments: each with a line end */
};

/* ---- styles ---- */

static void begin_style(struct xls_xml *x, const struct xml_attributes *a)
{
    size_t n;
    const char *id = xml_attribute(a, "ID", &n);
    x->style = NULL;
    if (!id || x->n_styles++ >= STYLES_MAX)
        return;
    struct cell_style *new = arena_alloc(&x->arena, sizeof *new);
    const char *name = new ? arena_copy(&x->arena, id, n) : NULL;
    block_need(&x->w, name);
    if (!name)
        return;
    *new = (struct cell_style){.id = name, .n = n, .next = x->styles};
    x->styles = x->style = new;
}

static void read_format(struct cell_style *s, const struct xml_attributes *a)
{
    size_t n;
    const char *code = xml_attribute(a, "Format", &n);
    if (xml_attribute_is(a, "Format", "Percent") || xml_attribute_is(a, "Format", "Fixed"))
        s->format =
            (struct cell_format){.kind = *code == 'P' ? CELL_PERCENT : CELL_FIXED, .decimals = 2};
    else if (code)
        s->format = cell_format_parse(code, n);
}

/* ---- sheets ---- */

static void begin_sheet(struct xls_xml *x, const struct xml_attributes *a)
{
    size_t n;
    const char *name = xml_attribute(a, "Name", &n);
    x->w.page++;
    block_text(&x->w, name ? name : "", n);
    block_end(&x->w, BLOCK_HEADING, 1);
}

/* A wide gap is no table, and could be made endless. */
static void skip_columns(struct xls_xml *x, int to)
{
    int gap = to - x->column < GAP_MAX ? to - x->column : GAP_MAX;
    for (int i = 0; i < gap && x->w.row_depth; i++)
        block_cell_end(&x->w);
    x->column = to > x->column ? to : x->column;
}

static void begin_cell(struct xls_xml *x, const struct xml_attributes *a)
{
    size_t n;
    const char *id = xml_attribute(a, "StyleID", &n);
    int index = xml_attribute_int(a, "Index", 0);
    skip_columns(x, index > 0 && index <= COLUMNS_MAX ? index - 1 : 0);
    const struct cell_style *s = x->styles;
    while (id && s && (s->n != n || memcmp(s->id, id, n) != 0))
        s = s->next;
    x->format = id && s ? s->format : (struct cell_format){.kind = CELL_GENERAL};
    int across = xml_attribute_int(a, "MergeAcross", 0);
    x->merged = across > 0 && across < COLUMNS_MAX ? across : 0;
}

static void end_cell(struct xls_xml *x)
{
    if (!x->w.row_depth)
        return;
    block_cell_end(&x->w);
    x->column += x->column < COLUMNS_MAX;
    skip_columns(x, x->column + x->merged);
    x->merged = 0;
}

/* 2024-05-06T00:00:00.000 */
static size_t date_length(const struct buf *text)
{
    const char *t = text->len ? memchr(text->data, 'T', text->len) : NULL;
    size_t n = t ? (size_t)(t - text->data) : text->len;
    bool is_midnight = t && text->len - n >= 9 && memcmp(t, "T00:00:00", 9) == 0;
    const char *dot = t ? memchr(t, '.', text->len - n) : NULL;
    if (is_midnight || !t)
        return n;
    text->data[n] = ' ';
    return dot ? (size_t)(dot - text->data) : text->len;
}

static void end_data(struct xls_xml *x)
{
    char number[CELL_TEXT_MAX];
    const struct buf *t = &x->text;
    x->in_data = false;
    if (x->in_comment && t->len) {
        for (size_t i = 0; i < t->len; i++)
            t->data[i] = t->data[i] == '\n' ? ' ' : t->data[i];
        if (t->len < x->comments.max - x->comments.len)
            block_need(&x->w,
                buf_append(&x->comments, t->data, t->len) && buf_append_byte(&x->comments, '\n'));
    } else if (x->w.row_depth && t->len) {
        if (x->type == 'N')
            block_text(&x->w, number, cell_render(t->data, t->len, x->format, false, number));
        else if (x->type == 'B')
            block_text(&x->w, t->data[0] == '1' ? "TRUE" : "FALSE", t->data[0] == '1' ? 4 : 5);
        else
            block_text(&x->w, t->data, x->type == 'D' ? date_length(t) : t->len);
    }
}

/* ---- the walk ---- */

static void begin_data(struct xls_xml *x, const struct xml_attributes *a)
{
    size_t n;
    const char *type = xml_attribute(a, "Type", &n);
    x->type = type && n ? *type : 'S';
    x->in_data = true;
    buf_clear(&x->text);
}

static void on_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct xls_xml *x = arg;
    if (x->in_data)
        return; /* the fonts of its text */
    buf_clear(&x->text);
    if (xml_is(name, "DocumentProperties"))
        x->in_properties = true;
    else if (xml_is(name, "Style"))
        begin_style(x, a);
    else if (xml_is(name, "NumberFormat") && x->style)
        read_format(x->style, a);
    else if (xml_is(name, "Worksheet"))
        begin_sheet(x, a);
    else if (xml_is(name, "Row") && !x->w.row_depth) {
        block_row_begin(&x->w);
        x->column = 0;
    } else if (xml_is(name, "Cell"))
        begin_cell(x, a);
    else if (xml_is(name, "Comment"))
        x->in_comment = true;
    else if (xml_is(name, "Data"))
        begin_data(x, a);
}

static void on_end(void *arg, const char *name)
{
    struct xls_xml *x = arg;
    if (xml_is(name, "DocumentProperties"))
        x->in_properties = false;
    else if (x->in_properties)
        block_property(&x->w, name, x->text.data, x->text.len);
    else if (xml_is(name, "Data"))
        end_data(x);
    else if (x->in_data)
        return;
    else if (xml_is(name, "Style"))
        x->style = NULL;
    else if (xml_is(name, "Comment"))
        x->in_comment = false;
    else if (xml_is(name, "Cell"))
        end_cell(x);
    else if (xml_is(name, "Row") && x->w.row_depth)
        block_row_end(&x->w);
    else if (xml_is(name, "Worksheet"))
        block_lines(&x->w, &x->comments);
}

static void on_text(void *arg, const char *text, size_t n)
{
    struct xls_xml *x = arg;
    if ((x->in_data || x->in_properties) && n <= x->text.max - x->text.len)
        block_need(&x->w, buf_append(&x->text, text, n));
}

enum status parse_xls_xml(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct xls_xml x = {.column = 0};
    struct xml_handler h = {&x, on_start, on_end, on_text, &x.w.status};
    block_writer_init(&x.w, sink, err);
    arena_init(&x.arena, 4 << 20);
    buf_init(&x.text, BLOCK_BYTES_MAX);
    buf_init(&x.comments, COMMENTS_BYTES_MAX);
    x.w.status = xml_walk_whole(&h, in->bytes, in->n, err);
    buf_release(&x.comments);
    buf_release(&x.text);
    arena_release(&x.arena);
    block_writer_release(&x.w);
    return x.w.status;
}
