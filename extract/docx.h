// SPDX-License-Identifier: GPL-2.0-or-later
/* The body of a Word document as a stream of elements: that of a .docx, and that of Word 2003 XML, whose elements
 * mostly have the same names (word_xml.c). */
#ifndef DUAN_EXTRACT_DOCX_H
#define DUAN_EXTRACT_DOCX_H

#include "extract/block_writer.h"
#include "extract/docx_styles.h"
#include "extract/eq_field.h"

struct docx_paragraph {
    char style[128];
    size_t n_style;
    struct docx_style is;
    size_t n_number;                     /* bytes of the number it opens with */
    bool is_known, is_begun, has_unseen; /* unseen: hidden or deleted text */
};

struct docx {
    struct block_writer w;
    struct docx_styles styles;
    struct zip zip;
    unsigned skip; /* depth inside an element that is passed over */
    bool is_text, in_properties, in_run_properties, is_hidden; /* the last of a run */
    struct docx_paragraph p[BLOCK_ASIDE_MAX + 1];              /* those under way, innermost last */
    unsigned n_p;
    struct eq_field field;
    bool in_instruction; /* within an instrText */
};

/* Before each walk. */
void docx_begin(struct docx *d);
/* For each element and text of the body, with a struct docx as arg. */
void docx_start(void *arg, const char *name, const struct xml_attributes *a);
void docx_end(void *arg, const char *name);
void docx_text(void *arg, const char *text, size_t n);

/* Does a deleted text begin, of a tracked change? */
bool docx_is_deletion(const char *name, const struct xml_attributes *a);

/* Word 2003 XML: parse_docx hands it over. */
enum status parse_word_xml(
    const struct document_input *in, const struct document_sink *sink, struct error *err);

#endif
