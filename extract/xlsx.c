// SPDX-License-Identifier: GPL-2.0-or-later
/* Sheets (.xlsx): a sheet, hidden or not, is a page, its name a heading; then its rows, then its comments.
 *
 * A cell stands under its column: `A1`, `C1` give "a | | c". Formulas show the value last computed. */
#include <stdlib.h>
#include <string.h>

#include "extract/ooxml.h"
#include "extract/parsers.h"
#include "extract/xls_xml.h"
#include "extract/xlsx_cells.h"

enum {
    SHEETS_MAX = 1 << 14,
    STRINGS_BYTES_MAX = 256 << 20,
    STRINGS_MAX = 8 << 20,
    FORMATS_MAX = 1 << 16,
    GAP_MAX = 64, /* empty cells between two */
};

struct sheet {
    const char *name, *path;
    size_t n_name;
    struct sheet *next;
};

struct custom_format {
    int id;
    struct cell_format format;
};

struct xlsx {
    struct block_writer w;
    struct zip zip;
    struct arena arena;
    struct ooxml_relation *relations;
    struct sheet *first, **last;
    unsigned n_sheets;
    bool is_1904;
    struct buf strings, ends;    /* shared strings behind each other; where each ends, uint32_t */
    struct buf customs, formats; /* struct custom_format; struct cell_format of each style */
    bool is_text, in_rich, in_formats, in_comment;
    struct buf value; /* of the cell under way */
    int column, style;
    char type; /* 's'hared, 'i'nline, 'b'oolean, 'n'umber, text '=' of a formula or error */
};

/* ---- the workbook, its strings and styles ---- */

static void book_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct xlsx *x = arg;
    size_t n_id, n_name;
    if (xml_is(name, "workbookPr"))
        x->is_1904 =
            xml_attribute_is(a, "date1904", "1") || xml_attribute_is(a, "date1904", "true");
    const char *id = xml_attribute_in(a, "relationships", "id", &n_id);
    const char *path =
        xml_is(name, "sheet") && id ? ooxml_target_of_id(x->relations, id, n_id) : NULL;
    if (!path || x->n_sheets++ >= SHEETS_MAX)
        return;
    const char *title = xml_attribute(a, "name", &n_name);
    struct sheet *new = arena_alloc(&x->arena, sizeof *new);
    block_need(&x->w, new && (new->name = arena_copy(&x->arena, title ? title : "", n_name)));
    if (x->w.status != STATUS_OK)
        return;
    new->n_name = n_name;
    new->path = path;
    *x->last = new;
    x->last = &new->next;
}

static void strings_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct xlsx *x = arg;
    (void)a;
    if (xml_is(name, "rPh")) /* the reading of Japanese names */
        x->in_rich = true;
    x->is_text = xml_is(name, "t") && !x->in_rich;
}

static void strings_end(void *arg, const char *name)
{
    struct xlsx *x = arg;
    x->is_text = false;
    if (xml_is(name, "rPh"))
        x->in_rich = false;
    if (!xml_is(name, "si"))
        return;
    size_t start = 0;
    if (x->ends.len)
        start = ((const uint32_t *)(const void *)x->ends.data)[x->ends.len / sizeof(uint32_t) - 1];
    if (x->strings.len > start)
        x->strings.len = start + cell_unescape(x->strings.data + start, x->strings.len - start);
    uint32_t end = (uint32_t)x->strings.len;
    block_need(&x->w, buf_append(&x->ends, &end, sizeof end));
}

static void strings_text(void *arg, const char *text, size_t n)
{
    struct xlsx *x = arg;
    if (x->is_text)
        block_need(&x->w, buf_append(&x->strings, text, n));
}

static struct cell_format format_of(const struct xlsx *x, int id)
{
    const struct custom_format *all = (const void *)x->customs.data;
    for (size_t i = 0; i < x->customs.len / sizeof *all; i++)
        if (all[i].id == id)
            return all[i].format;
    return cell_format_builtin(id);
}

