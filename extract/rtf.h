// SPDX-License-Identifier: GPL-2.0-or-later
/* The state of an RTF document as it is read: rtf.c reads groups, bytes and characters, rtf_words.c knows what the control
 * words mean.
 *
 * Bounded: groups RTF_DEPTH_MAX deep, RTF_FONTS_MAX fonts and RTF_STYLES_MAX styles by number; higher ones have no meaning. */
#ifndef DUAN_EXTRACT_RTF_H
#define DUAN_EXTRACT_RTF_H

#include "extract/block_writer.h"
#include "extract/code_page.h"
#include "extract/eq_field.h"

enum {
    RTF_DEPTH_MAX = 1000,
    RTF_FONTS_MAX = 1 << 15,
    RTF_STYLES_MAX = 4096,
    RTF_WORD_MAX = 32,
    RTF_RUN_BYTES = 1024, /* of text that waits for its end */
    RTF_UNSET = -1,
};

/* Where text goes. */
enum rtf_destination {
    RTF_BODY,
    RTF_SKIPPED,
    RTF_SHAPE, /* as skipped, but for the text of a box inside */
    RTF_FONTS,
    RTF_STYLES,
    RTF_INFO,
    RTF_TITLE,
    RTF_AUTHOR,
    RTF_CREATED,
    RTF_REVISED,
    RTF_NUMBER,      /* the number of an item, as it was generated */
    RTF_INSTRUCTION, /* of a field */
};

/* What a group begins with from the group around it, and its end restores. */
struct rtf_group {
    enum rtf_destination to, to_outside_upr;
    bool is_deleted, is_hidden, is_note, is_in_table;
    bool is_owner;                /* its end ends the destination */
    bool is_field;                /* its end ends a field */
    bool is_aside;                /* its end takes up the paragraph around it */
    unsigned row_depth, row_base; /* of tables, from row_base where the text box begins */
    unsigned n_fallback;          /* characters behind \u for readers that do not know it */
    unsigned page;                /* code page of the font */
    int style, outline, list;     /* of the paragraph; RTF_UNSET */
};

struct rtf_style {
    int outline, list, based_on;
    bool is_title;
};

struct rtf {
    struct block_writer w;
    const unsigned char *at, *end;
    bool are_notes; /* the second reading, for the notes alone */
    struct rtf_group *group, groups[RTF_DEPTH_MAX];
    struct code_pages pages;
    unsigned page, high; /* of the document; the first half of a surrogate pair */
    int font;            /* the default one, then the one that is defined */
    int standard_font;
    uint16_t fonts[RTF_FONTS_MAX]; /* their code pages, 0 for that of the document */
    struct rtf_style styles[RTF_STYLES_MAX];
    unsigned to_skip; /* characters left of a fallback */
    bool is_unknown_skipped, is_item;
    size_t n_number; /* bytes of the number that the paragraph under way opens with */
    int date[2][3];  /* made, revised: year, month, day */
    size_t n_run;
    char run[RTF_RUN_BYTES];
    struct buf text; /* of a run in UTF-8 */
    struct buf name; /* of a style, a title, a number, or an instruction */
    struct eq_field field;
    struct buf number; /* that the next paragraph opens with */
};

/* A control word. */
struct rtf_word {
    const char *name;
    int value;
    bool has_value;
};

/* Does what the word says; those that are not known do nothing, or skip their group behind \*. */
void rtf_word_do(struct rtf *r, const struct rtf_word *word);

/* What the words do. */
void rtf_put_char(struct rtf *r, uint32_t c);
void rtf_put_number(struct rtf *r); /* the number that is due, if any: the paragraph begins */
void rtf_flush(struct rtf *r);      /* the run of bytes under way */
void rtf_paragraph_end(struct rtf *r);
void rtf_cell_end(struct rtf *r);
void rtf_row_end(struct rtf *r);
void rtf_style_end(struct rtf *r);
void rtf_use_standard_font(struct rtf *r);

#endif
