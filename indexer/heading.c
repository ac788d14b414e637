// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/heading.h"

#include <string.h>

enum {
    NUMBERED_CHARS_MAX = 60, /* 一、著力打造…在市場主體量質齊升中創優經濟生態 are 40 */
    DIGIT_CHARS_MAX = 40,
    UNNUMBERED_CHARS_MIN = 4, /* 附件, 记者 say nothing about what follows */
    UNNUMBERED_CHARS_MAX = 30,
    BODY_CHARS_MIN = 40, /* what an unnumbered heading stands above */
};

void heading_state_init(struct heading_state *s, bool is_markdown)
{
    memset(s, 0, sizeof *s);
    s->is_markdown = is_markdown;
}

static bool is_structural(const struct line *l)
{
    return l->opener.n_hashes ||
           (l->opener.level >= OPENER_PART && l->opener.level <= OPENER_ARTICLE);
}

/* Could a numbered line be a heading, by its own looks? */
static bool has_heading_shape(const struct line *of, const struct line *next)
{
    bool is_digit = of->opener.level >= OPENER_NUMBER;
    bool is_deeper = next && next->opener.level > of->opener.level;
    if (of->is_long || of->has_inner_stop ||
        of->n_chars > (is_digit ? DIGIT_CHARS_MAX : NUMBERED_CHARS_MAX))
        return false;
    switch (of->ending) {
    case LINE_ENDS_PLAIN:
        return true;
    case LINE_ENDS_SENTENCE:
        return !is_digit;
    case LINE_ENDS_COLON:
        return is_deeper;
    default:
        return false;
    }
}

static bool stands_above(const struct line *of, const struct line *next)
{
    if (!next || is_structural(next))
        return false;
    return next->opener.level == OPENER_NONE || next->opener.level > of->opener.level;
}

/* The section that is open at that level; NULL where none is. */
static const struct open_section *open_at(const struct heading_state *s, unsigned level)
{
    for (unsigned i = s->n_open; i-- > 0;)
        if (s->open[i].level == level)
            return &s->open[i];
    return NULL;
}

/* （二）突出创新引领。加大投入…: a heading and its text in one paragraph. In an article （一） is an item, and the text behind
 * the last one the article's. */
static bool has_run_in_shape(const struct heading_state *s, const struct line *of)
{
    return of->first_stop && of->first_stop <= NUMBERED_CHARS_MAX && !of->is_long &&
           of->ending == LINE_ENDS_SENTENCE && !open_at(s, OPENER_ARTICLE);
}

/* 一、 （一） 1. （1）: the first of a series says what the others are. Text that goes on with the numbers of a heading
 * ends what stands under that; （1） and ① are of one level, and may stand within each other. */
static bool is_series_heading(
    struct heading_state *s, const struct line *of, const struct line *next)
{
    enum opener_level level = of->opener.level;
    unsigned value = of->opener.value;
    bool goes_on = s->series[level].is_started && (value == 0 || value > s->series[level].value);
    bool has_shape = has_heading_shape(of, next);
    bool is_above = goes_on ? !s->series[level].is_list : stands_above(of, next);
    bool is_item = goes_on && s->series[level].is_run_in && !stands_above(of, next);
    bool is_heading = has_shape && is_above && !is_item;
    bool may_run_in = !is_heading && is_above && (goes_on || value <= 1);
    s->run_in = may_run_in && has_run_in_shape(s, of) ? level : 0;
    const struct open_section *open = open_at(s, level);
    if (!goes_on) {
        s->series[level].is_list = !is_heading && !s->run_in;
        s->series[level].is_run_in = s->run_in;
        s->series[level].is_nested = open && !open->is_unnumbered;
    }
    if (level < OPENER_NUMBER_BRACKETED && !s->series[level].is_nested && open &&
        !open->is_unnumbered && value > open->value)
        s->ended_level = level;
    s->series[level].is_started = true;
    s->series[level].value = value ? value : s->series[level].value;
    return is_heading;
}

/* 市长 沈若川, 主席 艾山·买买提 */
static bool is_name_line(const struct line *of)
{
    return of->tail_chars > 0 && (of->tail_chars <= 4 || of->has_middle_dot);
}

static bool is_unnumbered_heading(
    const struct heading_state *s, const struct line *of, const struct line *next)
{
    if (!s->has_paragraph || !next || of->n_chars < UNNUMBERED_CHARS_MIN ||
        of->n_chars > UNNUMBERED_CHARS_MAX)
        return false;
    if (of->ending != LINE_ENDS_PLAIN || of->has_inner_stop || of->has_inner_colon ||
        of->starts_closing || of->starts_aside || of->is_table || of->is_furniture ||
        of->is_label || of->is_provenance || of->is_byline || of->ends_in_date || of->n_cells ||
        is_name_line(of))
        return false;
    if (next->opener.level != OPENER_NONE)
        return next->opener.value == 1 || next->opener.level < OPENER_HAN;
    return (next->is_long || next->n_chars >= BODY_CHARS_MIN) && next->n_chars >= 2 * of->n_chars &&
           !next->is_table && !next->starts_aside &&
           (next->has_inner_stop || next->ending != LINE_ENDS_PLAIN);
}