static void styles_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct xlsx *x = arg;
    size_t n;
    if (xml_is(name, "cellXfs"))
        x->in_formats = true;
    if (xml_is(name, "numFmt")) {
        const char *code = xml_attribute(a, "formatCode", &n);
        struct custom_format f = {
            xml_attribute_int(a, "numFmtId", -1), cell_format_parse(code ? code : "", n)};
        block_need(&x->w, buf_append(&x->customs, &f, sizeof f));
    } else if (xml_is(name, "xf") && x->in_formats) {
        struct cell_format f = format_of(x, xml_attribute_int(a, "numFmtId", 0));
        block_need(&x->w, buf_append(&x->formats, &f, sizeof f));
    }
}

static void styles_end(void *arg, const char *name)
{
    struct xlsx *x = arg;
    if (xml_is(name, "cellXfs"))
        x->in_formats = false;
}

/* ---- a sheet ---- */

/* "BC12" is column 55, from 1; 0 where there is no letter. */
static int column_of(const char *ref, size_t n)
{
    int column = 0;
    for (size_t i = 0; i < n && ref[i] >= 'A' && ref[i] <= 'Z' && column < 20000; i++)
        column = column * 26 + ref[i] - 'A' + 1;
    return column;
}

static void begin_cell(struct xlsx *x, const struct xml_attributes *a)
{
    size_t n;
    const char *ref = xml_attribute(a, "r", &n);
    int column = ref ? column_of(ref, n) : x->column + 1, gap = column - x->column - 1;
    for (gap = gap > GAP_MAX ? GAP_MAX : gap; gap > 0; gap--)
        block_cell_end(&x->w);
    x->column = column > x->column ? column : x->column + 1;
    x->style = xml_attribute_int(a, "s", 0);
    const char *type = xml_attribute(a, "t", &n);
    x->type = !type                                   ? 'n'
              : n == 1 && strchr("sbn", type[0])      ? type[0]
              : xml_attribute_is(a, "t", "inlineStr") ? 'i'
                                                      : '=';
    buf_clear(&x->value);
}

static void put_shared(struct xlsx *x)
{
    char digits[16] = "";
    size_t n = x->ends.len / sizeof(uint32_t);
    memcpy(digits, x->value.data, x->value.len < 15 ? x->value.len : 15);
    unsigned long i = strtoul(digits, NULL, 10);
    const uint32_t *ends = (const void *)x->ends.data;
    if (i >= n) {
        block_fail(&x->w, STATUS_BAD_INPUT, "a cell names a text that is not there");
        return;
    }
    uint32_t start = i ? ends[i - 1] : 0;
    if (ends[i] > start)
        block_text(&x->w, x->strings.data + start, ends[i] - start);
}

static void end_cell(struct xlsx *x)
{
    char text[CELL_TEXT_MAX];
    const struct cell_format *formats = (const void *)x->formats.data;
    struct cell_format f = {.kind = CELL_GENERAL};
    if (x->style >= 0 && (size_t)x->style < x->formats.len / sizeof *formats)
        f = formats[x->style];
    if (x->value.len && x->type == 's')
        put_shared(x);
    else if (x->value.len && x->type == 'b')
        block_text(
            &x->w, x->value.data[0] == '1' ? "TRUE" : "FALSE", x->value.data[0] == '1' ? 4 : 5);
    else if (x->value.len && x->type == 'n')
        block_text(&x->w, text, cell_render(x->value.data, x->value.len, f, x->is_1904, text));
    else if (x->value.len)
        block_text(&x->w, x->value.data, cell_unescape(x->value.data, x->value.len));
    block_cell_end(&x->w);
}

static void sheet_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct xlsx *x = arg;
    if (xml_is(name, "row")) {
        block_row_begin(&x->w);
        x->column = 0;
    } else if (xml_is(name, "c")) {
        begin_cell(x, a);
    } else if (xml_is(name, "rPh")) {
        x->in_rich = true;
    } else {
        x->is_text = xml_is(name, "v") || (xml_is(name, "t") && !x->in_rich);
    }
}

static void sheet_end(void *arg, const char *name)
{
    struct xlsx *x = arg;
    x->is_text = false;
    if (xml_is(name, "rPh"))
        x->in_rich = false;
    else if (xml_is(name, "c"))
        end_cell(x);
    else if (xml_is(name, "row"))
        block_row_end(&x->w);
}

