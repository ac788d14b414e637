// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/pdf_page.h"

#include <math.h>
#include <string.h>

enum {
    NEIGHBOURS = 8,
    CONFLICTS_MAX = 3,
    RUNNING_EMS = 12,
    LABEL_CHARS_MAX = 5,
    LEADER_DOTS_MIN = 4,
    CELL_NEIGHBOURS = 12,
    CELL_LINES_MIN = 2,
    CELL_BLANKS_MAX = 3
};

/* ---- lines ---- */

/* The height of most of its characters, or `highest` where no height is that of most. */
static double usual_height(const struct pdf_line *line, double highest)
{
    double usual = 0;
    size_t n_ahead = 0, n_usual = 0;
    for (size_t i = 0; i < line->n_chars; i++) {
        const double height = line->boxes[i].y2 - line->boxes[i].y1;
        if (n_ahead == 0)
            usual = height;
        if (fabs(height - usual) <= .05 * usual)
            n_ahead++;
        else
            n_ahead--;
    }
    for (size_t i = 0; i < line->n_chars; i++)
        n_usual += fabs(line->boxes[i].y2 - line->boxes[i].y1 - usual) <= .05 * usual;
    return 2 * n_usual > line->n_chars ? usual : highest;
}

static void measure_line(struct pdf_line *line)
{
    double highest = 0;
    line->left = line->top = INFINITY;
    line->right = line->bottom = -INFINITY;
    for (size_t i = 0; i < line->n_chars; i++) {
        const PopplerRectangle *b = &line->boxes[i];
        line->left = fmin(line->left, b->x1);
        line->right = fmax(line->right, b->x2);
        line->top = fmin(line->top, b->y1);
        line->bottom = fmax(line->bottom, b->y2);
        highest = fmax(highest, b->y2 - b->y1);
    }
    line->size = usual_height(line, highest);
    line->is_upright = line->bottom - line->top < 2 * highest;
}

/* As a line of a table of contents ends, in dots and a number. */
static bool ends_in_leader(const char *start, const char *end)
{
    static const char *const dots[] = {".", "…", "·", "‥", "．", " "};
    const char *at = end;
    unsigned n_dots = 0;
    while (at > start && (g_ascii_isalnum(at[-1]) || strchr("-() ", at[-1])))
        at--;
    for (size_t i = 0; at < end && i < G_N_ELEMENTS(dots); i++) {
        size_t n = strlen(dots[i]);
        if ((size_t)(at - start) >= n && memcmp(at - n, dots[i], n) == 0) {
            at -= n;
            n_dots += i + 1 < G_N_ELEMENTS(dots);
            i = (size_t)-1;
        }
    }
    return n_dots >= LEADER_DOTS_MIN;
}

/* False where it is blank. */
static bool make_line(
    struct pdf_line *line, const char *from, const char *to, const PopplerRectangle *boxes)
{
    *line = (struct pdf_line){.text = from,
        .boxes = boxes,
        .n = (size_t)(to - from),
        .n_chars = (size_t)g_utf8_strlen(from, to - from)};
    if (strspn(from, " \t\r\f") >= line->n)
        return false;
    measure_line(line);
    line->has_leader = ends_in_leader(from, to);
    return true;
}

static void add_line(struct pdf_page *p, const char *from, const char *to, size_t first_char)
{
    struct pdf_line line;
    if (make_line(&line, from, to, p->boxes + first_char))
        g_array_append_val(p->lines, line);
}

bool pdf_line_cut(const struct pdf_line *line, double right, double left, struct pdf_line parts[2])
{
    const char *at = line->text, *end = line->text + line->n;
    const double slack = .7 * line->size;
    for (size_t i = 0; i + 1 < line->n_chars; i++, at = g_utf8_next_char(at)) {
        const PopplerRectangle *b = line->boxes + i;
        const char *next = g_utf8_next_char(at);
        const bool is_blank =
            *at == ' ' && i && b[-1].x2 < right + 1.2 * line->size && b[1].x1 > left - slack;
        const bool is_hanging = g_unichar_ispunct(g_utf8_get_char(at)) && b->x1 > right - slack &&
                                fabs(b[1].x1 - left) < .3 * line->size;
        if (is_blank || is_hanging)
            return make_line(&parts[0], line->text, is_blank ? at : next, line->boxes) &&
                   make_line(&parts[1], next, end, b + 1);
    }
    return false;
}

/* Is the character far to the right of the one before it, or back at the left of a line further down, as poppler has it in tables
 * with little white? It puts a blank where it is far within a line, and between figures that are close to each other. */
