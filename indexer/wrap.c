// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/wrap.h"

#include <string.h>

enum {
    WIDTH_MIN = 20,
    WIDTH_MAX = 120,
    ITEM_WIDTH_MIN = 56,   /* a shorter numbered line above text is a heading, not wrapped */
    SLACK = 3,             /* a line may fall short by a half width pair, or a stop kept whole */
    RAGGED_WIDTH_MIN = 56, /* text broken by hand or at blanks, somewhere before that */
    RAGGED_LINES_MIN = 10,
    PARAGRAPH_LINES = 8, /* of a wrapped paragraph, at most on average */
    WIDER_PER_CENT = 2,  /* of lines, in a text that is broken at a width all the same */
    UNWRAPPED_MIN = 120  /* a Markdown line wider than that is a paragraph of its own */
};

struct measure {
    unsigned unended[WIDTH_MAX + 1]; /* lines that end in no stop, and go on no wider */
    unsigned lines[WIDTH_MAX + 1];   /* all lines, by width */
    unsigned n_unended, n_prose;     /* of the former all, and those with a comma or stop inside */
    unsigned n_stopped;              /* and those whose next line ends in a stop */
    unsigned n_lines, n_after_blank, widest;
};

static bool is_unended(const struct line *l)
{
    return l->ending == LINE_ENDS_PLAIN || l->ending == LINE_ENDS_COMMA;
}

static void measure_pair(struct measure *m, const struct line *a, const struct line *b)
{
    if (a->is_blank || a->is_table || !is_unended(a) || a->width < WIDTH_MIN ||
        a->width > WIDTH_MAX)
        return;
    if (a->opener.level != OPENER_NONE && a->width < ITEM_WIDTH_MIN)
        return;
    if (b->is_blank || b->is_table || b->is_long || b->width > a->width + SLACK ||
        b->opener.level != OPENER_NONE)
        return;
    m->unended[a->width]++;
    m->n_unended++;
    m->n_stopped += b->ending == LINE_ENDS_SENTENCE || b->ending == LINE_ENDS_CLAUSE;
    m->n_prose += a->has_comma || a->has_inner_stop;
}

static void measure_lines(
    struct measure *m, const char *text, size_t n, bool is_whole, struct seen_lines *seen)
{
    struct line last = {.is_blank = true}, line;
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
            m->n_lines++;
            m->n_after_blank += last.is_blank;
            if (!line.is_table && line.width > m->widest)
                m->widest = line.width;
            if (!line.is_table)
                m->lines[line.width < WIDTH_MAX ? line.width : WIDTH_MAX]++;
            if (m->n_lines > 2) /* the first one is the title */
                measure_pair(m, &last, &line);
        }
        last = line;
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

void wrap_measure(struct wrap *out, bool is_markdown, const char *text, size_t n, bool is_whole,
    struct seen_lines *seen)
{
    struct measure m = {.n_lines = 0};
    measure_lines(&m, text, n, is_whole, seen);
    out->is_markdown = is_markdown;
    out->has_blank_paragraphs = m.n_lines >= 5 && m.n_after_blank * 10 >= m.n_lines * 6;
    out->width = wrap_width(&m);
    out->slack = SLACK;
    if (out->width == 0) {
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
    if (b->opener.level != OPENER_NONE)
        return false;
    if (w->is_markdown)
        return joins_markdown(a, b);
    if (!is_unended(a) || a->is_furniture || b->is_furniture)
        return false;
    if (w->width && a->width + w->slack >= w->width && a->width <= w->width + SLACK &&
        b->width <= w->width + SLACK)
        return true;
    return w->has_blank_paragraphs && !a_is_first && a->opener.level == OPENER_NONE &&
           !b->is_indented;
}