static void sheet_text(void *arg, const char *text, size_t n)
{
    struct xlsx *x = arg;
    if (x->is_text && x->w.row_depth)
        block_need(&x->w, buf_append(&x->value, text, n));
}

static void comments_start(void *arg, const char *name, const struct xml_attributes *a)
{
    struct xlsx *x = arg;
    (void)a;
    x->in_comment |= xml_is(name, "comment");
    x->is_text = x->in_comment && xml_is(name, "t");
    buf_clear(&x->value);
}

static void comments_end(void *arg, const char *name)
{
    struct xlsx *x = arg;
    if (x->is_text && x->value.len)
        block_text(&x->w, x->value.data, cell_unescape(x->value.data, x->value.len));
    x->is_text = false;
    if (!xml_is(name, "comment"))
        return;
    x->in_comment = false;
    block_end(&x->w, BLOCK_TEXT, 0);
}

static void comments_text(void *arg, const char *text, size_t n)
{
    struct xlsx *x = arg;
    if (x->is_text && n <= x->value.max - x->value.len)
        block_need(&x->w, buf_append(&x->value, text, n));
}

static void walk(struct xlsx *x, const char *part,
    void (*start)(void *, const char *, const struct xml_attributes *),
    void (*end)(void *, const char *), void (*text)(void *, const char *, size_t))
{
    struct xml_handler h = {x, start, end, text, &x->w.status};
    x->is_text = x->in_rich = x->in_formats = x->in_comment = false;
    if (part && x->w.status == STATUS_OK)
        x->w.status = zip_walk_any(&x->zip, part, &h, x->w.err);
}

static void read_sheet(struct xlsx *x, const struct sheet *s)
{
    struct ooxml_relation *r = NULL;
    struct arena arena;
    arena_init(&arena, 16 << 20);
    x->w.page++;
    block_text(&x->w, s->name, s->n_name);
    block_end(&x->w, BLOCK_HEADING, 1);
    walk(x, s->path, sheet_start, sheet_end, sheet_text);
    if (x->w.status == STATUS_OK)
        x->w.status = ooxml_relations(&x->zip, s->path, &arena, &r, x->w.err);
    walk(x, ooxml_target_of_type(r, "comments"), comments_start, comments_end, comments_text);
    arena_release(&arena);
}

static void parse(struct xlsx *x)
{
    const char *part = NULL;
    x->w.status = ooxml_main_part(&x->zip, &x->arena, &part, x->w.err);
    if (x->w.status == STATUS_OK)
        x->w.status = ooxml_relations(&x->zip, part, &x->arena, &x->relations, x->w.err);
    walk(x, part, book_start, NULL, NULL);
    if (x->w.status == STATUS_OK && x->n_sheets == 0)
        block_fail(&x->w, STATUS_BAD_INPUT, "no document in it");
    ooxml_meta(&x->zip, &x->w);
    walk(x, ooxml_target_of_type(x->relations, "sharedStrings"), strings_start, strings_end,
        strings_text);
    walk(x, ooxml_target_of_type(x->relations, "styles"), styles_start, styles_end, NULL);
    for (const struct sheet *s = x->first; s && x->w.status == STATUS_OK; s = s->next)
        read_sheet(x, s);
}

enum status parse_xlsx(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct xlsx x = {.n_sheets = 0};
    if (document_sniff(in->bytes, in->n) == DOCUMENT_XLSX)
        return parse_xls_xml(in, sink, err);
    x.last = &x.first;
    block_writer_init(&x.w, sink, err);
    arena_init(&x.arena, 16 << 20);
    zip_init(&x.zip, in->bytes, in->n);
    buf_init(&x.strings, STRINGS_BYTES_MAX);
    buf_init(&x.ends, STRINGS_MAX * sizeof(uint32_t));
    buf_init(&x.customs, FORMATS_MAX * sizeof(struct custom_format));
    buf_init(&x.formats, FORMATS_MAX * sizeof(struct cell_format));
    buf_init(&x.value, BLOCK_BYTES_MAX);
    parse(&x);
    buf_release(&x.value);
    buf_release(&x.formats);
    buf_release(&x.customs);
    buf_release(&x.ends);
    buf_release(&x.strings);
    arena_release(&x.arena);
    block_writer_release(&x.w);
    return x.w.status;
}
