// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/doc_file.h"

#include <stdlib.h>

/* Of the header (FIB). */
enum {
    FIB_IDENT = 0x00,
    FIB_VERSION = 0x02,
    FIB_FLAGS = 0x0A,
    FIB_CCP_TEXT = 0x4C,
    FIB_ENTRIES = 0x9A,
    IDENT_WORD97 = 0xA5EC,
    IDENT_WORD6 = 0xA5DC,
    VERSION_WORD97 = 0xC1,
    FLAG_ENCRYPTED = 0x0100,
    FLAG_TABLE1 = 0x0200,
    ENTRY_CHARACTERS = 12,
    ENTRY_PARAGRAPHS = 13,
    ENTRY_PIECES = 33,
};

enum { PAGE_BYTES = 512, CHARS_MAX = 1 << 28, CLX_MODIFIERS = 1, CLX_PIECES = 2 };

unsigned doc_u8(struct doc_span s, size_t at)
{
    return at < s.n ? s.bytes[at] : 0;
}

unsigned doc_u16(struct doc_span s, size_t at)
{
    return at < s.n && s.n - at >= 2 ? s.bytes[at] | (unsigned)s.bytes[at + 1] << 8 : 0;
}

uint32_t doc_u32(struct doc_span s, size_t at)
{
    return at < s.n && s.n - at >= 4 ? doc_u16(s, at) | (uint32_t)doc_u16(s, at + 2) << 16 : 0;
}

struct doc_span doc_part(struct doc_span s, size_t at, size_t n)
{
    at = at < s.n ? at : s.n;
    n = n < s.n - at ? n : s.n - at;
    return (struct doc_span){s.bytes ? s.bytes + at : NULL, n};
}

struct doc_span doc_table_part(const struct doc_file *f, unsigned n)
{
    size_t entry = FIB_ENTRIES + 8 * (size_t)n;
    return doc_part(f->table, doc_u32(f->word, entry), doc_u32(f->word, entry + 4));
}

/* ---- modifiers ---- */

/* Bytes of the operand, by the three bits that tell its kind; of one that tells its own length, that byte included. */
static size_t operand_bytes(unsigned code, struct doc_span list, size_t at)
{
    static const unsigned char fixed[] = {1, 1, 2, 4, 2, 2, 0, 3};
    enum { TABLE_DEFINITION = 0xD608, CHANGED_TABS = 0xC615 };
    if (code >> 13 != 6)
        return fixed[code >> 13];
    if (code == TABLE_DEFINITION)
        return (size_t)doc_u16(list, at) + 1;
    if (code == CHANGED_TABS && doc_u8(list, at) == 255)
        return list.n; /* longer than a byte tells: nothing is read behind it */
    return (size_t)doc_u8(list, at) + 1;
}

static void read_modifier(unsigned code, uint32_t v, struct doc_properties *p)
{
    switch (code) {
    case 0x4600:
        p->style = (int)(v & 0xFFF);
        break;
    case 0x2640:
        p->outline = (int)(v & 0xFF);
        break;
    case 0x460B:
        p->list = (v & 0xFFFF) < 0xF801 ? (int)(v & 0xFFFF) : 0; /* past that: was in one */
        break;
    case 0x260A:
        p->list_level = (int)(v & 0xFF);
        break;
    case 0x2416:
        p->is_in_table = v & 1;
        break;
    case 0x2417:
        p->is_row_end = v & 1;
        break;
    case 0x6649:
        p->depth = v < BLOCK_ROW_DEPTH_MAX ? v : BLOCK_ROW_DEPTH_MAX;
        break;
    case 0x244B:
        p->is_inner_cell = v & 1;
        break;
    case 0x244C:
        p->is_inner_row_end = v & 1;
        break;
    case 0x0800:
        p->is_deleted = v & 1;
        break;
    case 0x083C:
        p->is_hidden = v & 1;
        break;
    case 0x6A09:
        p->is_symbol = true;
        break;
    default:
        break;
    }
}

/* Modifiers that are too many for their page lie in the data stream. */
static void read_list(
    const struct doc_file *f, struct doc_span list, struct doc_properties *p, bool is_aside)
{
    enum { ASIDE = 0x6646, ASIDE_OLD = 0x6645 };
    for (size_t at = 0; at + 2 < list.n;) {
        unsigned code = doc_u16(list, at);
        uint32_t value = list.n - at >= 6   ? doc_u32(list, at + 2)
                         : list.n - at >= 4 ? doc_u16(list, at + 2)
                                            : doc_u8(list, at + 2);
        if ((code == ASIDE || code == ASIDE_OLD) && !is_aside)
            read_list(f, doc_part(f->data, (size_t)value + 2, doc_u16(f->data, value)), p, true);
        else
            read_modifier(code, value, p);
        at += 2 + operand_bytes(code, list, at + 2);
    }
}

void doc_read_modifiers(const struct doc_file *f, struct doc_span list, struct doc_properties *p)
{
    read_list(f, list, p, false);
}

