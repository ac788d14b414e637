// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/report_match.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/json.h"
#include "common/utf8.h"
#include "store/schema.h"

struct matcher {
    const struct clause *clause;
    struct folded_passage *scratch;
    bool is_out_of_memory;
};

static bool holds(struct matcher *m, const char *text, size_t n, bool whole_words)
{
    if (!folded_passage_set(m->scratch, text, n)) {
        m->is_out_of_memory = true;
        return false;
    }
    const struct clause *c = m->clause;
    return folded_passage_find(m->scratch, c->folded, c->n_folded, whole_words, 0) < m->scratch->n;
}

/* Is the JSON key the name, once folded? */
static bool is_named(const char *key, const char *name)
{
    size_t n = strlen(key), n_name = strlen(name);
    char bytes[UTF8_MAX_BYTES];
    for (size_t at = 0; at < n;) {
        uint32_t cp;
        at += utf8_step(key + at, n - at, &cp);
        size_t len = utf8_encode(fold_char(cp).cp, bytes);
        if (len > n_name || memcmp(name, bytes, len) != 0)
            return false;
        name += len;
        n_name -= len;
    }
    return n_name == 0;
}

static bool holds_value(struct matcher *m, const json_t *value)
{
    if (json_is_string(value))
        return holds(m, json_string_value(value), json_string_length(value), false);
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++)
            if (json_is_string(json_array_get(value, i)) &&
                holds_value(m, json_array_get(value, i)))
                return true;
        return false;
    }
    if (json_is_null(value))
        return false;
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    m->is_out_of_memory |= !text;
    bool found = text && holds(m, text, strlen(text), false);
    free(text);
    return found;
}

static bool holds_field(struct matcher *m, const struct report *r)
{
    json_t *fields = r->fields_len ? json_loadb(r->fields, r->fields_len, 0, NULL) : NULL;
    bool found = false;
    const char *key;
    json_t *value;
    json_object_foreach(fields, key, value)
    {
        found = found || (is_named(key, m->clause->name) && holds_value(m, value));
    }
    m->is_out_of_memory |= json_lacks_memory();
    json_decref(fields);
    return found;
}

enum status report_matches(const struct clause *c, const struct report *r,
    const struct source *source, struct folded_passage *scratch, bool *out, struct error *err)
{
    struct matcher m = {.clause = c, .scratch = scratch};
    if (c->kind == CLAUSE_DATES)
        *out = r->date >= c->low && r->date <= c->high;
    else if (strcmp(c->name, "title") == 0)
        *out = holds(&m, r->title, r->title_len, false);
    else if (strcmp(c->name, "path") == 0)
        *out = holds(&m, source->path, source->path_len, false);
    else if (strcmp(c->name, "id") == 0)
        *out = holds(&m, r->id, r->id_len, !c->is_quoted);
    else
        *out = holds_field(&m, r);
    return m.is_out_of_memory ? error_no_memory(err) : STATUS_OK;
}

/* ---- candidates ---- */

/* Where the passages of the reports go that meet the clause. */
struct collector {
    struct index *ix;
    const struct clause *clause;
    struct folded_passage scratch;
    struct docid_ranges *ranges;
    struct arena *arena;
    struct error *err;
};

static enum status add_source(struct collector *c, const struct source *source, uint32_t segment)
{
    const struct report none = {0};
    bool found;
    enum status s = report_matches(c->clause, &none, source, &c->scratch, &found, c->err);
    if (s != STATUS_OK || !found)
        return s;
    return index_ranges_add_reports(
        c->ix, c->ranges, segment, source->first_report, source->n_reports, c->arena, c->err);
}

static enum status scan_sources(struct collector *c)
{
    struct index_cursor cursor;
    struct source source;
    uint32_t segment;
    bool has_more = false;
    index_cursor_init(&cursor, c->ix);
    enum status s = index_next_source(&cursor, &source, &segment, &has_more, c->err);
    while (s == STATUS_OK && has_more) {
        s = add_source(c, &source, segment);
        if (s == STATUS_OK)
            s = index_next_source(&cursor, &source, &segment, &has_more, c->err);
    }
    index_cursor_release(&cursor);
    return s;
}

static enum status add_report(struct collector *c, const struct report *r, uint32_t segment)
{
    bool found;
    enum status s = report_matches(c->clause, r, NULL, &c->scratch, &found, c->err);
    if (s == STATUS_OK && found &&
        !docid_ranges_add(&c->ranges[segment], r->first_docid, r->n_passages, c->arena))
        return error_no_memory(c->err);
    return s;
}

static enum status scan_reports(struct collector *c)
{
    struct index_cursor cursor;
    struct report report;
    uint32_t segment;
    bool has_more = false;
    index_cursor_init(&cursor, c->ix);
    enum status s = index_next_report(&cursor, &report, &segment, &has_more, c->err);
    while (s == STATUS_OK && has_more) {
        s = add_report(c, &report, segment);
        if (s == STATUS_OK)
            s = index_next_report(&cursor, &report, &segment, &has_more, c->err);
    }
    index_cursor_release(&cursor);
    return s;
}

static enum status collect(struct collector *c)
{
    if (c->clause->kind == CLAUSE_DATES)
        return index_ranges_add_dates(
            c->ix, c->ranges, c->clause->low, c->clause->high, c->arena, c->err);
    return strcmp(c->clause->name, "path") == 0 ? scan_sources(c) : scan_reports(c);
}

enum status report_candidates(struct index *ix, const struct clause *clause, struct arena *arena,
    const struct xnode **out, struct error *err)
{
    struct collector c = {.ix = ix, .clause = clause, .arena = arena, .err = err};
    c.ranges = index_ranges_make(ix, arena);
    if (!c.ranges)
        return error_no_memory(err);
    folded_passage_init(&c.scratch);
    enum status s = collect(&c);
    folded_passage_release(&c.scratch);
    return s == STATUS_OK ? index_ranges_node(ix, c.ranges, arena, out, err) : s;
}

/* ---- names ---- */

static bool has_key(const struct report *r, const char *name)
{
    json_t *fields = r->fields_len ? json_loadb(r->fields, r->fields_len, 0, NULL) : NULL;
    bool found = false;
    const char *key;
    json_t *value;
    json_object_foreach(fields, key, value)
    {
        found = found || is_named(key, name);
    }
    json_decref(fields);
    return found;
}

enum status report_has_field(
    struct index *ix, const char *name, size_t n, bool *out, struct error *err)
{
    struct index_cursor cursor;
    struct report report;
    uint32_t segment;
    bool has_more = false;
    *out = false;
    if (n == 0)
        return STATUS_OK;
    index_cursor_init(&cursor, ix);
    enum status s = index_next_report(&cursor, &report, &segment, &has_more, err);
    while (s == STATUS_OK && has_more && !*out) {
        *out = has_key(&report, name);
        if (!*out)
            s = index_next_report(&cursor, &report, &segment, &has_more, err);
    }
    index_cursor_release(&cursor);
    return s == STATUS_OK && json_lacks_memory() ? error_no_memory(err) : s;
}
