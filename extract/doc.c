// SPDX-License-Identifier: GPL-2.0-or-later
/* Word files of 1997 to 2003 (.doc): the text, then footnotes, comments, endnotes and text boxes.
 *
 * What a reader of the document sees, once: instructions of fields (but for eq_field.h), hidden and deleted text, headers and
 * footers are left out. What a paragraph is, the byte that ends it tells: 0D, or 07 for a cell and for the end of a row. Headings and numbers
 * of lists as in docx.c. */
#include "common/utf8.h"
#include "extract/doc_file.h"
#include "extract/eq_field.h"
#include "extract/parsers.h"

/* Characters that mean something else than themselves. */
enum {
    MARK_CELL = 0x07,
    MARK_LINE = 0x0B,
    MARK_PAGE = 0x0C,
    MARK_PARAGRAPH = 0x0D,
    MARK_COLUMN = 0x0E,
    FIELD_BEGIN = 0x13,
    FIELD_SEPARATOR = 0x14,
    FIELD_END = 0x15,
    HYPHEN_FIXED = 0x1E,
};

struct doc {
    struct block_writer w;
    struct doc_file file;
    struct buf text; /* of the paragraph under way: what it is, only its end tells */
    uint64_t fields; /* a bit for each field around, the innermost lowest: in its instruction? */
    struct eq_field field;
    uint32_t high;   /* first half of a surrogate pair */
    bool has_unseen; /* hidden or deleted text stands in it */
};

/* ---- paragraphs ---- */

static void set_rows(struct doc *d, unsigned depth)
{
    while (d->w.row_depth > depth)
        block_row_end(&d->w);
    while (d->w.row_depth < depth)
        block_row_begin(&d->w);
}

/* Returns the bytes that it takes. */
static size_t put_number(struct doc *d, const struct doc_properties *p)
{
    struct buf number;
    buf_init(&number, 1024);
    if (docx_styles_number(
            &d->file.lists, p->list, p->list_level == DOC_UNSET ? 0 : p->list_level, &number))
        block_text(&d->w, number.data, number.len);
    buf_release(&number);
    return d->w.text.len;
}

static void put_paragraph(struct doc *d, const struct doc_properties *p)
{
    unsigned style = p->style < 0 ? 0 : (unsigned)p->style;
    const struct block_outline is = {
        p->outline, p->list > 0, style < d->file.n_styles && d->file.styles[style].is_title};
    size_t n_number = 0;
    if (p->is_hidden)
        buf_clear(&d->text);
    bool is_unseen = d->text.len == 0 && (d->has_unseen || p->is_hidden);
    if (is.is_item && !is_unseen)
        n_number = put_number(d, p);
    block_text(&d->w, d->text.data, d->text.len);
    block_end_outlined(&d->w, &is, n_number);
    buf_clear(&d->text);
    d->has_unseen = false;
}

static void end_paragraph(struct doc *d, const struct doc_piece *piece, uint32_t mark, size_t at)
{
    const struct doc_properties *p = doc_paragraph_at(&d->file, piece, at);
    unsigned depth = p->depth ? p->depth : p->is_in_table || mark == MARK_CELL;
    bool is_row_end = mark == MARK_CELL ? p->is_row_end : p->is_inner_row_end;
    if (is_row_end) {
        buf_clear(&d->text);
        d->has_unseen = false;
        while (d->w.row_depth && d->w.row_depth >= depth)
            block_row_end(&d->w);
        return;
    }
    set_rows(d, depth);
    put_paragraph(d, p);
    if (mark == MARK_CELL || p->is_inner_cell)
        block_cell_end(&d->w);
}

/* ---- characters ---- */

static void put_text(struct doc *d, const char *text, size_t n)
{
    if (d->text.len + n > d->text.max) { /* longer than any paragraph is */
        block_text(&d->w, d->text.data, d->text.len);
        block_end(&d->w, BLOCK_TEXT, 0);
        buf_clear(&d->text);
    }
    block_need(&d->w, buf_append(&d->text, text, n));
}

static void put_char(struct doc *d, uint32_t c)
{
    char text[UTF8_MAX_BYTES];
    if (c >= 0xD800 && c < 0xDC00) {
        d->high = c;
        return;
    }
    if (c >= 0xDC00 && c < 0xE000)
        c = d->high ? 0x10000 + ((d->high - 0xD800) << 10) + (c - 0xDC00) : UTF8_INVALID;
    d->high = 0;
    size_t n = utf8_encode(c, text);
    if (d->fields)
        block_need(&d->w, eq_field_put(&d->field, text, n));
    else
        put_text(d, text, n);
}

static void read_field_mark(struct doc *d, uint32_t mark)
{
    if (mark == FIELD_BEGIN) {
        d->fields = d->fields << 1 | 1;
        eq_field_begin(&d->field);
    } else if (mark == FIELD_SEPARATOR) {
        d->fields &= ~(uint64_t)1;
        block_need(&d->w, eq_field_separate(&d->field, d->text.len));
    } else {
        d->fields >>= 1;
        block_need(&d->w, eq_field_end(&d->field, d->text.len));
        if (d->field.text.len && !d->fields)
            put_text(d, d->field.text.data, d->field.text.len);
    }
}