/* ---- runs: a table of pages of 512 bytes, in the WordDocument stream ---- */

/* The last i < n with number i of the ascending numbers at most v; n where there is none. */
static size_t find(struct doc_span numbers, size_t n, uint32_t v)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (doc_u32(numbers, 4 * middle) <= v)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? low - 1 : n;
}

/* The modifiers of run i of the page. */
static struct doc_span modifiers_of(
    struct doc_span page, size_t n_runs, size_t i, bool is_paragraphs, struct doc_properties *p)
{
    size_t at = 2 * (size_t)doc_u8(page, 4 * (n_runs + 1) + i * (is_paragraphs ? 13 : 1));
    if (at == 0)
        return doc_part(page, page.n, 0);
    size_t n = doc_u8(page, at++);
    if (!is_paragraphs)
        return doc_part(page, at, n);
    n = n ? 2 * n - 1 : 2 * (size_t)doc_u8(page, at++);
    p->style = (int)doc_u16(page, at);
    return doc_part(page, at + 2, n < 2 ? 0 : n - 2);
}

static void find_run(struct doc_file *f, struct doc_runs *runs, uint32_t at)
{
    size_t n_pages = runs->table.n >= 4 ? (runs->table.n - 4) / 8 : 0;
    size_t which = find(runs->table, n_pages, at);
    uint32_t number = doc_u32(runs->table, 4 * (n_pages + 1) + 4 * which) & 0x3FFFFF;
    struct doc_span page = doc_part(f->word, (size_t)number * PAGE_BYTES, PAGE_BYTES);
    size_t n_runs = doc_u8(page, PAGE_BYTES - 1), i = find(page, n_runs, at);
    runs->found = (struct doc_properties){DOC_UNSET, DOC_UNSET, DOC_UNSET, DOC_UNSET, .depth = 0};
    runs->from = runs->to = 0; /* found by none: asked again for the next */
    if (which == n_pages || i == n_runs || at >= doc_u32(page, 4 * (i + 1)))
        return;
    struct doc_span list = modifiers_of(page, n_runs, i, runs->is_paragraphs, &runs->found);
    doc_read_modifiers(f, list, &runs->found);
    runs->from = doc_u32(page, 4 * i);
    runs->to = doc_u32(page, 4 * (i + 1));
}

static const struct doc_properties *properties_at(
    struct doc_file *f, struct doc_runs *runs, size_t at)
{
    if (at < runs->from || at >= runs->to)
        find_run(f, runs, (uint32_t)at);
    return &runs->found;
}

/* What a piece's Prm says: one modifier by its number in a short list and a byte, or which of those that stand before the table
 * of pieces. */
static void read_piece_modifier(
    const struct doc_file *f, unsigned modifier, struct doc_properties *p)
{
    static const struct {
        unsigned number, code;
    } rows[] = {{0x0C, 0x260A}, {0x18, 0x2416}, {0x19, 0x2417}, {0x41, 0x0800}, {0x5C, 0x083C}};
    size_t at = 0;
    if (!(modifier & 1)) {
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
            if (rows[i].number == (modifier >> 1 & 0x7F))
                read_modifier(rows[i].code, modifier >> 8, p);
        return;
    }
    for (unsigned i = modifier >> 1; i && doc_u8(f->clx, at) == CLX_MODIFIERS; i--)
        at += 3 + (size_t)doc_u16(f->clx, at + 1);
    if (doc_u8(f->clx, at) == CLX_MODIFIERS)
        doc_read_modifiers(f, doc_part(f->clx, at + 3, doc_u16(f->clx, at + 1)), p);
}

/* Those of the run, and of the piece over them. */
static struct doc_properties *shown_at(
    struct doc_file *f, struct doc_runs *runs, const struct doc_piece *piece, size_t at)
{
    f->at_hand = *properties_at(f, runs, at);
    if (piece->modifier)
        read_piece_modifier(f, piece->modifier, &f->at_hand);
    return &f->at_hand;
}

const struct doc_properties *doc_character_at(
    struct doc_file *f, const struct doc_piece *piece, size_t at)
{
    return shown_at(f, &f->characters, piece, at);
}

const struct doc_properties *doc_paragraph_at(
    struct doc_file *f, const struct doc_piece *piece, size_t at)
{
    struct doc_properties *p = shown_at(f, &f->paragraphs, piece, at);
    int style = p->style < 0 ? 0 : p->style;
    for (unsigned i = 0; i < 32 && style >= 0 && (unsigned)style < f->n_styles; i++) {
        const struct doc_style *s = &f->styles[style];
        p->outline = p->outline == DOC_UNSET ? s->outline : p->outline;
        p->list = p->list == DOC_UNSET ? s->list : p->list;
        p->list_level = p->list_level == DOC_UNSET ? s->list_level : p->list_level;
        p->is_hidden |= s->is_hidden;
        style = s->based_on;
    }
    return p;
}

/* ---- the header and the pieces ---- */

