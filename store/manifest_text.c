// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/manifest_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "common/hash.h"
#include "common/json.h"
#include "tokenizer/tokenizer.h"

static const char head[] = "{\"duan\":\"manifest\",";

enum {
    HEAD_LEN = sizeof head - 1,
    HASH_DIGITS = 16,
    TAIL_LEN = 1 + HASH_DIGITS + 1, /* newline, checksum, newline */
};

_Static_assert((int)HEAD_LEN <= (int)MANIFEST_HEAD_MAX, "the head is told from its first bytes");

bool manifest_has_head(const char *start, size_t n)
{
    return n >= HEAD_LEN && memcmp(start, head, HEAD_LEN) == 0;
}

/* No sum of MANIFEST_SEGMENTS_MAX such numbers overflows. */
#define AMOUNT_MAX ((uint64_t)1 << 50)

/* ---- writing ---- */

static json_t *hash_text(uint64_t hash)
{
    char digits[HASH_DIGITS + 1];
    snprintf(digits, sizeof digits, "%016" PRIx64, hash);
    return json_string(digits);
}

static json_t *stats_object(const struct segment_stats *s)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "sources",
        (json_int_t)s->n_sources, "reports", (json_int_t)s->n_reports, "passages",
        (json_int_t)s->n_passages, "tokens", (json_int_t)s->n_tokens, "text_bytes",
        (json_int_t)s->text_bytes, "source_blocks", (json_int_t)s->n_source_blocks, "report_blocks",
        (json_int_t)s->n_report_blocks, "text_blocks", (json_int_t)s->n_text_blocks, "replaced",
        (json_int_t)s->n_replaced);
}

/* False when memory is out, as jansson says it by NULL and by refusing to append NULL. */
static bool append_files(json_t *array, const struct manifest_segment *s)
{
    for (size_t i = 0; i < s->n_files; i++) {
        const struct manifest_file *f = &s->files[i];
        json_t *file = json_pack("{s:s, s:I, s:o}", "name", f->name, "size", (json_int_t)f->size,
            "hash", hash_text(f->hash));
        if (json_array_append_new(array, file) != 0)
            return false;
    }
    return true;
}

static bool append_dead(json_t *array, const struct manifest_segment *s)
{
    for (size_t i = 0; i < s->n_dead; i++)
        if (json_array_append_new(array, json_integer(s->dead[i])) != 0)
            return false;
    return true;
}

static json_t *segment_object(const struct manifest_segment *s)
{
    json_t *files = json_array(), *dead = json_array();
    bool is_whole = append_files(files, s) && append_dead(dead, s);
    json_t *object = json_pack("{s:s, s:o, s:o, s:I, s:I, s:o}", "name", s->name, "stats",
        stats_object(&s->stats), "dead", dead, "dead_reports", (json_int_t)s->n_dead_reports,
        "dead_passages", (json_int_t)s->n_dead_passages, "files", files);
    if (object && !is_whole) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

static json_t *manifest_object(const struct manifest *m)
{
    json_t *segments = json_array(), *failures = json_array();
    bool is_whole = true;
    for (size_t i = 0; i < m->n_segments && is_whole; i++)
        is_whole = json_array_append_new(segments, segment_object(&m->segments[i])) == 0;
    for (size_t i = 0; i < m->n_failures && is_whole; i++)
        is_whole =
            json_array_append_new(failures, json_text(m->failures[i], strlen(m->failures[i]))) == 0;
    json_t *object = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:I}", "duan",
        "manifest", "format", (json_int_t)m->format, "analyzer", (json_int_t)m->analyzer,
        "generation", (json_int_t)m->generation, "next_source", (json_int_t)m->next_source,
        "next_report", (json_int_t)m->next_report, "next_segment", (json_int_t)m->next_segment,
        "segments", segments, "failures", failures, "all_failures", (json_int_t)m->n_failures_all);
    if (object && !is_whole) {
        json_decref(object);
        object = NULL;
    }
    return object;
}

enum status manifest_encode(const struct manifest *m, struct buf *out, struct error *err)
{
    json_t *object = manifest_object(m);
    char *line = object ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    if (!line)
        return error_no_memory(err);
    size_t n = strlen(line);
    enum status s = STATUS_OK;
    if (n > MANIFEST_BYTES_MAX - TAIL_LEN - 1)
        s = error_set(err, STATUS_BAD_INPUT, "too many dropped files in one index: remove it and index again");
    else if (!buf_append(out, line, n) ||
             !buf_printf(out, "\n%016" PRIx64 "\n", hash_bytes(line, n)))
        s = error_no_memory(err);
    free(line);
    return s;
}

/* ---- reading ---- */