static void read_char(struct doc *d, const struct doc_piece *piece, uint32_t c, size_t at)
{
    if (c == FIELD_BEGIN || c == FIELD_SEPARATOR || c == FIELD_END) {
        read_field_mark(d, c);
    } else if (c == MARK_PARAGRAPH || c == MARK_PAGE || c == MARK_CELL) {
        end_paragraph(d, piece, c, at);
    } else if (!d->fields || d->field.is_instruction) {
        const struct doc_properties *p = doc_character_at(&d->file, piece, at);
        bool is_seen = !p->is_deleted && !p->is_hidden && !p->is_symbol;
        if (c == '\t' || c == MARK_LINE || c == MARK_COLUMN)
            c = ' ';
        c = c == HYPHEN_FIXED ? '-' : c;
        if (is_seen && c >= ' ')
            put_char(d, c);
        d->has_unseen |= !d->fields && (p->is_deleted || p->is_hidden);
    }
}

static uint32_t western(unsigned byte)
{
    static const uint16_t high[32] = {0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D, 0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C,
        0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D, 0x017E,
        0x0178};
    return byte >= 0x80 && byte < 0xA0 ? high[byte - 0x80] : byte;
}

/* What of characters from to to lies in the piece. */
static void read_piece(struct doc *d, const struct doc_piece *piece, uint32_t from, uint32_t to)
{
    uint32_t end = to < piece->to ? to : piece->to;
    for (uint32_t i = from > piece->from ? from : piece->from; i < end; i++) {
        size_t at = piece->at + (size_t)(i - piece->from) * (piece->is_narrow ? 1 : 2);
        uint32_t c =
            piece->is_narrow ? western(doc_u8(d->file.word, at)) : doc_u16(d->file.word, at);
        if (d->w.status != STATUS_OK)
            return;
        read_char(d, piece, c, at);
    }
}

static void read_story(struct doc *d, uint32_t from, uint32_t to)
{
    static const struct doc_properties none = {
        DOC_UNSET, DOC_UNSET, DOC_UNSET, DOC_UNSET, .depth = 0};
    d->fields = d->high = 0;
    eq_field_reset(&d->field);
    for (size_t i = 0; i < d->file.n_pieces; i++)
        read_piece(d, &d->file.pieces[i], from, to);
    put_paragraph(d, &none);
    set_rows(d, 0);
}

static void read_stories(struct doc *d)
{
    uint32_t at = 0;
    for (unsigned i = 0; i < DOC_STORIES; i++) {
        d->w.is_note = i == DOC_FOOTNOTES || i == DOC_COMMENTS || i == DOC_ENDNOTES;
        bool is_read = i != DOC_HEADERS && i != DOC_MACROS && i != DOC_HEADER_BOXES;
        if (is_read && d->file.n_chars[i])
            read_story(d, at, at + d->file.n_chars[i]);
        at += d->file.n_chars[i];
    }
}

/* ---- the file ---- */

/* OLE2 holds other documents, too, always in whole sectors. */
static enum status check_kind(const struct ole *o, size_t n, struct error *err)
{
    enum { SECTOR_BYTES = 512 };
    if (ole_has(o, "EncryptedPackage"))
        return error_set(err, STATUS_BAD_INPUT, "encrypted");
    if (ole_has(o, "WordDocument"))
        return STATUS_OK;
    if (ole_has(o, "Workbook") || ole_has(o, "Book"))
        return error_set(err, STATUS_FOREIGN, "not read yet: %s", "xls");
    if (ole_has(o, "PowerPoint Document"))
        return error_set(err, STATUS_FOREIGN, "not read yet: %s", "ppt");
    return n % SECTOR_BYTES ? error_set(err, STATUS_BAD_INPUT, "damaged OLE2 file")
                            : error_set(err, STATUS_FOREIGN, "not read yet: %s", "OLE2");
}

enum status parse_doc(
    const struct document_input *in, const struct document_sink *sink, struct error *err)
{
    struct doc d = {.fields = 0};
    struct ole *o;
    enum status status = ole_open(in, &o, err);
    if (status == STATUS_OK)
        status = check_kind(o, in->n, err);
    if (status != STATUS_OK) {
        ole_close(o);
        return status;
    }
    block_writer_init(&d.w, sink, err);
    buf_init(&d.text, BLOCK_BYTES_MAX);
    eq_field_init(&d.field);
    d.w.status = doc_file_open(&d.file, o, err);
    if (d.w.status == STATUS_OK) {
        ole_meta(o, &d.w);
        read_stories(&d);
    }
    status = d.w.status;
    doc_file_release(&d.file);
    buf_release(&d.text);
    eq_field_release(&d.field);
    block_writer_release(&d.w);
    ole_close(o);
    return status;
}
