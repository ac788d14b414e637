// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/render.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "common/message.h"
#include "common/terminal.h"
#include "common/utf8.h"
#include "store/schema.h"

#define BOLD "\033[1m"
#define MARK "\033[1;31m"
#define DIM "\033[2m"
#define BLUE "\033[34m"
#define RESET "\033[0m"
enum { INDENT = 4, TWINS_SHOWN = 3 };

static void put_styled(
    FILE *out, const struct render_options *o, const char *style, const char *s, size_t n)
{
    if (o->has_colour)
        fputs(style, out);
    put_text(out, s, n);
    if (o->has_colour)
        fputs(RESET, out);
}

/* A path as shown to a reader: relative where it lies below the current folder. */
static const char *shown_path(const char *path)
{
    static char folder[PATH_MAX];
    if (!folder[0] && !getcwd(folder, sizeof folder))
        return path;
    size_t n = strlen(folder);
    return n > 1 && strncmp(path, folder, n) == 0 && path[n] == '/' ? path + n + 1 : path;
}

void render_date(uint32_t date, char out[DATE_TEXT_MAX])
{
    unsigned year = schema_date_year(date), month = schema_date_month(date),
             day = schema_date_day(date);
    out[0] = '\0';
    if (date && month && day)
        snprintf(out, DATE_TEXT_MAX, "%04u-%02u-%02u", year % 10000, month, day);
    else if (date && month)
        snprintf(out, DATE_TEXT_MAX, "%04u-%02u", year % 10000, month);
    else if (date)
        snprintf(out, DATE_TEXT_MAX, "%04u", year % 10000);
}

/* Does its outermost heading but repeat the title, which stands above? */
static bool is_headed_by_title(const struct search_hit *hit)
{
    return hit->n_section && strlen(hit->section[0]) == hit->report.title_len &&
           memcmp(hit->section[0], hit->report.title, hit->report.title_len) == 0;
}

static void put_sections(FILE *out, const struct render_options *o, const struct search_hit *hit)
{
    const size_t first = is_headed_by_title(hit);
    if (first == hit->n_section)
        return;
    fprintf(out, "%*s", INDENT, "");
    for (size_t i = first; i < hit->n_section; i++) {
        if (i > first)
            fputs(" › ", out);
        put_styled(out, o, BLUE, hit->section[i], strlen(hit->section[i]));
    }
    fputc('\n', out);
}

/* Where the output stands in its line. */
struct column {
    size_t at;
    bool is_marked;
};

static void set_marked(FILE *out, const struct render_options *o, struct column *c, bool is_marked)
{
    if (o->has_colour && c->is_marked != is_marked)
        fputs(is_marked ? MARK : RESET, out);
    c->is_marked = is_marked;
}

static void start_line(FILE *out, const struct render_options *o, struct column *c)
{
    bool was_marked = c->is_marked;
    set_marked(out, o, c, false);
    fprintf(out, "\n%*s", INDENT, "");
    set_marked(out, o, c, was_marked);
    c->at = INDENT;
}

/* Marks that must not begin a line (UAX 14 class CL, EX, IS: as far as Chinese text has them). */
static bool hangs(uint32_t cp)
{
    return (cp < 0x80 && strchr(",.;:!?)%", (int)cp)) || cp == 0x3001 || cp == 0x3002 ||
           cp == 0xFF0C || cp == 0xFF1B || cp == 0xFF1A || cp == 0xFF01 || cp == 0xFF1F ||
           cp == 0xFF09 || cp == 0x300B || cp == 0x201D || cp == 0x300D || cp == 0x300F ||
           cp == 0x3011 || cp == 0x3009 || cp == 0x2019 || cp == 0xFF05;
}

/* Does the character at text[at] go past the last column, by itself or with the marks behind it, which it takes to the
 * next line? A mark is asked for itself where it came to stand apart, behind more than a line of them. */
static bool is_full(const struct render_options *o, const struct column *c,
    const struct shown_text *shown, size_t at)
{
    uint32_t cp;
    if (!o->columns || c->at == INDENT)
        return false;
    at += utf8_step(shown->text + at, shown->n - at, &cp);
    size_t end = c->at + (size_t)char_columns(cp);
    const bool is_alone = hangs(cp);
    while (!is_alone && at < shown->n && end <= o->columns) {
        at += utf8_step(shown->text + at, shown->n - at, &cp);
        if (!hangs(cp))
            break;
        end += (size_t)char_columns(cp);
    }
    return end > o->columns;
}