static bool is_parted(
    const char *start, const char *before, const char *at, const PopplerRectangle *box)
{
    const double size = fmax(box->y2 - box->y1, box[-1].y2 - box[-1].y1);
    if (box->x1 < box[-1].x1 - 2 * size && box->y1 > box[-1].y1 + .5 * size)
        return true;
    if (*before == ' ')
        return before > start && g_ascii_isdigit(*at) && strchr("0123456789%)", before[-1]) &&
               box->x1 - box[-1].x1 > 1.5 * (box->x2 - box->x1);
    return *at != ' ' && box->x1 - box[-1].x2 > .5 * size;
}

void pdf_page_read(struct pdf_page *p, PopplerPage *page)
{
    guint n_boxes = 0;
    *p = (struct pdf_page){.text = poppler_page_get_text(page),
        .lines = g_array_new(FALSE, FALSE, sizeof(struct pdf_line))};
    poppler_page_get_size(page, &p->width, NULL);
    if (!p->text || !g_utf8_validate(p->text, -1, NULL) ||
        !poppler_page_get_text_layout(page, &p->boxes, &n_boxes))
        return;
    const char *start = p->text, *before = NULL, *at = p->text;
    size_t i = 0, first = 0;
    for (; *at && i < n_boxes; before = at, at = g_utf8_next_char(at), i++) {
        const bool is_end = *at == '\n';
        if (is_end || (before && at > start && is_parted(start, before, at, p->boxes + i))) {
            add_line(p, start, at, first);
            start = at + is_end;
            first = i + is_end;
        }
    }
    add_line(p, start, at, first);
}

void pdf_page_release(struct pdf_page *p)
{
    g_free(p->text);
    g_free(p->boxes);
    g_array_free(p->lines, TRUE);
}

/* ---- rows ---- */

static double overlap(const struct pdf_line *a, const struct pdf_line *b)
{
    return fmin(a->bottom, b->bottom) - fmax(a->top, b->top);
}

bool pdf_line_is_beside(const struct pdf_line *a, const struct pdf_line *b)
{
    const double size = fmin(a->size, b->size);
    return a->is_upright && b->is_upright && overlap(a, b) > .4 * size &&
           (a->right < b->left + .2 * size || b->right < a->left + .2 * size);
}

bool pdf_line_is_label(const struct pdf_line *line)
{
    static const char *const ends[] = {
        ".", "．", "、", ")", "）", "章", "节", "節", "条", "條", "编", "編"};
    const char *last = g_utf8_find_prev_char(line->text, line->text + line->n);
    if (line->n_chars > LABEL_CHARS_MAX || !last)
        return false;
    if (line->n_chars == 1)
        return *last != '-' && !g_unichar_isalnum(g_utf8_get_char(last));
    bool ends_so = false;
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        ends_so |= strncmp(last, ends[i], strlen(ends[i])) == 0;
    return ends_so;
}

/* Of a paragraph several lines long: as wide as a line near it in poppler's order. */
static void mark_running(struct pdf_page *p)
{
    for (guint i = 0; i < p->lines->len; i++) {
        struct pdf_line *line = pdf_page_line(p, i);
        if (!line->is_upright || line->has_leader ||
            line->right - line->left < RUNNING_EMS * line->size)
            continue;
        for (guint k = i + 1; k < p->lines->len && k <= i + NEIGHBOURS; k++) {
            struct pdf_line *other = pdf_page_line(p, k);
            if (fabs(line->left - other->left) < .7 * line->size &&
                fabs(line->right - other->right) < .7 * line->size)
                line->is_running = other->is_running = true;
        }
    }
}

/* A line goes on with the row of the one before it where it is beside one in that row. Running text is no cell beside other running
 * text: returns how often it is beside such. */
static guint find_rows(struct pdf_page *p)
{
    guint n_conflicts = 0;
    for (guint first = 0, end; first < p->lines->len; first = end) {
        pdf_page_line(p, first)->row = first;
        for (end = first + 1; end < p->lines->len && end - first < PDF_ROW_LINES_MAX; end++) {
            struct pdf_line *line = pdf_page_line(p, end);
            const bool is_labelled =
                end == first + 1 && (pdf_line_is_label(line) || pdf_line_is_label(line - 1));
            bool is_beside = false, is_conflict = false;
            for (guint i = first; i < end; i++) {
                const struct pdf_line *other = pdf_page_line(p, i);
                if (line->column == other->column && pdf_line_is_beside(other, line)) {
                    is_beside = true;
                    is_conflict |= line->is_running && other->is_running && !is_labelled;
                }
            }
            n_conflicts += is_conflict;
            if (!is_beside || is_conflict)
                break;
            line->row = first;
        }
    }
    return n_conflicts;
}

guint pdf_row_end(const struct pdf_page *p, guint first)
{
    guint end = first + 1;
    while (end < p->lines->len && end - first < PDF_ROW_LINES_MAX &&
           pdf_page_line(p, end)->row == pdf_page_line(p, first)->row)
        end++;
    return end;
}

