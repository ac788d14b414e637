// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/html_lines.h"

#include <stdint.h>
#include <string.h>

#include "common/utf8.h"
#include "extract/numbering.h"

enum {
    GAP_COLUMNS = 3,  /* of blanks, part columns */
    GAPS_MAX = 1,     /* that behind a number */
    SLACK = 3,        /* a line may fall short by a half width pair, or a stop kept whole */
    WIDER_ONE_IN = 10 /* lines at the least for one that is wider than the width */
};

void html_line_char(struct html_line *l, unsigned n_blanks, bool is_wide)
{
    l->n_gaps += l->n_columns && n_blanks >= GAP_COLUMNS;
    if (l->n_columns <= HTML_LINE_COLUMNS_MAX)
        l->n_columns += (n_blanks <= HTML_LINE_COLUMNS_MAX ? n_blanks : 0) + 1 + is_wide;
}

static bool is_one_of(const char *set, const char *at, size_t n)
{
    return memmem(set, strlen(set), at, n) != NULL;
}

struct reading {
    bool has_marks;  /* a comma or stop inside: prose */
    bool is_ended;   /* by a stop */
    bool has_frames; /* of a table */
};

static struct reading read_line(const char *text, size_t n)
{
    struct reading r = {.has_marks = false};
    for (size_t len; n; text += len, n -= len) {
        uint32_t cp;
        len = utf8_step(text, n, &cp);
        r.has_frames |= cp == '|' || cp == 0xFF5C || (cp >= 0x2500 && cp <= 0x257F);
        if (is_one_of("」』”’）)》〉", text, len))
            continue; /* behind a stop it is still the end */
        r.is_ended = is_one_of("。！？；：!?;:", text, len);
        r.has_marks |= r.is_ended || is_one_of("，、,", text, len);
    }
    return r;
}

void html_line_measure(
    struct html_line_widths *w, const struct html_line *l, const char *text, size_t n)
{
    struct reading r = read_line(text, n);
    if (l->n_columns == 0 || !r.has_marks)
        return;
    w->n++;
    if (l->n_columns > HTML_LINE_COLUMNS_MAX) {
        w->n_wider++;
        return;
    }
    w->n_lines[l->n_columns]++;
    w->n_text[l->n_columns] += l->n_gaps <= GAPS_MAX && !r.is_ended && !r.has_frames;
}

unsigned html_line_width(const struct html_line_widths *w)
{
    unsigned n_wider = w->n_wider, best = 0, n_best = 0;
    for (unsigned at = HTML_LINE_COLUMNS_MAX; at >= HTML_LINE_COLUMNS_MIN; at--) {
        unsigned n = 0;
        for (unsigned i = 0; i <= SLACK; i++)
            n += w->n_text[at - i];
        if (n > n_best && n_wider <= w->n / WIDER_ONE_IN) {
            n_best = n;
            best = at;
        }
        n_wider += w->n_lines[at];
    }
    return best;
}

bool html_line_goes_on(unsigned width, const struct html_line *a, const char *a_text, size_t a_n,
    const struct html_line *b, const char *b_text, size_t b_n)
{
    if (a->n_columns + SLACK < width || b->n_columns == 0 || b->is_parted || a->n_gaps > GAPS_MAX ||
        b->n_gaps > GAPS_MAX || number_stands(b_text, b_n))
        return false;
    struct reading of_a = read_line(a_text, a_n);
    return !of_a.is_ended && !of_a.has_frames && (of_a.has_marks || a->n_gaps == 0) &&
           !read_line(b_text, b_n).has_frames;
}
