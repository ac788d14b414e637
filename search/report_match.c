// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/report_match.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/utf8.h"
#include "search/literal.h"
#include "store/schema.h"

enum { RANGES_MAX = 16 }; /* Xapian walks all values for each */

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

struct number_ranges {
    struct number_range {
        uint32_t first, last;
    } at[RANGES_MAX];
    size_t n;
    bool is_rough; /* more than there was room for: joined */
};

static void widen(struct number_range *range, uint32_t first, uint32_t last)
{
    range->first = first < range->first ? first : range->first;
    range->last = last > range->last ? last : range->last;
}

static void add_numbers(struct number_ranges *all, uint32_t first, uint32_t last)
{
    struct number_range *end = all->n ? &all->at[all->n - 1] : NULL;
    if (all->is_rough) {
        widen(end, first, last);
    } else if (end && end->last + 1 == first) {
        end->last = last;
    } else if (all->n < RANGES_MAX) {
        all->at[all->n++] = (struct number_range){first, last};
    } else {
        for (; all->n > 1; all->n--)
            widen(&all->at[0], all->at[all->n - 1].first, all->at[all->n - 1].last);
        widen(&all->at[0], first, last);
        all->is_rough = true;
    }
}

static enum status scan_sources(struct index *ix, const struct clause *c,
    struct folded_passage *scratch, struct number_ranges *out, struct error *err)
{
    struct index_cursor cursor;
    struct source source;
    const struct report none = {0};
    uint32_t segment;
    bool has_more = false, found = false;
    index_cursor_init(&cursor, ix);
    enum status s = index_next_source(&cursor, &source, &segment, &has_more, err);
    while (s == STATUS_OK && has_more) {
        s = report_matches(c, &none, &source, scratch, &found, err);
        if (s == STATUS_OK && found && source.n_reports)
            add_numbers(out, source.first_report, source.first_report + source.n_reports - 1);
        if (s == STATUS_OK)
            s = index_next_source(&cursor, &source, &segment, &has_more, err);
    }
    index_cursor_release(&cursor);
    return s;
}

static enum status scan_reports(struct index *ix, const struct clause *c,
    struct folded_passage *scratch, struct number_ranges *out, struct error *err)
{
    struct index_cursor cursor;
    struct report report;
    uint32_t segment;
    bool has_more = false, found = false;
    index_cursor_init(&cursor, ix);
    enum status s = index_next_report(&cursor, &report, &segment, &has_more, err);
    while (s == STATUS_OK && has_more) {
        s = report_matches(c, &report, NULL, scratch, &found, err);
        if (s == STATUS_OK && found)
            add_numbers(out, report.number, report.number);
        if (s == STATUS_OK)
            s = index_next_report(&cursor, &report, &segment, &has_more, err);
    }
    index_cursor_release(&cursor);
    return s;
}

static const struct xnode *range_node(struct arena *arena, uint32_t slot, const char *low,
    size_t n_low, const char *high, size_t n_high)
{
    struct xnode *node = arena_alloc(arena, sizeof *node);
    if (!node)
        return NULL;
    *node = (struct xnode){.op = XOP_RANGE, .slot = slot, .term_len = n_low, .high_len = n_high};
    node->term = arena_copy(arena, low, n_low);
    node->high = arena_copy(arena, high, n_high);
    return node->term && node->high ? node : NULL;
}

static const struct xnode *numbers_node(struct arena *arena, const struct number_ranges *all)
{
    const struct xnode *nodes[RANGES_MAX];
    char low[VALUE_MAX], high[VALUE_MAX];
    for (size_t i = 0; i < all->n; i++) {
        size_t n_low = schema_report_value(all->at[i].first, low);
        size_t n_high = schema_report_value(all->at[i].last, high);
        nodes[i] = range_node(arena, SLOT_REPORT, low, n_low, high, n_high);
        if (!nodes[i])
            return NULL;
    }
    return xnode_combine(arena, XOP_OR, nodes, all->n);
}

enum status report_candidates(struct index *ix, const struct clause *c, struct arena *arena,
    const struct xnode **out, bool *is_decided, struct error *err)
{
    *out = NULL;
    *is_decided = true;
    if (c->kind == CLAUSE_DATES) {
        char low[VALUE_MAX], high[VALUE_MAX];
        size_t n_low = schema_date_value(c->low, low), n_high = schema_date_value(c->high, high);
        *out = range_node(arena, SLOT_DATE, low, n_low, high, n_high);
        return *out ? STATUS_OK : error_no_memory(err);
    }
    struct number_ranges all = {.n = 0};
    struct folded_passage scratch;
    folded_passage_init(&scratch);
    enum status s = strcmp(c->name, "path") == 0 ? scan_sources(ix, c, &scratch, &all, err)
                                                 : scan_reports(ix, c, &scratch, &all, err);
    folded_passage_release(&scratch);
    if (s != STATUS_OK || all.n == 0)
        return s;
    *is_decided = !all.is_rough;
    *out = numbers_node(arena, &all);
    return *out ? STATUS_OK : error_no_memory(err);
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
    return s;
}
