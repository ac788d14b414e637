// SPDX-License-Identifier: GPL-2.0-or-later
/* The style sheet (STSH) of a Word file of 1997 to 2003: which styles are headings, which are numbered. */
#include <stdlib.h>

#include "extract/doc_file.h"

enum {
    ENTRY_STYLES = 1,
    KIND_PARAGRAPH = 1,
    STI_HEADING1 = 1, /* to 9: the style that comes with Word, in whatever language */
    STI_HEADING9 = 9,
    STI_TITLE = 62,
    NO_STYLE = 0xFFF,
};

/* The modifiers of a paragraph style: behind its name, parts of an even place each, the paragraph's, behind the number of the
 * style, then its characters'. */
static void read_modifiers(
    const struct doc_file *f, struct doc_span style, size_t n_base, struct doc_properties *p)
{
    size_t at = n_base + 2 + 2 * (size_t)doc_u16(style, n_base) + 2, n = doc_u16(style, at);
    if (n >= 2)
        doc_read_modifiers(f, doc_part(style, at + 4, n - 2), p);
    at += 2 + n + (n & 1);
    doc_read_modifiers(f, doc_part(style, at + 2, doc_u16(style, at)), p);
}

static void read_style(
    const struct doc_file *f, struct doc_span style, size_t n_base, struct doc_style *out)
{
    struct doc_properties p = {DOC_UNSET, DOC_UNSET, DOC_UNSET, DOC_UNSET, .depth = 0};
    unsigned sti = doc_u16(style, 0) & 0xFFF, kind = doc_u16(style, 2) & 0xF,
             based_on = doc_u16(style, 2) >> 4;
    *out = (struct doc_style){DOC_UNSET, DOC_UNSET, DOC_UNSET, DOC_UNSET, false, false};
    if (style.n < n_base || kind != KIND_PARAGRAPH)
        return;
    read_modifiers(f, style, n_base, &p);
    if (p.outline == DOC_UNSET && sti >= STI_HEADING1 && sti <= STI_HEADING9)
        p.outline = (int)(sti - STI_HEADING1);
    *out = (struct doc_style){.outline = p.outline,
        .list = p.list,
        .list_level = p.list_level,
        .based_on = based_on == NO_STYLE ? DOC_UNSET : (int)based_on,
        .is_title = sti == STI_TITLE,
        .is_hidden = p.is_hidden};
}

enum status doc_styles_read(struct doc_file *f, struct error *err)
{
    struct doc_span sheet = doc_table_part(f, ENTRY_STYLES);
    size_t n_head = doc_u16(sheet, 0), n_base = doc_u16(sheet, 4), at = 2 + n_head;
    unsigned n = doc_u16(sheet, 2);
    n = n < DOC_STYLES_MAX ? n : DOC_STYLES_MAX;
    f->styles = n ? calloc(n, sizeof *f->styles) : NULL;
    if (n && !f->styles)
        return error_no_memory(err);
    for (f->n_styles = 0; f->n_styles < n; f->n_styles++) {
        size_t n_style = doc_u16(sheet, at);
        read_style(f, doc_part(sheet, at + 2, n_style), n_base, &f->styles[f->n_styles]);
        at += 2 + n_style + (n_style & 1);
    }
    return STATUS_OK;
}
