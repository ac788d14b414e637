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

/* 一、 （一） 1. （1）: the first of a series says what the others are. */
static bool is_series_heading(
    struct heading_state *s, const struct line *of, const struct line *next)
{
    enum opener_level level = of->opener.level;
    unsigned value = of->opener.value;
    bool goes_on = s->series[level].is_started && (value == 0 || value > s->series[level].value);
    bool has_shape = has_heading_shape(of, next);
    bool is_heading = has_shape && (goes_on ? !s->series[level].is_list : stands_above(of, next));
    if (!goes_on)
        s->series[level].is_list = !is_heading;
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
        of->is_label || of->ends_in_date || is_name_line(of))
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

static unsigned judge(
    struct heading_state *s, const struct line *of, bool is_one_line, const struct line *next)
{
    enum opener_level level = of->opener.level;
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
    return is_unnumbered_heading(s, of, next) ? OPENER_PART : 0;
}

unsigned heading_level(
    struct heading_state *s, const struct line *of, bool is_one_line, const struct line *next)
{
    unsigned level = judge(s, of, is_one_line, next);
    s->has_paragraph |= !of->is_furniture && !of->is_label && !of->ends_in_date;
    return level;
}

unsigned heading_stated(struct heading_state *s, unsigned level)
{
    s->has_paragraph = true;
    return level;
}

uint32_t heading_enter(struct heading_state *s, unsigned level, uint32_t number)
{
    if (level == 0)
        return s->n_open ? s->open[s->n_open - 1].number : 0;
    while (s->n_open && s->open[s->n_open - 1].level >= level)
        s->n_open--;
    uint32_t section = s->n_open ? s->open[s->n_open - 1].number : 0;
    s->open[s->n_open].level = (uint8_t)level;
    s->open[s->n_open++].number = number;
    for (unsigned deeper = level + 1; deeper <= HEADING_LEVELS; deeper++)
        s->series[deeper].is_started = false;
    return section;
}
