// SPDX-License-Identifier: GPL-2.0-or-later
/* What a Word file of 1997 to 2003 is made of ([MS-DOC]): the text in pieces, and what paragraphs and characters are, by
 * where their bytes lie.
 *
 * All offsets come from the file: what lies outside of a stream reads as nothing. */
#ifndef DUAN_EXTRACT_DOC_FILE_H
#define DUAN_EXTRACT_DOC_FILE_H

#include "extract/docx_styles.h"
#include "extract/ole.h"

/* Bytes of a stream. */
struct doc_span {
    const unsigned char *bytes;
    size_t n;
};

/* 0 beyond the end. */
unsigned doc_u8(struct doc_span s, size_t at);
unsigned doc_u16(struct doc_span s, size_t at);
uint32_t doc_u32(struct doc_span s, size_t at);
/* What of n bytes from there lies within. */
struct doc_span doc_part(struct doc_span s, size_t at, size_t n);

/* The runs of text, in their order. */
enum doc_story {
    DOC_MAIN,
    DOC_FOOTNOTES,
    DOC_HEADERS,
    DOC_MACROS,
    DOC_COMMENTS,
    DOC_ENDNOTES,
    DOC_BOXES,
    DOC_HEADER_BOXES,
    DOC_STORIES,
};

struct doc_piece {
    uint32_t from, to; /* in characters of the document */
    size_t at;         /* in bytes of the WordDocument stream */
    bool is_narrow;    /* a byte a character, of code page 1252 */
    unsigned
        modifier; /* Prm: what a fast save changed in it without writing its text anew; 0 for nothing */
};

enum { DOC_STYLES_MAX = 4096, DOC_UNSET = -1 };

/* What modifiers say; DOC_UNSET where they say nothing. */
struct doc_properties {
    int style, outline, list, list_level;
    unsigned depth; /* of tables */
    bool is_in_table, is_row_end, is_inner_cell, is_inner_row_end;
    bool is_deleted, is_hidden,
        is_symbol; /* of characters; is_hidden also of a paragraph whose style is */
};

struct doc_style {
    int outline, list, list_level, based_on;
    bool is_title, is_hidden;
};

/* A table of pages that tell the properties of bytes, and the page that was asked last. */
struct doc_runs {
    struct doc_span table;
    bool is_paragraphs;
    uint32_t from, to; /* of the run found last */
    struct doc_properties found;
};

struct doc_file {
    struct doc_span word, table, data,
        clx; /* clx: pieces, and before them the modifiers that they share */
    uint32_t n_chars[DOC_STORIES];
    struct doc_piece *pieces;
    size_t n_pieces;
    struct doc_runs paragraphs, characters;
    struct doc_properties at_hand; /* asked for last */
    struct doc_style *styles;
    unsigned n_styles;
    struct docx_styles lists; /* only its lists are filled, by doc_lists_read */
};

/* Opens the streams. The caller releases f whatever is returned. */
enum status doc_file_open(struct doc_file *f, const struct ole *o, struct error *err);
void doc_file_release(struct doc_file *f);

/* What the paragraph, or the character, at that byte of the WordDocument stream is, which the piece shows; what a paragraph does
 * not state comes from its style. Valid until the next call. */
const struct doc_properties *doc_paragraph_at(
    struct doc_file *f, const struct doc_piece *piece, size_t at);
const struct doc_properties *doc_character_at(
    struct doc_file *f, const struct doc_piece *piece, size_t at);

/* What the modifiers of a paragraph or its characters say, into *p. */
void doc_read_modifiers(const struct doc_file *f, struct doc_span list, struct doc_properties *p);

/* Where the header says that a part of the table stream lies; n of its entry in FibRgFcLcb97. */
struct doc_span doc_table_part(const struct doc_file *f, unsigned n);

/* doc_styles.c, doc_lists.c */
enum status doc_styles_read(struct doc_file *f, struct error *err);
enum status doc_lists_read(struct doc_file *f, struct error *err);

#endif
