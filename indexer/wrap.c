// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/wrap.h"

#include <stdint.h>
#include <string.h>

enum {
    WIDTH_MIN = 20,
    WIDTH_MAX = 120,
    ITEM_WIDTH_MIN = 56,   /* a shorter numbered line above text is a heading, not wrapped */
    SLACK = 3,             /* a line may fall short by a half width pair, or a stop kept whole */
    RAGGED_WIDTH_MIN = 56, /* text broken by hand or at blanks, somewhere before that */
    RAGGED_LINES_MIN = 10,
    PARAGRAPH_LINES = 8,  /* of a wrapped paragraph, at most on average */
    WIDER_PER_CENT = 2,   /* of lines, in a text that is broken at a width all the same */
    EDGE_SHARE = 10,      /* one in so many broken lines ends at the edge, or it is none */
    EDGE_LINES_MIN = 10,  /* broken lines, that an edge is known */
    SPACED_LINES_MIN = 8, /* with a blank one behind, that this is the spacing; nine in ten, */
    SPACED_BROKEN = 4,    /* one in so many of which is broken */
    UNWRAPPED_MIN = 120   /* a Markdown line wider than that is a paragraph of its own */
};

struct measure {
    unsigned unended[WIDTH_MAX + 1];  /* lines that end in no stop, and go on no wider */
    unsigned lines[WIDTH_MAX + 1];    /* all lines, by width */
    unsigned ended[WIDTH_MAX + 1];    /* lines that end in a stop, */
    unsigned parted[WIDTH_MAX + 1];   /* those of them with a blank line behind, */
    unsigned indented[WIDTH_MAX + 1]; /* and those before a line that U+3000 opens */
    unsigned n_stops;                 /* lines of any kind with a stop before their end */
    unsigned n_unended;               /* of the unended: all, */
    unsigned n_prose;                 /* those with a comma or stop inside, */
    unsigned n_stopped;               /* those whose next line ends in a stop, */
    unsigned n_hanging;               /* and those whose next line U+3000 opens */
    unsigned n_lines, n_after_blank, widest;
};

static bool is_unended(const struct line *l)
{
    return l->ending == LINE_ENDS_PLAIN || l->ending == LINE_ENDS_COMMA;
}

static bool is_ended(const struct line *l)
{
    return (l->ending == LINE_ENDS_SENTENCE || l->ending == LINE_ENDS_CLAUSE) && !l->is_table;
}

static void measure_pair(struct measure *m, const struct line *a, const struct line *b)
{
    if (a->is_table || !is_unended(a) || a->width < WIDTH_MIN || a->width > WIDTH_MAX)
        return;
    if (a->opener.level != OPENER_NONE && a->width < ITEM_WIDTH_MIN)
        return;
    if (b->is_table || b->is_long || b->width > a->width + SLACK || b->opener.level != OPENER_NONE)
        return;
    m->unended[a->width]++;
    m->n_unended++;
    m->n_stopped += is_ended(b);
    m->n_hanging += b->is_indented;
    m->n_prose += a->has_comma || a->has_inner_stop;
}

static unsigned column_of(const struct line *l)
{
    return l->width < WIDTH_MAX ? l->width : WIDTH_MAX;
}

/* last: the one before it that is not blank. */
static void measure_line(
    struct measure *m, const struct line *last, bool after_blank, const struct line *line)
{
    if (m->n_lines && is_ended(last)) {
        m->ended[column_of(last)]++;
        m->parted[column_of(last)] += after_blank;
        m->indented[column_of(last)] += line->is_indented;
    }
    m->n_lines++;
    m->n_after_blank += after_blank;
    if (line->is_table)
        return;
    if (line->width > m->widest)
        m->widest = line->width;
    m->lines[column_of(line)]++;
    m->n_stops += line->has_inner_stop;
}