/* ---- cells of several lines ---- */

/* Of several cells, not of an item behind its number? */
static bool is_row(const struct pdf_page *p, guint first)
{
    const guint n = pdf_row_end(p, first) - first;
    return n > 2 || (n == 2 && !pdf_line_is_label(pdf_page_line(p, first)) &&
                        !pdf_line_is_label(pdf_page_line(p, first + 1)));
}

static double middle(const struct pdf_line *line)
{
    return (line->top + line->bottom) / 2;
}

/* Is `line` of the same cell as one of lines[first..end), less than `step` above or below it? An upper line is as long as a lower one. */
static bool is_wrapped(
    const struct pdf_page *p, guint first, guint end, const struct pdf_line *line, double step)
{
    for (guint i = first; i < end; i++) {
        const struct pdf_line *cell = pdf_page_line(p, i);
        const double below = middle(line) - middle(cell), size = fmax(cell->size, line->size);
        const double shorter = below > 0 ? line->right - cell->right : cell->right - line->right;
        if (cell->is_upright && line->is_upright && fabs(below) < fmin(step, 1.6 * size) &&
            fabs(cell->left - line->left) < .7 * size && shorter < 1.5 * size &&
            fabs(cell->size - line->size) < .15 * size && !cell->has_leader && !line->has_leader)
            return true;
    }
    return false;
}

/* How many lines behind lines[first..end) go on with its cells, one under the other. */
static guint wrapped_below(const struct pdf_page *p, guint first, guint end, double step)
{
    guint i = end;
    while (i < p->lines->len && i - first < PDF_ROW_LINES_MAX && !is_row(p, i) &&
           is_wrapped(p, first, i, pdf_page_line(p, i), step))
        i++;
    return i - end;
}

/* How many before it, not before line `from`, do. */
static guint wrapped_above(
    const struct pdf_page *p, guint from, guint first, guint end, double step)
{
    guint i = first;
    while (i > from && end - i < PDF_ROW_LINES_MAX && !is_row(p, i - 1) &&
           is_wrapped(p, i, end, pdf_page_line(p, i - 1), step))
        i--;
    return first - i;
}

/* The least that one row of several cells is below another. */
static double row_step(const struct pdf_page *p)
{
    const struct pdf_line *before = NULL;
    double step = INFINITY;
    for (guint i = 0; i < p->lines->len; i = pdf_row_end(p, i)) {
        if (!is_row(p, i))
            continue;
        if (before)
            step = fmin(step, fabs(middle(pdf_page_line(p, i)) - middle(before)));
        before = pdf_page_line(p, i);
    }
    return step < INFINITY ? .92 * step : 0;
}

/* A cell of several lines has but one beside the other cells: in the middle, or at the top. Where the lines of a cell are no closer
 * than the rows nothing tells them apart. As many stand above a row as below it, or all below: as the first does. */
static void join_wrapped(struct pdf_page *p)
{
    const double step = row_step(p);
    guint from = 0;
    bool is_centred = false;
    for (guint first = 0, end; first < p->lines->len && step > 0; first = end) {
        end = pdf_row_end(p, first);
        if (!is_row(p, first))
            continue;
        guint above = wrapped_above(p, from, first, end, step);
        is_centred = above || (is_centred && from == first);
        guint below = wrapped_below(p, first, end, step);
        below = is_centred ? MIN(above, below) : below;
        for (guint i = first - above; i < end + below; i++)
            pdf_page_line(p, i)->row = first - above;
        end += below;
        from = end;
    }
}

/* From the top to the foot, turned text last. */
static gint compare_places(gconstpointer a, gconstpointer b)
{
    const struct pdf_line *one = a, *other = b;
    if (one->is_upright != other->is_upright)
        return one->is_upright ? -1 : 1;
    double by = one->is_upright ? one->top + one->bottom - other->top - other->bottom : 0;
    if (by == 0)
        by = one->is_upright ? one->left - other->left : 0;
    return by < 0 ? -1 : by > 0 ? 1 : one->text < other->text ? -1 : one->text > other->text;
}

static gint compare_texts(gconstpointer a, gconstpointer b)
{
    const struct pdf_line *one = a, *other = b;
    return one->text < other->text ? -1 : one->text > other->text;
}

/* Do lines near line `at`, from the top to the foot, begin at x? */
static bool is_left_of_lines(const struct pdf_page *p, guint at, double x)
{
    const guint from = at > CELL_NEIGHBOURS ? at - CELL_NEIGHBOURS : 0;
    const double slack = .15 * pdf_page_line(p, at)->size;
    guint n = 0;
    for (guint i = from; i < p->lines->len && i <= at + CELL_NEIGHBOURS; i++)
        n += i != at && fabs(pdf_page_line(p, i)->left - x) < slack;
    return n >= CELL_LINES_MIN;
}

