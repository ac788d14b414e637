// SPDX-License-Identifier: GPL-2.0-or-later
/* What the control words of RTF mean to its text. */
#include <stdlib.h>

#include "extract/rtf.h"
#include "extract/style_name.h"

typedef void word_action(struct rtf *r, int argument, const struct rtf_word *word);

/* ---- destinations ---- */

static void begin_destination(struct rtf *r, int to, const struct rtf_word *word)
{
    (void)word;
    if (r->group->to == RTF_SKIPPED)
        return;
    r->group->to = (enum rtf_destination)to;
    r->group->is_owner = to != RTF_SKIPPED && to != RTF_SHAPE;
    if (r->group->is_owner)
        buf_clear(&r->name);
}

static void begin_instruction(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    begin_destination(r, r->group->to == RTF_BODY ? RTF_INSTRUCTION : RTF_SKIPPED, word);
}

static void begin_note(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    r->group->is_note = true;
    if (r->are_notes && r->group->to == RTF_BODY)
        rtf_paragraph_end(r);
    r->group->style = r->group->outline = r->group->list = RTF_UNSET;
    r->group->is_in_table = false;
    r->group->row_depth = 0;
}

static void begin_box(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    if (r->group->to != RTF_SHAPE)
        return;
    r->group->to = RTF_BODY;
    r->group->style = r->group->outline = r->group->list = RTF_UNSET;
    r->group->is_in_table = false;
    r->group->row_depth = 0;
    if (r->group->is_note != r->are_notes)
        return;
    rtf_put_number(r);
    block_set_aside(&r->w);
    r->group->row_base = r->w.row_depth;
    r->group->is_aside = true;
}

/* {\upr{as ANSI}{\*\ud{in Unicode}}} */
static void begin_twice(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    r->group->to_outside_upr = r->group->to;
    r->group->to = RTF_SKIPPED;
}

static void begin_unicode(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    r->group->to = r->group->to_outside_upr;
}

/* ---- fonts, styles, information ---- */

static void set_document_page(struct rtf *r, int page, const struct rtf_word *word)
{
    r->page = page ? (unsigned)page : word->value > 0 ? (unsigned)word->value : r->page;
    r->group->page = r->page;
}

static unsigned page_of_font(const struct rtf *r, int font)
{
    unsigned page = font >= 0 && font < RTF_FONTS_MAX ? r->fonts[font] : 0;
    return page ? page : r->page;
}

void rtf_use_standard_font(struct rtf *r)
{
    r->group->page = page_of_font(r, r->standard_font);
}

static void set_font(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    if (r->group->to == RTF_FONTS)
        r->font = word->value;
    else
        r->group->page = page_of_font(r, word->value);
}

static void set_standard_font(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    r->standard_font = word->value;
}

static void set_font_page(struct rtf *r, int is_charset, const struct rtf_word *word)
{
    unsigned page = is_charset ? code_page_of_charset(word->value, 0)
                    : word->value > 0 && word->value <= UINT16_MAX ? (unsigned)word->value
                                                                   : 0;
    if (r->group->to == RTF_FONTS && r->font >= 0 && r->font < RTF_FONTS_MAX)
        r->fonts[r->font] = (uint16_t)page;
}

static void plain(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    rtf_use_standard_font(r);
    r->group->is_hidden = r->group->is_deleted = false;
}

void rtf_style_end(struct rtf *r)
{
    rtf_flush(r);
    const struct rtf_group *g = r->group;
    int style = g->style == RTF_UNSET ? 0 : g->style;
    if (style >= 0 && style < RTF_STYLES_MAX && r->name.len) {
        struct rtf_style *s = &r->styles[style];
        s->outline =
            g->outline != RTF_UNSET ? g->outline : style_name_outline(r->name.data, r->name.len);
        s->list = g->list;
        s->is_title = style_name_is_title(r->name.data, r->name.len);
    }
    buf_clear(&r->name);
}

static void set_style(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    r->group->style = word->value;
}

static void set_base_style(struct rtf *r, int argument, const struct rtf_word *word)
{
    int style = r->group->style == RTF_UNSET ? 0 : r->group->style;
    (void)argument;
    if (r->group->to == RTF_STYLES && style >= 0 && style < RTF_STYLES_MAX)
        r->styles[style].based_on = word->value;
}

static void set_date(struct rtf *r, int part, const struct rtf_word *word)
{
    if (r->group->to == RTF_CREATED || r->group->to == RTF_REVISED)
        r->date[r->group->to == RTF_REVISED][part] = word->value <= 9999 ? word->value : 0;
}

/* ---- paragraphs and characters ---- */

static void reset_paragraph(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    r->group->style = r->group->outline = r->group->list = RTF_UNSET;
    r->group->is_in_table = false;
    r->group->row_depth = 0;
}

static void set_outline(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    r->group->outline = word->value;
}

static void set_list(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    r->group->list = word->value;
}

static void set_in_table(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    r->group->is_in_table = true;
}

static void set_row_depth(struct rtf *r, int argument, const struct rtf_word *word)
{
    int depth = word->value;
    (void)argument;
    r->group->row_depth = depth < 0                         ? 0
                          : depth > BLOCK_ROW_DEPTH_MAX / 4 ? BLOCK_ROW_DEPTH_MAX / 4
                                                            : (unsigned)depth;
}

static void set_hidden(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    r->group->is_hidden = !word->has_value || word->value;
}

static void set_deleted(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    r->group->is_deleted = !word->has_value || word->value;
}

static void end_paragraph(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    rtf_paragraph_end(r);
}

static void end_cell(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    rtf_cell_end(r);
}

static void end_row(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument, (void)word;
    rtf_row_end(r);
}

