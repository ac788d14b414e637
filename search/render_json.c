// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include <jansson.h>

#include "common/json.h"
#include "common/utf8.h"
#include "search/render.h"
#include "store/schema.h"

static json_t *date_text(uint32_t date)
{
    char text[DATE_TEXT_MAX];
    render_date(date, text);
    return *text ? json_string(text) : json_null();
}

static json_t *fields_object(const struct report *r)
{
    json_t *fields = r->fields_len ? json_loadb(r->fields, r->fields_len, 0, NULL) : NULL;
    return fields ? fields : json_object();
}

static json_t *report_object(const struct search_hit *hit)
{
    const struct report *r = &hit->report;
    json_t *id = r->id_len ? json_text(r->id, r->id_len) : json_integer(r->number);
    return json_pack("{s:o, s:I, s:o, s:o, s:o, s:o}", "id", id, "number", (json_int_t)r->number,
        "path", json_text(hit->path, hit->path_len), "title", json_text(r->title, r->title_len),
        "date", date_text(r->date), "fields", fields_object(r));
}

static json_t *passage_object(const struct search_hit *hit)
{
    json_t *section = json_array();
    for (size_t i = 0; i < hit->n_section; i++)
        json_array_append_new(section, json_text(hit->section[i], strlen(hit->section[i])));
    json_t *passage = json_pack("{s:I}", "number", (json_int_t)hit->passage);
    if (hit->place_unit == PLACE_LINE || hit->line)
        json_object_set_new(
            passage, hit->place_unit == PLACE_PAGE ? "page" : "line", json_integer(hit->line));
    if (hit->last_page > hit->line)
        json_object_set_new(passage, "last_page", json_integer(hit->last_page));
    json_object_set_new(passage, "heading", json_boolean(hit->is_heading));
    json_object_set_new(passage, "section", section);
    return passage;
}

static json_t *twins_array(const struct search_hit *hit)
{
    json_t *all = json_array();
    for (size_t i = 0; i < hit->n_twins; i++)
        json_array_append_new(
            all, json_pack("{s:o, s:{s:I}}", "report", report_object(&hit->twins[i]), "passage",
                     "number", (json_int_t)hit->twins[i].passage));
    return all;
}

/* Marks as pairs of code points: [first, behind the last]. */
static json_t *highlights_array(const struct shown_text *shown)
{
    json_t *all = json_array();
    size_t byte = 0, chars = 0;
    for (size_t i = 0; i < shown->marks.n; i++) {
        const struct range *mark = &shown->marks.at[i];
        chars += utf8_count(shown->text + byte, mark->start - byte);
        size_t end = chars + utf8_count(shown->text + mark->start, mark->end - mark->start);
        json_array_append_new(all, json_pack("[I, I]", (json_int_t)chars, (json_int_t)end));
        chars = end;
        byte = mark->end;
    }
    return all;
}

enum status render_json(FILE *out, size_t rank, const char *qid, size_t qid_len,
    const struct search_hit *hit, struct error *err)
{
    json_t *line =
        json_pack("{s:i, s:I, s:f, s:o, s:o, s:o, s:o}", "v", 1, "rank", (json_int_t)rank, "score",
            hit->score, "report", report_object(hit), "passage", passage_object(hit), "text",
            json_text(hit->shown.text, hit->shown.n), "highlights", highlights_array(&hit->shown));
    if (!line)
        return error_no_memory(err);
    if (hit->n_twins)
        json_object_set_new(line, "also", twins_array(hit));
    if (qid_len)
        json_object_set_new(line, "qid", json_text(qid, qid_len));
    bool is_printed = json_print_line(line, out);
    json_decref(line);
    return is_printed ? STATUS_OK : error_no_memory(err);
}