/* spacing: how many blank lines part nothing. */
static void measure_lines(struct measure *m, unsigned spacing, const char *text, size_t n,
    bool is_whole, struct seen_lines *seen)
{
    struct line last = {0}, line;
    bool after_blank = true;
    unsigned n_blank = 0;
    size_t n_given = seen->n;
    for (size_t at = 0, i = 0, len; at < n; at += len, i++) {
        if (i < n_given) {
            line = seen->lines[i].line;
            len = seen->lines[i].len;
        } else {
            len = line_length(text + at, n - at, is_whole);
            if (len == 0 && !is_whole)
                return;
            line_read(&line, text + at, len ? len : n - at);
            if (len && seen->n < SEEN_LINES_MAX)
                seen->lines[seen->n++] = (struct seen_line){at, len, line};
            len = len ? len : n - at;
        }
        if (!line.is_blank) {
            measure_line(m, &last, after_blank, &line);
            if (m->n_lines > 2 && !after_blank) /* the first one is the title */
                measure_pair(m, &last, &line);
            last = line;
        }
        n_blank = line.is_blank ? n_blank + !line.is_page_end : 0;
        after_blank = n_blank > spacing;
    }
}

/* The width at whose edge most unended lines stand. One such line is proof where nothing is wider
 * (a short law); two at the very same width, or most of all, where some articles are not wrapped.
 */
static unsigned wrap_width(const struct measure *m)
{
    unsigned best = 0, most = 0;
    for (unsigned w = WIDTH_MIN; w <= WIDTH_MAX; w++) {
        unsigned sum =
            m->unended[w] + m->unended[w - 1] + m->unended[w - 2] + m->unended[w - SLACK];
        if (sum >= most && m->unended[w])
            best = w, most = sum;
    }
    if (most == 0 || m->n_stopped * PARAGRAPH_LINES < m->n_unended)
        return 0; /* a list of names or titles ends in no stop at all */
    if (m->widest <= best + SLACK && best >= 2 * WIDTH_MIN)
        return best;
    bool is_sharp = m->unended[best] + m->unended[best - 1] >= 2 && best >= 2 * WIDTH_MIN;
    return is_sharp && most * 2 >= m->n_unended ? best : 0;
}

/* Lines that end in a stop short of the width: the ends of paragraphs. */
static unsigned count_ends(const unsigned by_width[WIDTH_MAX + 1], unsigned width)
{
    unsigned n = 0;
    for (unsigned w = 0; w + SLACK < width; w++)
        n += by_width[w];
    return n;
}

/* Where wrapped lines begin to end; 0 where they are too few to say. */
static unsigned wrap_edge(const struct measure *m, unsigned width, unsigned broken)
{
    unsigned edge = width;
    for (unsigned w = width; w + SLACK >= width; w--)
        edge = m->unended[w] * EDGE_SHARE >= broken ? w : edge;
    return broken >= EDGE_LINES_MIN ? edge : 0;
}

/* Of stops at the edge, as many stand within a paragraph as lines are broken times the stops a line holds, and as many
 * at its end as paragraphs end anywhere times the chance of that column. */
static void measure_edge(struct wrap *out, const struct measure *m)
{
    unsigned broken = 0, ends = count_ends(m->ended, out->width);
    for (unsigned w = out->width - SLACK; w <= out->width; w++)
        broken += m->unended[w];
    out->edge = wrap_edge(m, out->width, broken);
    out->has_indents =
        count_ends(m->indented, out->width) * 2 > ends && m->n_hanging * 2 < m->n_unended;
    out->is_marked = out->has_indents || count_ends(m->parted, out->width) * 3 > ends * 2;
    out->is_prose =
        out->is_marked || (uint64_t)broken * m->n_stops > (uint64_t)(broken + ends) * ends;
}

/* Broken by hand: nearly no line is wider than some width, and many unended ones that read like
 * prose reach its outer half. A list of names or titles does not read like prose. */
static unsigned ragged_width(const struct measure *m)
{
    unsigned width = WIDTH_MAX, wider = m->lines[WIDTH_MAX], reaching = 0;
    while (width > 0 && (wider + m->lines[width - 1]) * 100 <= m->n_lines * WIDER_PER_CENT)
        wider += m->lines[--width];
    if (width < RAGGED_WIDTH_MIN || width == WIDTH_MAX)
        return 0;
    for (unsigned w = width / 2; w <= width; w++)
        reaching += m->unended[w];
    bool is_prose = m->n_prose * 4 >= m->n_unended;
    return reaching >= RAGGED_LINES_MIN && reaching * 2 >= m->n_unended && is_prose ? width : 0;
}

/* Lines that are broken though blank ones stand between: *m is measured anew without these. */
static bool is_double_spaced(
    struct measure *m, const char *text, size_t n, bool is_whole, struct seen_lines *seen)
{
    struct measure spaced = {.n_lines = 0};
    if (m->n_lines < SPACED_LINES_MIN || m->n_after_blank * 10 < m->n_lines * 9)
        return false;
    measure_lines(&spaced, 1, text, n, is_whole, seen);
    bool is_broken = wrap_width(&spaced) || ragged_width(&spaced);
    if (!is_broken || spaced.n_unended * SPACED_BROKEN < spaced.n_lines)
        return false;
    *m = spaced;
    return true;
}