static void put(struct rtf *r, int c, const struct rtf_word *word)
{
    (void)word;
    rtf_put_char(r, (uint32_t)c);
}

static void set_fallback(struct rtf *r, int argument, const struct rtf_word *word)
{
    (void)argument;
    r->group->n_fallback = word->value >= 0 && word->value <= 16 ? (unsigned)word->value : 1;
}

static void put_unicode(struct rtf *r, int argument, const struct rtf_word *word)
{
    int c = word->value < 0 ? word->value + 0x10000 : word->value;
    (void)argument;
    rtf_put_char(r, c > 0 && c <= 0x10FFFF ? (uint32_t)c : 0xFFFD);
    r->to_skip = r->group->n_fallback;
}

/* ---- all ---- */

static const struct row {
    const char *name;
    word_action *action;
    int argument;
} rows[] = {
    {"_", put, '-'},
    {"annotation", begin_note, 0},
    {"ansi", set_document_page, CODE_PAGE_WESTERN},
    {"ansicpg", set_document_page, 0},
    {"author", begin_destination, RTF_AUTHOR},
    {"bullet", put, 0x2022},
    {"cell", end_cell, 0},
    {"colortbl", begin_destination, RTF_SKIPPED},
    {"column", put, ' '},
    {"comment", begin_destination, RTF_SKIPPED},
    {"cpg", set_font_page, 0},
    {"creatim", begin_destination, RTF_CREATED},
    {"deff", set_standard_font, 0},
    {"deleted", set_deleted, 0},
    {"do", begin_destination, RTF_SHAPE},
    {"dptxbxtext", begin_box, 0},
    {"dy", set_date, 2},
    {"emdash", put, 0x2014},
    {"emspace", put, ' '},
    {"endash", put, 0x2013},
    {"enspace", put, ' '},
    {"f", set_font, 0},
    {"fcharset", set_font_page, 1},
    {"filetbl", begin_destination, RTF_SKIPPED},
    {"fldinst", begin_instruction, 0},
    {"fonttbl", begin_destination, RTF_FONTS},
    {"footer", begin_destination, RTF_SKIPPED},
    {"footerf", begin_destination, RTF_SKIPPED},
    {"footerl", begin_destination, RTF_SKIPPED},
    {"footerr", begin_destination, RTF_SKIPPED},
    {"footnote", begin_note, 0},
    {"header", begin_destination, RTF_SKIPPED},
    {"headerf", begin_destination, RTF_SKIPPED},
    {"headerl", begin_destination, RTF_SKIPPED},
    {"headerr", begin_destination, RTF_SKIPPED},
    {"info", begin_destination, RTF_INFO},
    {"intbl", set_in_table, 0},
    {"itap", set_row_depth, 0},
    {"keywords", begin_destination, RTF_SKIPPED},
    {"ldblquote", put, 0x201C},
    {"line", put, ' '},
    {"listtext", begin_destination, RTF_NUMBER},
    {"lquote", put, 0x2018},
    {"ls", set_list, 0},
    {"mac", set_document_page, 10000},
    {"mo", set_date, 1},
    {"nestcell", end_cell, 0},
    {"nestrow", end_row, 0},
    {"nesttableprops", NULL, 0}, /* known, so that \nestrow within is read */
    {"nonesttables", begin_destination, RTF_SKIPPED},
    {"nonshppict", begin_destination, RTF_SKIPPED},
    {"operator", begin_destination, RTF_SKIPPED},
    {"outlinelevel", set_outline, 0},
    {"page", put, ' '},
    {"par", end_paragraph, 0},
    {"pard", reset_paragraph, 0},
    {"pc", set_document_page, 437},
    {"pca", set_document_page, 850},
    {"pict", begin_destination, RTF_SKIPPED},
    {"plain", plain, 0},
    {"pntext", begin_destination, RTF_NUMBER},
    {"printim", begin_destination, RTF_SKIPPED},
    {"qmspace", put, ' '},
    {"rdblquote", put, 0x201D},
    {"revtim", begin_destination, RTF_REVISED},
    {"row", end_row, 0},
    {"rquote", put, 0x2019},
    {"rxe", begin_destination, RTF_SKIPPED},
    {"s", set_style, 0},
    {"sbasedon", set_base_style, 0},
    {"sect", end_paragraph, 0},
    {"shpinst", begin_destination, RTF_SHAPE},
    {"shprslt", begin_destination, RTF_SKIPPED},
    {"shptxt", begin_box, 0},
    {"softline", put, ' '},
    {"stylesheet", begin_destination, RTF_STYLES},
    {"subject", begin_destination, RTF_SKIPPED},
    {"tab", put, '\t'},
    {"tc", begin_destination, RTF_SKIPPED},
    {"title", begin_destination, RTF_TITLE},
    {"txe", begin_destination, RTF_SKIPPED},
    {"u", put_unicode, 0},
    {"uc", set_fallback, 0},
    {"ud", begin_unicode, 0},
    {"upr", begin_twice, 0},
    {"v", set_hidden, 0},
    {"xe", begin_destination, RTF_SKIPPED},
    {"yr", set_date, 0},
    {"~", put, ' '},
};

static int compare(const void *name, const void *row)
{
    return strcmp(name, ((const struct row *)row)->name);
}

void rtf_word_do(struct rtf *r, const struct rtf_word *word)
{
    const struct row *row =
        bsearch(word->name, rows, sizeof rows / sizeof *rows, sizeof *rows, compare);
    if (row && row->action)
        row->action(r, row->argument, word);
    else if (!row && r->is_unknown_skipped && *word->name)
        r->group->to = RTF_SKIPPED;
    r->is_unknown_skipped = false;
}