/* How wide a blank must be to stand between cells: wider than those between words, where the line has many. Latin
 * words have wider ones than Han do. */
static double cell_gap(const struct pdf_line *line)
{
    const char *at = line->text, *end = line->text + line->n;
    double least = INFINITY;
    size_t n_blanks = 0;
    for (size_t i = 0; at < end; at = g_utf8_next_char(at), i++) {
        if (*at == ' ' && i && i + 1 < line->n_chars) {
            least = fmin(least, line->boxes[i + 1].x1 - line->boxes[i - 1].x2);
            n_blanks++;
        }
    }
    return fmax(.2 * line->size, n_blanks > CELL_BLANKS_MAX ? 1.3 * least : 0);
}

/* Is it the number of an item or of a section: 1., （一）, 4.1? */
static bool is_number(const struct pdf_line *line)
{
    return pdf_line_is_label(line) ||
           (strspn(line->text, "0123456789.") >= line->n && memchr(line->text, '.', line->n));
}

/* Of a table with little white poppler reads a short cell and the first line of a long one as one line: parts it at a blank behind
 * which others begin. The lines come from the top to the foot, and are left in poppler's order. */
static void cut_cells(struct pdf_page *p)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(struct pdf_line));
    g_array_sort(p->lines, compare_places);
    for (guint i = 0; i < p->lines->len; i++) {
        struct pdf_line rest = *pdf_page_line(p, i), part;
        const char *at = rest.text, *end = rest.text + rest.n;
        const double gap = cell_gap(&rest);
        size_t k = 0;
        for (; rest.is_upright && !rest.is_foot && at < end; at = g_utf8_next_char(at), k++) {
            if (*at != ' ' || k == 0 || k + 1 >= rest.n_chars)
                continue;
            const double x = rest.boxes[k + 1].x1;
            const bool is_ascii = (at[-1] & 0x80) == 0 && (at[1] & 0x80) == 0;
            const double least = is_ascii ? fmax(gap, .45 * rest.size) : gap;
            if (x - rest.boxes[k - 1].x2 < least || x - rest.left < 2.2 * rest.size ||
                !is_left_of_lines(p, i, x) || !make_line(&part, rest.text, at, rest.boxes) ||
                is_number(&part))
                continue;
            g_array_append_val(out, part);
            if (!make_line(&rest, at + 1, end, rest.boxes + k + 1))
                break;
            k = (size_t)-1;
        }
        g_array_append_val(out, rest);
    }
    g_array_free(p->lines, TRUE);
    p->lines = out;
    g_array_sort(p->lines, compare_texts);
}

void pdf_page_order(struct pdf_page *p, struct pdf_columns *known)
{
    cut_cells(p);
    mark_running(p);
    GArray *as_found = g_array_copy(p->lines);
    g_array_sort(p->lines, compare_places);
    const bool are_columns = pdf_page_order_columns(p, known);
    if (find_rows(p) < CONFLICTS_MAX || are_columns) {
        if (!are_columns)
            join_wrapped(p);
        g_array_free(as_found, TRUE);
        return;
    }
    g_array_free(p->lines, TRUE);
    p->lines = as_found;
    find_rows(p);
}

/* ---- notes ---- */

bool pdf_line_is_note(const struct pdf_line *line)
{
    gunichar c = g_utf8_get_char(line->text + strspn(line->text, " \t"));
    return g_unichar_isdigit(c) || (c >= 0x2460 && c <= 0x2473) || c == 0xB9 || c == 0xB2 ||
           c == 0xB3 || c == 0x203B || c == 0x6CE8 || (c < 0x80 && c && strchr("[*", (int)c));
}

/* Of most of the characters of the page, in half points. */
static double text_size(const struct pdf_page *p)
{
    enum { SIZES = 200 };
    size_t n_chars[SIZES] = {0}, best = 0;
    for (guint i = 0; i < p->lines->len; i++) {
        const struct pdf_line *line = pdf_page_line(p, i);
        size_t size = line->size < SIZES / 2 ? (size_t)(2 * line->size) : SIZES - 1;
        n_chars[size] += line->n_chars;
    }
    for (size_t i = 1; i < SIZES; i++)
        best = n_chars[i] > n_chars[best] ? i : best;
    return (double)best / 2;
}

guint pdf_page_notes(const struct pdf_page *p)
{
    const double small = .9 * text_size(p);
    guint found = p->lines->len;
    for (guint i = p->lines->len; i-- > 0;) {
        const struct pdf_line *line = pdf_page_line(p, i);
        if (line->is_foot) {
            found = i;
            continue;
        }
        if (!line->is_upright || line->size >= small || pdf_row_end(p, line->row) > line->row + 2)
            break;
        if (pdf_line_is_note(line) && line->row == i)
            found = i;
    }
    return found;
}