void wrap_measure(struct wrap *out, bool is_markdown, const char *text, size_t n, bool is_whole,
    struct seen_lines *seen)
{
    struct measure m = {.n_lines = 0};
    measure_lines(&m, 0, text, n, is_whole, seen);
    out->is_markdown = is_markdown;
    out->is_double_spaced = !is_markdown && is_double_spaced(&m, text, n, is_whole, seen);
    out->has_blank_paragraphs = m.n_lines >= 5 && m.n_after_blank * 10 >= m.n_lines * 6;
    out->width = wrap_width(&m);
    out->slack = SLACK;
    out->edge = 0;
    out->has_indents = out->is_marked = out->is_prose = false;
    if (out->width) {
        measure_edge(out, &m);
    } else {
        out->width = ragged_width(&m);
        out->slack = out->width / 2;
    }
}

static bool joins_markdown(const struct line *a, const struct line *b)
{
    if (a->opener.n_hashes || b->opener.n_hashes || a->is_bold || b->is_bold || a->is_fence ||
        b->is_fence || b->is_bullet)
        return false;
    return !(a->ending == LINE_ENDS_SENTENCE && a->width > UNWRAPPED_MIN);
}

/* Does the line reach the column, or would it with what the next one begins with? A Han that would end there goes into the
 * column behind it, too. */
static bool fills_up_to(const struct line *a, const struct line *b, unsigned column)
{
    return a->width >= column || a->width + b->head_width > column + 1;
}

/* Is line a full, where the wrapped lines of the text are known well enough? */
static bool is_full(const struct wrap *w, const struct line *a, const struct line *b)
{
    return w->edge && fills_up_to(a, b, w->edge);
}

static bool is_within(const struct wrap *w, const struct line *a, const struct line *b)
{
    return a->width <= w->width + SLACK && b->width <= w->width + SLACK;
}

/* Is the stop that ends line a one within its paragraph? Where nothing marks them, ； is, and a line goes on that is
 * full, or ends in a stop as the last lines of paragraphs do. */
static bool goes_on(const struct wrap *w, const struct line *a, const struct line *b)
{
    if (!is_full(w, a, b) || !is_within(w, a, b))
        return false;
    if (w->is_marked)
        return true;
    if (b->is_dashed || b->is_bullet || b->is_call)
        return false;
    return a->ending == LINE_ENDS_CLAUSE ||
           (w->is_prose && (b->width >= w->edge || !is_unended(b)));
}

/* Where paragraphs are marked and this one is not at its end, 二、 behind 世界第 opens nothing, nor does 二是 behind a stop. */
static bool is_torn_opener(const struct wrap *w, const struct line *a, const struct line *b)
{
    return w->is_marked && is_full(w, a, b) && !(w->has_indents && b->is_indented) &&
           (is_unended(a) || b->opener.level >= OPENER_NUMBER);
}

bool wrap_joins(const struct wrap *w, const struct line *a, bool a_is_first, const struct line *b)
{
    if (a->n_cells || b->n_cells)
        return b->is_rule && a->n_cells; /* a row for itself, but for the rule below the first */
    if (a->is_table || b->is_table)
        return a->is_table && b->is_table;
    if (a->is_furniture && b->is_furniture)
        return true;
    if (b->starts_closing || a->is_opening)
        return true;
    if (b->opener.level != OPENER_NONE && (w->is_markdown || !is_torn_opener(w, a, b)))
        return false;
    if (w->is_markdown)
        return joins_markdown(a, b);
    if (a->is_furniture || b->is_furniture)
        return false;
    bool is_hanging = a->is_indented && is_unended(a); /* as all lines of an item may be */
    if (w->has_indents && b->is_indented && !is_hanging)
        return false;
    if (!is_unended(a))
        return is_ended(a) && !a_is_first && goes_on(w, a, b);
    if (w->width && fills_up_to(a, b, w->width - w->slack) && is_within(w, a, b))
        return true;
    return w->has_blank_paragraphs && !a_is_first && a->opener.level == OPENER_NONE &&
           !b->is_indented;
}
