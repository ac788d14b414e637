// SPDX-License-Identifier: GPL-2.0-or-later
/* The numbering that the styles of an OpenDocument file state: list styles by name, and that of
 * headings (text:outline-style). And which styles of paragraphs and of text hide it. */
#ifndef DUAN_EXTRACT_ODF_STYLES_H
#define DUAN_EXTRACT_ODF_STYLES_H

#include "common/arena.h"
#include "extract/numbering.h"
#include "extract/xml_walk.h"

enum { ODF_LISTS_MAX = 4096, ODF_STYLES_MAX = 1 << 15, ODF_STYLE_CHAINS = 256 };

struct odf_list {
    const char *name;
    struct number_level levels[NUMBER_LEVELS];
    struct number_state state;
    struct odf_list *next;
};

enum odf_display { ODF_UNSET, ODF_SHOWN, ODF_HIDDEN };

struct odf_style {
    const char *name, *parent; /* parent: or NULL */
    char family;               /* 't'ext or 'p'aragraph */
    enum odf_display display;
    struct odf_style *next;
};

struct odf_styles {
    struct arena arena;
    struct odf_style *chains[ODF_STYLE_CHAINS], *style; /* by name; style: the one being read */
    unsigned n_styles;
    bool has_hidden;
    struct odf_list outline, *lists, *list; /* list: the one being read */
    unsigned n_lists;
};

void odf_styles_init(struct odf_styles *s);
void odf_styles_release(struct odf_styles *s);

/* To be called for each start and end of an element of styles.xml and of the head of content.xml.
 * False when memory is out. */
bool odf_styles_start(struct odf_styles *s, const char *name, const struct xml_attributes *a);
void odf_styles_end(struct odf_styles *s, const char *name);

/* What the style, or one that it rests on, says; names that are not known say nothing. */
enum odf_display odf_styles_display(
    const struct odf_styles *s, char family, const char *name, size_t n);

/* NULL where there is none of that name. */
struct odf_list *odf_styles_find(const struct odf_styles *s, const char *name, size_t n);

#endif
