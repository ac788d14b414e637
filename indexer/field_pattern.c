// SPDX-License-Identifier: GPL-2.0-or-later
#include "indexer/field_pattern.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "common/hash.h"
#include "common/utf8.h"
#include "tokenizer/fold.h"

enum {
    STEPS_MAX = 1000000,
    HEAP_KB_MAX = 16 * 1024,
    NAME_BYTES_MAX = 60, /* what a query takes for a field's name */
};

struct field_pattern {
    pcre2_code *code;
    pcre2_match_data *match;
    pcre2_match_context *limits;
    struct field_group {
        const char *name;
        uint32_t number;
    } * groups; /* by number */
    uint32_t n_groups;
    uint64_t hash;
};

bool field_name_is_good(const char *name, size_t n)
{
    size_t at = 0;
    if (n == 0 || n > NAME_BYTES_MAX || (n == 2 && strncasecmp(name, "id", 2) == 0) ||
        (n == 4 && strncasecmp(name, "path", 4) == 0))
        return false;
    while (at < n) {
        uint32_t cp;
        bool is_first = at == 0;
        at += utf8_step(name + at, n - at, &cp);
        struct fold f = fold_char(cp);
        bool is_behind = f.kind == CHAR_DIGIT || cp == '_' || cp == '-' || cp == '.';
        if (f.n_expansion ||
            (f.kind != CHAR_LETTER && f.kind != CHAR_HAN && (is_first || !is_behind)))
            return false;
    }
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct field_group *x = a, *y = b;
    return x->number < y->number ? -1 : x->number > y->number;
}

/* The table of names: of each entry two bytes of number, the name, a NUL. */
static enum status read_groups(struct field_pattern *p, struct error *err)
{
    PCRE2_SPTR table;
    uint32_t size;
    pcre2_pattern_info(p->code, PCRE2_INFO_NAMECOUNT, &p->n_groups);
    pcre2_pattern_info(p->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(p->code, PCRE2_INFO_NAMETABLE, &table);
    if (p->n_groups == 0)
        return error_set(err, STATUS_BAD_INPUT,
            "--fields: no named group in the pattern, such as (?<year>\\d{4})");
    p->groups = calloc(p->n_groups, sizeof *p->groups);
    if (!p->groups)
        return error_no_memory(err);
    for (uint32_t i = 0; i < p->n_groups; i++) {
        const unsigned char *entry = table + (size_t)i * size;
        p->groups[i] =
            (struct field_group){(const char *)entry + 2, (uint32_t)entry[0] << 8 | entry[1]};
        if (!field_name_is_good(p->groups[i].name, strlen(p->groups[i].name)))
            return error_set(err, STATUS_BAD_INPUT, "--fields: a field cannot be called '%s'",
                p->groups[i].name);
    }
    qsort(p->groups, p->n_groups, sizeof *p->groups, by_number);
    return STATUS_OK;
}

static enum status compile(struct field_pattern *p, const char *pattern, struct error *err)
{
    int code;
    PCRE2_SIZE offset;
    PCRE2_UCHAR why[128];
    p->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
        PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_DUPNAMES, &code, &offset, NULL);
    if (!p->code) {
        pcre2_get_error_message(code, why, sizeof why);
        return error_set(err, STATUS_BAD_INPUT, "--fields:%zu: %s", utf8_count(pattern, offset) + 1,
            (const char *)why);
    }
    pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* where there is none it goes without */
    p->match = pcre2_match_data_create_from_pattern(p->code, NULL);
    p->limits = pcre2_match_context_create(NULL);
    if (!p->match || !p->limits)
        return error_no_memory(err);
    pcre2_set_match_limit(p->limits, STEPS_MAX);
    pcre2_set_heap_limit(p->limits, HEAP_KB_MAX);
    return read_groups(p, err);
}

enum status field_pattern_open(const char *pattern, struct field_pattern **out, struct error *err)
{
    struct field_pattern *p = calloc(1, sizeof *p);
    *out = NULL;
    if (!p)
        return error_no_memory(err);
    p->hash = hash_bytes(pattern, strlen(pattern));
    enum status s = compile(p, pattern, err);
    if (s == STATUS_OK)
        *out = p;
    else
        field_pattern_close(p);
    return s;
}

uint64_t field_pattern_hash(const struct field_pattern *p)
{
    return p->hash;
}

void field_pattern_close(struct field_pattern *p)
{
    if (!p)
        return;
    pcre2_match_context_free(p->limits);
    pcre2_match_data_free(p->match);
    pcre2_code_free(p->code);
    free(p->groups);
    free(p);
}

/* Has an earlier group of that name taken part? */
static bool is_taken(const struct field_pattern *p, const PCRE2_SIZE *places, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++) {
        uint32_t number = p->groups[k].number;
        if (strcmp(p->groups[k].name, p->groups[i].name) == 0 && places[2 * number] != PCRE2_UNSET)
            return true;
    }
    return false;
}

enum status field_pattern_match(struct field_pattern *p, const char *path, size_t n,
    field_taker *take, void *arg, bool *is_match, struct error *err)
{
    int found = pcre2_match(p->code, (PCRE2_SPTR)path, n, 0, 0, p->match, p->limits);
    *is_match = found > 0;
    if (found == PCRE2_ERROR_NOMATCH)
        return STATUS_OK;
    if (found < 0) {
        PCRE2_UCHAR why[128];
        pcre2_get_error_message(found, why, sizeof why);
        return error_set(err, STATUS_BAD_INPUT, "--fields: %s", (const char *)why);
    }
    const PCRE2_SIZE *places = pcre2_get_ovector_pointer(p->match);
    for (uint32_t i = 0; i < p->n_groups; i++) {
        const struct field_group *g = &p->groups[i];
        PCRE2_SIZE start = places[2 * g->number], end = places[2 * g->number + 1];
        if (start == PCRE2_UNSET || end <= start || is_taken(p, places, i))
            continue;
        if (!take(arg, g->name, strlen(g->name), path + start, end - start))
            return error_no_memory(err);
    }
    return STATUS_OK;
}