static bool is_bold_heading(const struct line *of, const struct line *next)
{
    return of->is_bold && next && of->n_chars <= NUMBERED_CHARS_MAX && !of->is_label &&
           !of->ends_in_date;
}

/* An article is open, in a text whose parts are not unnumbered ones. */
static bool is_in_article(const struct heading_state *s)
{
    for (unsigned i = s->n_open; i-- > 0;)
        if (s->open[i].level == OPENER_ARTICLE && !s->open[i].is_unnumbered)
            return !s->open[0].is_unnumbered;
    return false;
}

/* An unnumbered heading is a part of its own unless it stands within an article or numbered ones are outermost here. */
static unsigned unnumbered_level(
    const struct heading_state *s, const struct line *of, const struct line *next)
{
    if (s->n_open == 0 || of->opens_appendix)
        return OPENER_PART;
    if (is_in_article(s) && !(is_structural(next) && next->opener.value == 1))
        return OPENER_ARTICLE + 1;
    if (!s->is_numbered_outermost)
        return OPENER_PART;
    unsigned i = s->n_open - 1, level = s->open[i].level;
    if (!s->open[i].is_unnumbered)
        level++;
    return level < HEADING_LEVELS ? level : HEADING_LEVELS;
}

static unsigned judge(
    struct heading_state *s, const struct line *of, bool is_one_line, const struct line *next)
{
    enum opener_level level = of->opener.level;
    s->is_unnumbered = false;
    if (s->is_markdown && of->opener.n_hashes)
        return s->hash_level = of->opener.n_hashes;
    if (level == OPENER_ARTICLE)
        return level;
    if (level >= OPENER_PART && level <= OPENER_SECTION)
        return has_heading_shape(of, next) && of->ending == LINE_ENDS_PLAIN ? level : 0;
    if (level != OPENER_NONE)
        return is_series_heading(s, of, next) ? level : 0;
    if (!is_one_line)
        return 0;
    if (s->is_markdown)
        return is_bold_heading(of, next) ? s->hash_level + 1 : 0;
    s->is_unnumbered = is_unnumbered_heading(s, of, next);
    return s->is_unnumbered ? unnumbered_level(s, of, next) : 0;
}

/* ---- lists and tables ---- */

enum { LEAD_DASHED = OPENER_NUMBER_BRACKETED + 1 };

static unsigned item_level(const struct line *l)
{
    return l->opener.level != OPENER_NONE ? l->opener.level : line_is_item(l) ? LEAD_DASHED : 0;
}

enum { LEAD_CHARS_MIN = 4 };

/* An item of the innermost list stands under what leads to it; what is numbered more deeply under that or under the
 * heading opened since. */
static void find_list(struct heading_state *s, const struct line *of, bool is_heading)
{
    unsigned level = item_level(of), value = of->opener.value;
    while (s->n_leads && level && s->leads[s->n_leads - 1].level > level)
        s->n_leads--;
    if (s->n_leads && level == 0 && (is_heading || s->leads[s->n_leads - 1].level == LEAD_DASHED))
        s->n_leads--;
    if (level == 0 || s->n_leads == 0)
        return;
    unsigned *last = &s->leads[s->n_leads - 1].value;
    s->is_item = s->leads[s->n_leads - 1].level == level;
    s->item_level = level;
    if (s->is_item && level != LEAD_DASHED && value && value <= *last) {
        s->n_leads--; /* counts from one again: another list */
        s->is_item = false;
        return;
    }
    if (s->is_item)
        *last = value ? value : *last + 1;
    uint32_t lead = s->leads[s->n_leads - 1].number;
    if (s->is_item || (!is_heading && (s->n_open == 0 || lead > s->open[s->n_open - 1].number)))
        s->under = lead;
}

static void find_table(struct heading_state *s, const struct line *of, const struct line *next)
{
    if (s->is_stated)
        return;
    if (of->n_cells == 0 || of->n_cells != s->header_cells)
        s->header = 0;
    s->under = s->header ? s->header : s->under;
    s->opens_table = of->n_cells && !s->header && next && next->n_cells == of->n_cells;
    s->header_cells = of->n_cells;
}

/* A list that a paragraph of text leads to. */
static void find_lead(struct heading_state *s, const struct line *of, const struct line *next)
{
    s->list_level = next ? item_level(next) : 0;
    s->opens_list = of->ending == LINE_ENDS_COLON && s->list_level && !of->is_call &&
                    of->n_chars >= LEAD_CHARS_MIN && next->opener.value <= 1;
    while (s->opens_list && s->n_leads && s->leads[s->n_leads - 1].level >= s->list_level)
        s->n_leads--;
    s->opens_list = s->opens_list && s->n_leads < HEADING_LEADS;
}