/* Remembers the first thing that is not as it should be, so that members are read in a row. */
struct reader {
    const char *broken; /* its name; NULL while all is well */
    bool is_out_of_memory;
};

static void refuse(struct reader *r, const char *what)
{
    if (!r->broken)
        r->broken = what;
}

static uint64_t read_number(
    struct reader *r, const json_t *object, const char *key, uint64_t min, uint64_t max)
{
    const json_t *value = json_object_get(object, key);
    json_int_t v = json_integer_value(value);
    if (json_is_integer(value) && v >= 0 && (uint64_t)v >= min && (uint64_t)v <= max)
        return (uint64_t)v;
    refuse(r, key);
    return min;
}

static uint32_t read_number32(struct reader *r, const json_t *object, const char *key, uint32_t min)
{
    return (uint32_t)read_number(r, object, key, min, UINT32_MAX);
}

/* A file name: nothing that could lead out of its folder. */
static void read_name(struct reader *r, const json_t *object, char *out, size_t size)
{
    const char *name = json_string_value(json_object_get(object, "name"));
    *out = '\0';
    if (!name || !*name || *name == '.' || strlen(name) >= size || strchr(name, '/'))
        refuse(r, "name");
    else
        strcpy(out, name);
}

static uint64_t read_hash(struct reader *r, const json_t *object)
{
    const char *digits = json_string_value(json_object_get(object, "hash"));
    if (digits && strlen(digits) == HASH_DIGITS &&
        strspn(digits, "0123456789abcdef") == HASH_DIGITS)
        return strtoull(digits, NULL, 16);
    refuse(r, "hash");
    return 0;
}

/* An array of at most max members, or an empty one where there is none. */
static size_t array_size(
    struct reader *r, const json_t *object, const char *key, size_t max, const json_t **array)
{
    *array = json_object_get(object, key);
    if (json_is_array(*array) && json_array_size(*array) <= max)
        return json_array_size(*array);
    refuse(r, key);
    return 0;
}

static void read_stats(struct reader *r, const json_t *object, struct segment_stats *s)
{
    const json_t *o = json_object_get(object, "stats");
    *s = (struct segment_stats){
        .n_sources = read_number32(r, o, "sources", 0),
        .n_reports = read_number32(r, o, "reports", 0),
        .n_passages = read_number32(r, o, "passages", 0),
        .n_tokens = read_number(r, o, "tokens", 0, AMOUNT_MAX),
        .text_bytes = read_number(r, o, "text_bytes", 0, AMOUNT_MAX),
        .n_source_blocks = read_number32(r, o, "source_blocks", 0),
        .n_report_blocks = read_number32(r, o, "report_blocks", 0),
        .n_text_blocks = read_number32(r, o, "text_blocks", 0),
        .n_replaced = read_number(r, o, "replaced", 0, AMOUNT_MAX),
    };
}

static void read_files(struct reader *r, const json_t *object, struct manifest_segment *s)
{
    const json_t *files;
    s->n_files = array_size(r, object, "files", sizeof s->files / sizeof *s->files, &files);
    for (size_t i = 0; i < s->n_files; i++) {
        const json_t *file = json_array_get(files, i);
        read_name(r, file, s->files[i].name, sizeof s->files[i].name);
        s->files[i].size = read_number(r, file, "size", 0, AMOUNT_MAX);
        s->files[i].hash = read_hash(r, file);
    }
}

static void read_dead(struct reader *r, const json_t *object, struct manifest_segment *s)
{
    const json_t *dead;
    size_t n = array_size(r, object, "dead", s->stats.n_sources, &dead);
    s->n_dead_reports = read_number(r, object, "dead_reports", 0, s->stats.n_reports);
    s->n_dead_passages = read_number(r, object, "dead_passages", 0, s->stats.n_passages);
    s->dead = n ? malloc(n * sizeof *s->dead) : NULL;
    if (n && !s->dead) {
        r->is_out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < n; i++) {
        json_int_t v = json_integer_value(json_array_get(dead, i));
        if (v <= (i ? (json_int_t)s->dead[i - 1] : 0) || v > UINT32_MAX) {
            refuse(r, "dead");
            return;
        }
        s->dead[i] = (uint32_t)v;
        s->n_dead = i + 1;
    }
}

/* Segments stand in the order they were made in, so that no name stands twice. */
static void read_segment_name(
    struct reader *r, const json_t *object, uint32_t next_segment, uint64_t *last, char *name)
{
    char again[SEGMENT_NAME_MAX];
    read_name(r, object, name, SEGMENT_NAME_MAX);
    uint64_t number = strncmp(name, "seg-", 4) == 0 ? strtoull(name + 4, NULL, 10) : 0;
    snprintf(again, sizeof again, "seg-%06" PRIu64, number);
    if (strcmp(name, again) != 0 || number <= *last || number >= next_segment)
        refuse(r, "name");
    *last = number;
}