/* CLX: lists of modifiers, then the table of pieces: n + 1 places, n times eight bytes. */
static struct doc_span piece_table(struct doc_span clx)
{
    size_t at = 0;
    while (at < clx.n && doc_u8(clx, at) == CLX_MODIFIERS)
        at += 3 + (size_t)doc_u16(clx, at + 1);
    if (doc_u8(clx, at) != CLX_PIECES)
        return doc_part(clx, clx.n, 0);
    return doc_part(clx, at + 5, doc_u32(clx, at + 1));
}

static enum status damaged(struct error *err)
{
    return error_set(err, STATUS_BAD_INPUT, "damaged Word file");
}

/* Pieces do not overlap: all together they hold no more bytes than the stream. */
static enum status read_pieces(struct doc_file *f, struct error *err)
{
    f->clx = doc_table_part(f, ENTRY_PIECES);
    struct doc_span table = piece_table(f->clx);
    size_t n = table.n >= 4 ? (table.n - 4) / 12 : 0, n_bytes = 0;
    if (n == 0)
        return damaged(err);
    f->pieces = calloc(n, sizeof *f->pieces);
    if (!f->pieces)
        return error_no_memory(err);
    for (size_t i = 0; i < n; i++) {
        struct doc_piece *p = &f->pieces[i];
        uint32_t place = doc_u32(table, 4 * (n + 1) + 8 * i + 2);
        p->from = doc_u32(table, 4 * i);
        p->to = doc_u32(table, 4 * i + 4);
        p->is_narrow = place & 0x40000000;
        p->modifier = doc_u16(table, 4 * (n + 1) + 8 * i + 6);
        p->at = place & 0x3FFFFFFF;
        p->at = p->is_narrow ? p->at / 2 : p->at;
        size_t n_piece = (size_t)(p->to - p->from) * (p->is_narrow ? 1 : 2);
        n_bytes += n_piece;
        if (p->to < p->from || p->from != (i ? f->pieces[i - 1].to : 0) || p->at > f->word.n ||
            n_piece > f->word.n - p->at || n_bytes > f->word.n)
            return damaged(err);
    }
    f->n_pieces = n;
    return f->n_chars[DOC_MAIN] <= f->pieces[n - 1].to ? STATUS_OK : damaged(err);
}

static enum status read_header(struct doc_file *f, struct error *err)
{
    unsigned ident = doc_u16(f->word, FIB_IDENT), version = doc_u16(f->word, FIB_VERSION);
    uint64_t n_chars = 0;
    if (ident == IDENT_WORD6 || (ident == IDENT_WORD97 && version < VERSION_WORD97))
        return error_set(err, STATUS_BAD_INPUT, "of Word 6 or 95, which is not read");
    if (ident != IDENT_WORD97 || f->word.n < FIB_ENTRIES + 8 * (ENTRY_PIECES + 1))
        return damaged(err);
    if (doc_u16(f->word, FIB_FLAGS) & FLAG_ENCRYPTED)
        return error_set(err, STATUS_BAD_INPUT, "encrypted");
    for (unsigned i = 0; i < DOC_STORIES; i++) {
        f->n_chars[i] = doc_u32(f->word, FIB_CCP_TEXT + 4 * i);
        n_chars += f->n_chars[i];
    }
    return n_chars < CHARS_MAX ? STATUS_OK : damaged(err);
}

static enum status read_stream(
    const struct ole *o, const char *name, struct doc_span *out, struct error *err)
{
    unsigned char *bytes;
    enum status status = ole_read(o, name, &bytes, &out->n, err);
    out->bytes = bytes;
    return status;
}

enum status doc_file_open(struct doc_file *f, const struct ole *o, struct error *err)
{
    *f = (struct doc_file){.paragraphs.is_paragraphs = true};
    enum status status = read_stream(o, "WordDocument", &f->word, err);
    if (status == STATUS_OK)
        status = read_header(f, err);
    if (status == STATUS_OK) {
        bool is_first = doc_u16(f->word, FIB_FLAGS) & FLAG_TABLE1;
        status = read_stream(o, is_first ? "1Table" : "0Table", &f->table, err);
    }
    if (status == STATUS_MISSING)
        return damaged(err);
    if (status == STATUS_OK)
        status = read_stream(o, "Data", &f->data, err);
    status = status == STATUS_MISSING ? STATUS_OK : status;
    if (status == STATUS_OK)
        status = read_pieces(f, err);
    f->characters.table = doc_table_part(f, ENTRY_CHARACTERS);
    f->paragraphs.table = doc_table_part(f, ENTRY_PARAGRAPHS);
    if (status == STATUS_OK)
        status = doc_styles_read(f, err);
    return status == STATUS_OK ? doc_lists_read(f, err) : status;
}

void doc_file_release(struct doc_file *f)
{
    free((void *)(uintptr_t)f->word.bytes);
    free((void *)(uintptr_t)f->table.bytes);
    free((void *)(uintptr_t)f->data.bytes);
    free(f->pieces);
    free(f->styles);
    docx_styles_release(&f->lists);
}