/* What the paragraph before was; a list it leads to is open now. */
static void forget_paragraph(struct heading_state *s)
{
    s->n_leads += s->opens_list;
    s->is_unnumbered = s->opens_list = s->opens_table = s->is_item = false;
    s->run_in = s->under = s->depth = s->value = s->ended_level = 0;
}

unsigned heading_level(
    struct heading_state *s, const struct line *of, bool is_one_line, const struct line *next)
{
    forget_paragraph(s);
    unsigned level = judge(s, of, is_one_line, next);
    s->depth = level == of->opener.level ? of->opener.depth : 0;
    s->value = of->opener.value;
    s->is_call = of->begins_call;
    s->has_paragraph |= !of->is_furniture && !of->is_label && !of->ends_in_date;
    find_list(s, of, level > 0);
    if (level == 0) {
        find_table(s, of, next);
        find_lead(s, of, next);
    }
    return level;
}

unsigned heading_text(struct heading_state *s, const struct line *of, const struct line *next)
{
    forget_paragraph(s);
    s->has_paragraph = true;
    find_list(s, of, false);
    find_table(s, of, next);
    find_lead(s, of, next);
    return 0;
}

unsigned heading_row(
    struct heading_state *s, const struct line *of, bool begins_table, const struct line *next)
{
    forget_paragraph(s);
    s->has_paragraph = s->is_stated = true;
    find_list(s, of, false);
    if (begins_table)
        s->header = 0;
    s->under = s->header ? s->header : s->under;
    s->opens_table = begins_table && next && next->n_cells;
    find_lead(s, of, next);
    return 0;
}

unsigned heading_stated(struct heading_state *s, unsigned level)
{
    s->has_paragraph = true;
    forget_paragraph(s);
    s->n_leads = 0;
    return level;
}

unsigned heading_note(struct heading_state *s)
{
    s->has_paragraph = true;
    forget_paragraph(s);
    s->n_leads = s->n_open = 0;
    s->header = 0;
    return 0;
}

static void close_sections(struct heading_state *s, unsigned level, unsigned depth)
{
    for (; s->n_open; s->n_open--) {
        unsigned last = s->open[s->n_open - 1].level;
        if (last < level || (last == level && s->open[s->n_open - 1].depth < depth))
            return;
    }
}

static uint32_t innermost(const struct heading_state *s)
{
    return s->under ? s->under : s->n_open ? s->open[s->n_open - 1].number : 0;
}

static void open_section(struct heading_state *s, unsigned level, uint32_t number)
{
    s->open[s->n_open++] = (struct open_section){.level = (uint8_t)level,
        .depth = (uint8_t)s->depth,
        .is_unnumbered = s->is_unnumbered,
        .runs_in = s->run_in > 0,
        .value = s->is_unnumbered ? 0 : s->value,
        .number = number};
    for (unsigned deeper = level + 1; deeper <= HEADING_LEVELS; deeper++)
        s->series[deeper].is_started = false;
}

/* 各位代表，… ends （八） and what is below, as it speaks of all that went before, and no heading says so; but not the
 * outermost heading, under which a report speaks to its hearers more than once. */
static void close_at_call(struct heading_state *s)
{
    unsigned n = 0;
    while (
        n < s->n_open && !s->open[n].runs_in && (n == 0 || s->open[n].level < OPENER_HAN_BRACKETED))
        n++;
    s->n_open = n;
}

/* Text: only the last piece of a lead-in leads. An item ends the section that the one before it opened. */
static uint32_t enter_text(struct heading_state *s, uint32_t number)
{
    if (s->is_item || s->ended_level)
        close_sections(s, s->is_item ? s->item_level : s->ended_level, 0);
    if (s->opens_list) {
        s->leads[s->n_leads].number = number;
        s->leads[s->n_leads].level = s->list_level;
        s->leads[s->n_leads].value = 0;
    }
    if (s->opens_table)
        s->header = number;
    if (s->is_call)
        close_at_call(s);
    if (!s->run_in)
        return innermost(s);
    close_sections(s, s->run_in, 0);
    uint32_t section = innermost(s);
    open_section(s, s->run_in, number);
    s->run_in = s->ended_level = s->under = 0; /* its other pieces stand under the first */
    s->is_item = false;
    return section;
}

uint32_t heading_enter(struct heading_state *s, unsigned level, uint32_t number)
{
    if (level == 0)
        return enter_text(s, number);
    if (s->n_open == 0 && !s->has_numbered)
        s->is_numbered_outermost = !s->is_unnumbered && level > OPENER_ARTICLE;
    s->has_numbered = true;
    s->header = 0;
    close_sections(s, level, s->depth);
    uint32_t section = innermost(s);
    open_section(s, level, number);
    return section;
}