static void read_segments(struct reader *r, const json_t *root, struct manifest *m)
{
    const json_t *segments;
    size_t n = array_size(r, root, "segments", MANIFEST_SEGMENTS_MAX, &segments);
    uint64_t last = 0;
    m->segments = n ? calloc(n, sizeof *m->segments) : NULL;
    r->is_out_of_memory |= n && !m->segments;
    for (size_t i = 0; i < n && !r->broken && !r->is_out_of_memory; i++) {
        struct manifest_segment *s = &m->segments[m->n_segments++];
        const json_t *object = json_array_get(segments, i);
        read_segment_name(r, object, m->next_segment, &last, s->name);
        read_stats(r, object, &s->stats);
        read_files(r, object, s);
        read_dead(r, object, s);
    }
}

static void read_failures(struct reader *r, const json_t *root, struct manifest *m)
{
    const json_t *failures;
    struct error err;
    size_t n = array_size(r, root, "failures", MANIFEST_FAILURES_MAX, &failures);
    for (size_t i = 0; i < n; i++) {
        const char *line = json_string_value(json_array_get(failures, i));
        if (!line)
            refuse(r, "failures");
        else if (manifest_add_failure(m, line, &err) != STATUS_OK)
            r->is_out_of_memory = true;
    }
    m->n_failures_all = read_number(r, root, "all_failures", n, AMOUNT_MAX);
}

/* Which duan wrote it comes before what else stands in it. */
static enum status read_versions(
    struct reader *r, const json_t *root, struct manifest *m, struct error *err)
{
    m->format = read_number32(r, root, "format", 1);
    if (!r->broken && m->format != MANIFEST_FORMAT)
        return error_set(err, STATUS_NEWER,
            "made in format %u, and this duan reads %d: use the duan that made it, or remove the index and index again",
            (unsigned)m->format, MANIFEST_FORMAT);
    m->analyzer = read_number32(r, root, "analyzer", 1);
    if (!r->broken && m->analyzer != ANALYZER_VERSION)
        return error_set(err, STATUS_NEWER,
            "made by analyzer %u, and this duan has %d: use the duan that made it, or remove the index and index again",
            (unsigned)m->analyzer, ANALYZER_VERSION);
    return STATUS_OK;
}

static enum status read_manifest(const json_t *root, struct manifest *m, struct error *err)
{
    struct reader r = {0};
    enum status s = read_versions(&r, root, m, err);
    if (s != STATUS_OK)
        return s;
    m->generation = read_number(&r, root, "generation", 0, AMOUNT_MAX);
    m->next_source = read_number32(&r, root, "next_source", 1);
    m->next_report = read_number32(&r, root, "next_report", 1);
    m->next_segment = read_number32(&r, root, "next_segment", 1);
    read_segments(&r, root, m);
    read_failures(&r, root, m);
    if (r.is_out_of_memory)
        return error_no_memory(err);
    if (r.broken)
        return error_set(err, STATUS_CORRUPT, "member '%s' is wrong", r.broken);
    return STATUS_OK;
}

/* The length of the first line, if the second is its checksum. */
static bool check_sum(const char *text, size_t n, size_t *line_len)
{
    char tail[TAIL_LEN + 1];
    if (n < TAIL_LEN)
        return false;
    *line_len = n - TAIL_LEN;
    snprintf(tail, sizeof tail, "\n%016" PRIx64 "\n", hash_bytes(text, *line_len));
    return memcmp(text + *line_len, tail, TAIL_LEN) == 0;
}

enum status manifest_decode(const char *text, size_t n, struct manifest *m, struct error *err)
{
    size_t line_len;
    json_error_t fault;
    manifest_init(m);
    if (n == 0)
        return error_set(err, STATUS_CORRUPT, "it is empty");
    if (memcmp(text, head, n < HEAD_LEN ? n : HEAD_LEN) != 0)
        return error_set(err, STATUS_FOREIGN, "no manifest of duan's");
    if (!check_sum(text, n, &line_len))
        return error_set(err, STATUS_CORRUPT, "its checksum does not fit");
    json_t *root = json_loadb(text, line_len, JSON_REJECT_DUPLICATES, &fault);
    if (!root)
        return json_error_code(&fault) == json_error_out_of_memory || json_lacks_memory()
                   ? error_no_memory(err)
                   : error_set(err, STATUS_CORRUPT, "%s", fault.text);
    enum status s = read_manifest(root, m, err);
    json_decref(root);
    if (s != STATUS_OK)
        manifest_release(m);
    return s == STATUS_CORRUPT && json_lacks_memory() ? error_no_memory(err) : s;
}