/* The passage: wrapped, indented, marks coloured. */
static void put_passage(FILE *out, const struct render_options *o, const struct shown_text *shown)
{
    struct column c = {INDENT, false};
    size_t mark = 0;
    fprintf(out, "%*s", INDENT, "");
    for (size_t i = 0; i < shown->n;) {
        uint32_t cp;
        size_t len = utf8_step(shown->text + i, shown->n - i, &cp);
        while (mark < shown->marks.n && shown->marks.at[mark].end <= i)
            mark++;
        set_marked(out, o, &c, mark < shown->marks.n && shown->marks.at[mark].start <= i);
        size_t columns = (size_t)char_columns(cp);
        bool is_end = cp == '\n' || cp == PAGE_END;
        bool is_again = cp == PAGE_END && i > 0 && shown->text[i - 1] == PAGE_END;
        if ((is_end && !is_again) || is_full(o, &c, shown, i))
            start_line(out, o, &c);
        if (!is_end && cp != '\r')
            put_text(out, shown->text + i, len);
        c.at += columns;
        i += len;
    }
    set_marked(out, o, &c, false);
    fputs("\n\n", out);
}

/* A passage as `duan show` takes it. */
static void put_passage_name(FILE *out, const struct search_hit *hit)
{
    const char *path = shown_path(hit->path);
    if (hit->report.id_len)
        put_text(out, hit->report.id, hit->report.id_len);
    else
        put_text(out, path, strlen(path));
    fprintf(out, "#%u", hit->passage);
}

static void put_twins(FILE *out, const struct render_options *o, const struct search_hit *hit)
{
    fprintf(out, "%*s%s%s", INDENT, "", o->has_colour ? DIM : "", tr("also "));
    for (size_t i = 0; i < hit->n_twins && i < TWINS_SHOWN; i++) {
        if (i)
            fputs(", ", out);
        put_passage_name(out, &hit->twins[i]);
    }
    if (hit->n_twins > TWINS_SHOWN)
        fprintf(out, tr(" and %zu more"), hit->n_twins - TWINS_SHOWN);
    fprintf(out, "%s\n", o->has_colour ? RESET : "");
}

void render_hit(
    FILE *out, const struct render_options *o, size_t rank, const struct search_hit *hit)
{
    fprintf(out, "%2zu. ", rank);
    put_styled(out, o, BOLD, hit->report.title, hit->report.title_len);
    char date[DATE_TEXT_MAX];
    render_date(hit->report.date, date);
    fprintf(out, "%s%s\n", *date ? " · " : "", date);
    put_sections(out, o, hit);
    const char *path = shown_path(hit->path);
    fprintf(out, "%*s%s", INDENT, "", o->has_colour ? DIM : "");
    put_text(out, path, strlen(path));
    if (hit->place_unit == PLACE_LINE)
        fprintf(out, ":%u", hit->line);
    else if (hit->last_page > hit->line)
        fprintf(out, tr(", pages %u-%u"), hit->line, hit->last_page);
    else if (hit->last_page)
        fprintf(out, tr(", page %u"), hit->line);
    fprintf(out, " #%u", hit->passage);
    if (hit->report.id_len) {
        fputs(" ", out);
        put_text(out, hit->report.id, hit->report.id_len);
    }
    fprintf(out, "%s\n", o->has_colour ? RESET : "");
    if (hit->n_twins)
        put_twins(out, o, hit);
    put_passage(out, o, &hit->shown);
}

/* Blanks, control characters and broken bytes as %20. */
static void put_escaped(FILE *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n;) {
        uint32_t cp;
        size_t len = utf8_decode(s + i, n - i, &cp), end = i + (len ? len : 1);
        bool is_plain = len && cp != ' ' && !is_control(cp);
        for (; i < end; i++)
            if (is_plain)
                fputc(s[i], out);
            else
                fprintf(out, "%%%02X", (unsigned char)s[i]);
    }
}

static void put_docid(FILE *out, const struct search_hit *hit)
{
    if (hit->report.id_len)
        put_escaped(out, hit->report.id, hit->report.id_len);
    else
        put_escaped(out, hit->path, hit->path_len);
    if (!hit->report.id_len || hit->report.n_passages > 1)
        fprintf(out, "#%u", hit->passage);
}

void render_trec(
    FILE *out, const char *qid, size_t qid_len, size_t rank, const struct search_hit *hit)
{
    put_escaped(out, qid, qid_len);
    fputs(" Q0 ", out);
    put_docid(out, hit);
    fprintf(out, " %zu %.6f duan\n", rank, hit->score);
}
