// SPDX-License-Identifier: GPL-2.0-or-later
/* What word/styles.xml and word/numbering.xml say of a paragraph: its outline level, its list.
 *
 * A style that states no level has that of the style it is based on; one without any whose name is
 * "heading 2" or 标题 2 has that of its name. Lists: w:num points to a w:abstractNum of nine levels; those
 * of one w:abstractNum count on together, unless a w:num states where it starts. A w:num may have levels of its own.
 * Word 2003 calls them w:list and w:listDef, and their ids ilfo and listDefId. */
#ifndef DUAN_EXTRACT_DOCX_STYLES_H
#define DUAN_EXTRACT_DOCX_STYLES_H

#include "common/arena.h"
#include "extract/numbering.h"
#include "extract/zip_members.h"

enum { DOCX_STYLES_MAX = 8192, DOCX_LISTS_MAX = 8192, DOCX_UNSET = -1 };

struct docx_style {
    const char *id, *based_on;
    int outline, num,
        level;  /* w:outlineLvl (0 to 8; 9 is body text), w:numId, w:ilvl; or DOCX_UNSET */
    int hidden; /* w:vanish of its text: 1, 0, or DOCX_UNSET */
    bool is_title;
    struct docx_style *next, *hash_next;
};

struct docx_list {
    int id; /* w:abstractNumId */
    const char *is_style,
        *of_style; /* w:styleLink, w:numStyleLink: its levels are those of the list that is that style; or NULL */
    struct number_level levels[NUMBER_LEVELS];
    struct number_state state;
    struct docx_list *next;
};

struct docx_num {
    int id, list_id;
    int starts[NUMBER_LEVELS]; /* w:startOverride, DOCX_UNSET where there is none */
    bool is_begun;
    struct number_level *
        own; /* NUMBER_LEVELS of them in place of its list's, where has_own has their bit; or NULL */
    unsigned has_own;
    struct docx_list *list;
    struct docx_num *next;
};

enum { DOCX_BUCKETS = 256 };

struct docx_styles {
    struct arena arena;
    struct docx_style *by_id[DOCX_BUCKETS], *standard; /* standard: of paragraphs that name none */
    struct docx_num *nums;
    struct docx_list *lists;
};

/* Reads both parts; either may be missing (NULL). Released by the caller whatever is returned. */
enum status docx_styles_read(struct docx_styles *s, struct zip *z, const char *styles_part,
    const char *numbering_part, struct error *err);
/* The same from the w:styles and w:lists of Word 2003 XML. */
enum status docx_styles_read_xml(
    struct docx_styles *s, const char *xml, size_t n, struct error *err);
void docx_styles_release(struct docx_styles *s);

/* What a paragraph of style id is; those values of *p that are DOCX_UNSET are filled in. */
void docx_styles_fill(const struct docx_styles *s, const char *id, size_t n, struct docx_style *p);

/* Appends the number of the next item of that list, with a blank behind it where it is set off; false
 * when there is no room. A list that is not stated has none. */
bool docx_styles_number(struct docx_styles *s, int num, int level, struct buf *out);

#endif
