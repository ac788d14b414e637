// SPDX-License-Identifier: GPL-2.0-or-later
/* Two columns of running text. poppler reads across a gutter that is narrow beside the characters (Word's own is, from 12 points
 * on), so lines of both come in turn.
 *
 * They are columns where many lines beside each other both go from the one margin of their column to the other: cells of a
 * table seldom do. */
#include "extract/pdf_page.h"

#include <math.h>

enum {
    NEIGHBOURS = 8, /* of a line from the top to the foot, looked at for one beside it */
    CANDIDATES = 64,
    FULL_PAIRS_MIN = 6,
    FULL_PAIRS_SHARE = 3, /* of so many pairs one is full */
    COLUMN_EMS_MIN = 6,
    OUTSIDE_SHARE = 8, /* of so many lines one may stand outside */
};

struct pair {
    const struct pdf_line *left, *right;
};

static bool is_near(double a, double b, double size)
{
    return fabs(a - b) < .7 * size;
}

/* At the left margin, or indented by two characters; to the right margin, or a mark further. */
static bool fills(const struct pdf_line *line, double left, double right)
{
    const double size = line->size;
    return line->left > left - .7 * size && line->left < left + 1.8 * size &&
           line->right > right - .7 * size && line->right < right + 1.1 * size;
}

static GArray *find_pairs(const struct pdf_page *p)
{
    GArray *pairs = g_array_new(FALSE, FALSE, sizeof(struct pair));
    for (guint i = 0; i < p->lines->len; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        for (guint k = i + 1; k < p->lines->len && k <= i + NEIGHBOURS; k++) {
            const struct pdf_line *other = pdf_page_line(p, k);
            const bool is_left = line->left < other->left;
            const struct pair pair = {is_left ? line : other, is_left ? other : line};
            if (pdf_line_is_beside(line, other))
                g_array_append_val(pairs, pair);
        }
    }
    return pairs;
}

static bool is_full(const struct pdf_columns *c, const struct pair *pair)
{
    return fills(pair->left, c->left[0], c->right[0]) &&
           fills(pair->right, c->left[1], c->right[1]);
}

/* The margins that most pairs have. */
static bool measure(const GArray *pairs, struct pdf_columns *out)
{
    guint n_best = 0, step = pairs->len / CANDIDATES + 1;
    for (guint i = 0; i < pairs->len; i += step) {
        const struct pair *pair = &g_array_index(pairs, struct pair, i);
        const struct pdf_columns c = {
            {pair->left->left, pair->right->left}, {pair->left->right, pair->right->right}};
        const double least = COLUMN_EMS_MIN * pair->left->size;
        guint n = 0;
        if (c.right[0] - c.left[0] < least || c.right[1] - c.left[1] < least)
            continue;
        for (guint k = 0; k < pairs->len; k++)
            n += is_full(&c, &g_array_index(pairs, struct pair, k));
        if (n > n_best) {
            n_best = n;
            *out = c;
        }
    }
    return n_best >= FULL_PAIRS_MIN && n_best * FULL_PAIRS_SHARE >= pairs->len;
}

/* 1: left, 2: right, 0: over both, or turned. */
static guint column_of(const struct pdf_columns *c, const struct pdf_line *line)
{
    const double gutter = (c->right[0] + c->left[1]) / 2, slack = .3 * line->size;
    if (!line->is_upright)
        return 0;
    return line->right < gutter + slack ? 1 : line->left > gutter - slack ? 2 : 0;
}

/* Do nearly all lines stand within the columns of the pages before, and some beside each other? */
static bool fits(const struct pdf_columns *c, const struct pdf_page *p, const GArray *pairs)
{
    bool has_both = false;
    guint n_outside = 0;
    for (guint i = 0; i < pairs->len && !has_both; i++) {
        const struct pair *pair = &g_array_index(pairs, struct pair, i);
        has_both = is_near(pair->left->left, c->left[0], pair->left->size) &&
                   is_near(pair->right->left, c->left[1], pair->left->size);
    }
    for (guint i = 0; i < p->lines->len; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        const double slack = 1.1 * line->size;
        n_outside += column_of(c, line) == 0 || line->left < c->left[0] - slack ||
                     line->right > c->right[1] + slack;
    }
    return has_both && n_outside * OUTSIDE_SHARE <= p->lines->len;
}

/* Lines that poppler read across the gutter become two. */
static void cut_lines(struct pdf_page *p, const struct pdf_columns *c)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(struct pdf_line));
    for (guint i = 0; i < p->lines->len; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        struct pdf_line parts[2];
        if (line->is_upright && column_of(c, line) == 0 &&
            pdf_line_cut(line, c->right[0], c->left[1], parts))
            g_array_append_vals(out, parts, 2);
        else
            g_array_append_val(out, *line);
    }
    g_array_free(p->lines, TRUE);
    p->lines = out;
}

/* Between two lines over both columns, what is on the left comes before what is on the right. */
static void order(struct pdf_page *p, const struct pdf_columns *c)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(struct pdf_line));
    GArray *right = g_array_new(FALSE, FALSE, sizeof(struct pdf_line));
    for (guint i = 0; i < p->lines->len; i++) {
        struct pdf_line line = *pdf_page_line(p, i);
        line.column = column_of(c, &line);
        if (line.column == 2) {
            g_array_append_val(right, line);
            continue;
        }
        if (line.column == 0) {
            g_array_append_vals(out, right->data, right->len);
            g_array_set_size(right, 0);
        }
        g_array_append_val(out, line);
    }
    g_array_append_vals(out, right->data, right->len);
    g_array_free(right, TRUE);
    g_array_free(p->lines, TRUE);
    p->lines = out;
}

bool pdf_page_order_columns(struct pdf_page *p, struct pdf_columns *known)
{
    GArray *pairs = find_pairs(p);
    struct pdf_columns found;
    bool are_columns = measure(pairs, &found);
    g_array_free(pairs, TRUE);
    if (are_columns)
        *known = found;
    else if (known->right[0] <= 0)
        return false;
    GArray *as_found = g_array_copy(p->lines);
    cut_lines(p, known);
    if (!are_columns) {
        pairs = find_pairs(p);
        are_columns = fits(known, p, pairs);
        g_array_free(pairs, TRUE);
    }
    if (are_columns) {
        g_array_free(as_found, TRUE);
        order(p, known);
    } else {
        g_array_free(p->lines, TRUE);
        p->lines = as_found;
    }
    return are_columns;
}
