// SPDX-License-Identifier: GPL-2.0-or-later
/* Which paragraphs are headings, and under which heading a passage stands.
 *
 * store/section.h reads the numbering; here its neighbours decide. 一、 or 1. is a heading when it
 * is short and body text or a deeper numbering follows, and an item of a list when the next item
 * follows, when it ends in ； or when the first of its series was an item. A line without numbering
 * is a heading when it is short, ends in no stop and stands above a longer paragraph or above the
 * first item of a list. Levels as in store/section.h, an unnumbered heading 1, a Markdown one the
 * number of its #. 第十条 with its text on the same line opens a section too: its level is 5 though
 * it is text to be quoted.
 *
 * An unnumbered heading that comes while numbered ones are the outermost stands below the one that is open, and within an
 * article below that, unless unnumbered ones are outermost or numbering begins again; but not if it opens an appendix
 * (附件, 名词解释).
 *
 * Three kinds of text have what follows stand under them though they are no headings: （二）突出创新引领。加大投入… with a short first
 * sentence, where the first of its series is followed by more than the next (not within articles, where （一） is an item), a line that ends in ：before the
 * items of a list (各项如下：), and the first row of a table (of one that a document states, of all its rows, however many of
 * their cells are filled; in a text, of rows of as many cells). A heading ends both, unless it is
 * itself the next item. An item that comes after plain text still belongs to its list while its number goes on.
 *
 * Text that calls on its hearers, 各位代表，…, ends （八） and what is below, but not the outermost heading. */
#ifndef DUAN_INDEXER_HEADING_H
#define DUAN_INDEXER_HEADING_H

#include <stdbool.h>
#include <stdint.h>

#include "indexer/line.h"

enum { HEADING_LEVELS = 9, HEADING_DEPTHS = 2, HEADING_LEADS = 4 };

struct open_section {
    bool runs_in;         /* text, and ended by a call: 各位代表，… */
    uint8_t level, depth; /* as of an opener */
    bool is_unnumbered;
    unsigned value; /* of the opener; 0 for none */
    uint32_t number;
};

struct heading_state {
    bool is_markdown;
    bool has_paragraph; /* the first one is the title or text, never an unnumbered heading */
    unsigned hash_level;
    struct open_section open[HEADING_LEVELS + HEADING_DEPTHS];
    unsigned n_open;
    bool has_numbered, is_numbered_outermost; /* the first heading was numbered */
    struct {
        uint32_t number;
        unsigned level; /* of its items' openers; LEAD_DASHED */
        unsigned value; /* of the last one */
    } leads[HEADING_LEADS];
    unsigned n_leads;
    uint32_t header; /* of the table at hand, 0 for none */
    unsigned header_cells;
    bool is_stated; /* the document says what its rows are */
    /* Of the paragraph that heading_level judged last: */
    bool is_unnumbered, is_item, opens_list, opens_table;
    bool is_call;
    unsigned run_in;      /* the level of the section that it opens as text; 0 for none */
    unsigned depth;       /* of its opener, where it is a heading by that */
    unsigned value;       /* of its opener; 0 for none */
    unsigned ended_level; /* of the section that it follows by its number, as text; 0 for none */
    unsigned item_level, list_level; /* of it, where it is an item, and of what it leads to */
    uint32_t under;                  /* the lead-in or header it stands under, 0 for none */
    struct {
        unsigned value;
        bool is_started, is_list;
        bool is_nested; /* within an item of the same level */
        bool is_run_in; /* of text that opens sections */
    } series[HEADING_LEVELS + 1];
};

void heading_state_init(struct heading_state *s, bool is_markdown);

/* The level of the next paragraph, 0 for body text. of describes it as if it were one line; next is
 * the line that begins the following paragraph, NULL at the end. Call once for each paragraph, in
 * order. */
unsigned heading_level(
    struct heading_state *s, const struct line *of, bool is_one_line, const struct line *next);

/* The same where the document itself states a heading of that level. */
unsigned heading_stated(struct heading_state *s, unsigned level);

/* The same where it states that the paragraph is none: an item of a list; a row of a table. */
unsigned heading_text(struct heading_state *s, const struct line *of, const struct line *next);
unsigned heading_row(
    struct heading_state *s, const struct line *of, bool begins_table, const struct line *next);

/* The same for what stands under none: a note behind the text. All sections end. */
unsigned heading_note(struct heading_state *s);

/* Enters passage `number`, of that level, of the paragraph judged last, and returns the number of the passage it stands
 * under, 0 for none. */
uint32_t heading_enter(struct heading_state *s, unsigned level, uint32_t number);

#endif
