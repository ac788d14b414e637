// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/utf8.h"
#include "store/check.h"
#include "store/index_parts.h"
#include "store/schema.h"
#include "tests/temp_dir.h"

struct world world;

int world_set_up(void **state)
{
    (void)state;
    world.kind = BUILDER_AUTO;
    world.dir = temp_dir_make();
    world.place = temp_dir_path(world.dir, "ix");
    return 0;
}

int world_tear_down(void **state)
{
    (void)state;
    temp_dir_remove(world.dir);
    return 0;
}

/* ---- invented sources ---- */

static uint64_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

uint64_t world_below(uint64_t *state, uint64_t n)
{
    return random_next(state) % n;
}

/* Of 60 characters, so that queries of two of them find something. */
static size_t invent_text(uint64_t *seed, char *out)
{
    size_t n = 0, n_chars = 1 + world_below(seed, 80);
    for (size_t i = 0; i < n_chars; i++)
        n += utf8_encode((uint32_t)(0x4E00 + world_below(seed, 60)), out + n);
    out[n++] = '\n';
    if (world_below(seed, 3) == 0)
        out[n++] = '\n';
    return n;
}

static void put_passages(struct world_sink *to, uint64_t *seed, unsigned n_most)
{
    char text[512];
    uint32_t n = (uint32_t)world_below(seed, n_most + 1), line = 1;
    for (uint32_t i = 1; i <= n; i++) {
        struct passage p = {.text = text, .number = i, .line = line};
        p.text_len = invent_text(seed, text);
        p.level = i == 1 ? 1 : 0;
        p.section = i == 1 ? 0 : 1;
        p.is_furniture = i % 5 == 3;
        line += 1 + (uint32_t)world_below(seed, 3);
        if (to->writer)
            OK(index_writer_add_passage(to->writer, &p, &world.err));
        else
            OK(segment_builder_add_passage(to->builder, &p, &world.err));
    }
}

static void put_report(struct world_sink *to, struct invented *s, uint32_t i, uint64_t *seed)
{
    char id[32], title[64], fields[64];
    struct report r = {.id = id, .title = title, .fields = fields};
    r.id_len = (size_t)snprintf(id, sizeof id, "%s", world_below(seed, 2) ? "" : "id-7");
    r.title_len = (size_t)snprintf(title, sizeof title, "题 %" PRIu64, world_below(seed, 1000));
    r.fields_len = world_below(seed, 2)
                       ? 0
                       : (size_t)snprintf(fields, sizeof fields, "{\"n\": %u}", (unsigned)i);
    r.date = world_below(seed, 3) ? schema_date(2000 + (unsigned)world_below(seed, 25), 5, 0) : 0;
    r.number = s->first_report + i;
    r.source = s->number;
    if (to->writer)
        OK(index_writer_begin_report(to->writer, &r, &world.err));
    else
        OK(segment_builder_begin_report(to->builder, &r, &world.err));
    if (i == 0)
        s->first_report = r.number;
    put_passages(to, seed, s->n_passages);
}

void world_put(struct world_sink *to, struct invented *s, bool is_abandoned)
{
    char path[64];
    uint64_t seed = s->seed;
    struct source source = {.number = s->number, .path = path};
    source.path_len = (size_t)snprintf(path, sizeof path, "/in/%" PRIu64 "\xff.txt", s->seed);
    source.size = world_below(&seed, 1 << 20);
    source.mtime_ns = (int64_t)world_below(&seed, 1000) - 500;
    source.hash = random_next(&seed) << 31 | random_next(&seed);
    source.format = (uint8_t)world_below(&seed, 4);
    source.encoding = world_below(&seed, 2) ? ENCODING_UTF8 : ENCODING_BIG5;
    source.certainty = (uint8_t)world_below(&seed, 101);
    source.n_replaced = world_below(&seed, 5);
    source.n_bad_lines = (uint32_t)source.n_replaced * 3;
    if (to->writer)
        OK(index_writer_begin_source(to->writer, &source, &world.err));
    else
        OK(segment_builder_begin_source(to->builder, &source, &world.err));
    s->number = source.number;
    uint32_t n = (uint32_t)world_below(&seed, s->n_reports + 1);
    for (uint32_t i = 0; i < n; i++)
        put_report(to, s, i, &seed);
    if (to->builder)
        OK(segment_builder_end_source(to->builder, &source, &world.err));
    else if (is_abandoned)
        OK(index_writer_abandon_source(to->writer, &world.err));
    else
        OK(index_writer_end_source(to->writer, &source, &world.err));
}

/* ---- runs ---- */

struct builder_options world_builder_options(void)
{
    return (struct builder_options){world.kind, 32 << 20, 2};
}

struct index_writer *world_open_writer(void)
{
    const struct builder_options options = world_builder_options();
    struct index_writer *w = NULL;
    OK(index_writer_open(world.place, &options, &w, &world.err));
    return w;
}

void world_commit(struct index_writer *w)
{
    OK(index_writer_commit(w, &world.err));
    index_writer_close(w);
}

void world_run(struct invented *sources, size_t n, uint64_t seed, unsigned n_passages)
{
    struct index_writer *w = world_open_writer();
    for (size_t i = 0; i < n; i++) {
        sources[i] = (struct invented){.seed = seed + i, .n_reports = 3, .n_passages = n_passages};
        world_put(&(struct world_sink){.writer = w}, &sources[i], false);
    }
    world_commit(w);
}

static uint32_t segment_of(struct index *ix, uint32_t number)
{
    const struct manifest *m = index_manifest(ix);
    for (uint32_t i = 0; i < m->n_segments; i++) {
        struct source s;
        if (index_source_by_number(ix, i, number, &s, &world.err) == STATUS_OK)
            return i;
    }
    fail_msg("no source %u", number);
    return 0;
}

void world_drop(struct index_writer *w, uint32_t number)
{
    const struct source s = {.number = number};
    OK(index_writer_drop_source(w, segment_of(index_writer_reader(w), number), &s, &world.err));
}

struct merge_options world_merge_options(bool wants_one)
{
    return (struct merge_options){.builder = world_builder_options(), .wants_one = wants_one};
}

struct merge_counts world_merge(bool wants_one)
{
    const struct merge_options options = world_merge_options(wants_one);
    struct merge_counts counts;
    OK(merge_run(world.place, &options, &counts, &world.err));
    return counts;
}

/* ---- looking ---- */

struct index *world_open_index(void)
{
    struct index *ix = NULL;
    OK(index_open(world.place, &ix, &world.err));
    return ix;
}

size_t world_n_segments(void)
{
    struct index *ix = world_open_index();
    size_t n = index_manifest(ix)->n_segments;
    index_close(ix);
    return n;
}

static void render_report(
    struct buf *out, struct index *ix, uint32_t segment, const struct report *r, bool has_numbers)
{
    buf_printf(out, "report %u '%.*s' '%.*s' %u %.*s\n", has_numbers ? r->number : 0,
        (int)r->id_len, r->id, (int)r->title_len, r->title, r->date, (int)r->fields_len, r->fields);
    for (uint32_t i = 0; i < r->n_passages; i++) {
        struct stored_passage p;
        OK(index_passage(ix, segment, r->first_docid + i, &p, &world.err));
        assert_int_equal(p.report, r->number);
        assert_true(buf_printf(out, "%u:%u:%u:%u:%d %.*s", p.passage.number, p.passage.line,
            p.passage.section, p.passage.level, p.passage.is_furniture, (int)p.passage.text_len,
            p.passage.text));
    }
}

static void render_source(
    struct buf *out, struct index *ix, uint32_t segment, const struct source *s, bool has_numbers)
{
    struct stored_report r;
    buf_printf(out,
        "source %u %.*s %" PRIu64 " %" PRId64 " %" PRIu64 " %u %d %u %" PRIu64 " %u %u %u\n",
        has_numbers ? s->number : 0, (int)s->path_len, s->path, s->size, s->mtime_ns, s->hash,
        s->format, (int)s->encoding, s->certainty, s->n_replaced, s->n_bad_lines, s->n_reports,
        s->n_passages);
    for (uint32_t i = 0; i < s->n_reports; i++) {
        OK(index_report_by_number(ix, s->first_report + i, &r, &world.err));
        assert_int_equal(r.segment, segment);
        assert_int_equal(r.report.source, s->number);
        render_report(out, ix, segment, &r.report, has_numbers);
    }
}

struct place {
    uint32_t segment, number;
};

static int compare_place(const void *a, const void *b)
{
    uint32_t x = ((const struct place *)a)->number, y = ((const struct place *)b)->number;
    return (x > y) - (x < y);
}

char *world_render(struct index *ix, bool has_numbers)
{
    static struct place places[10000];
    struct index_cursor c;
    struct source s;
    struct buf out;
    size_t n = 0;
    bool has_more;
    index_cursor_init(&c, ix);
    for (;;) {
        OK(index_next_source(&c, &s, &places[n].segment, &has_more, &world.err));
        if (!has_more)
            break;
        places[n++].number = s.number;
    }
    index_cursor_release(&c);
    qsort(places, n, sizeof *places, compare_place);
    buf_init(&out, 1 << 28);
    for (size_t i = 0; i < n; i++) {
        struct source copy;
        OK(index_source_by_number(ix, places[i].segment, places[i].number, &copy, &world.err));
        render_source(&out, ix, places[i].segment, &copy, has_numbers);
    }
    assert_true(buf_append_byte(&out, '\0'));
    return out.data;
}

char *world_rendered(void)
{
    struct index *ix = world_open_index();
    char *text = world_render(ix, true);
    index_close(ix);
    return text;
}

void world_assert_whole(void)
{
    struct buf findings;
    struct check_result result;
    buf_init(&findings, 1 << 16);
    OK(index_check(world.place, &findings, &result, &world.err));
    if (result.n_findings)
        fail_msg("%.*s", (int)findings.len, findings.data);
    buf_release(&findings);
}

void world_assert_holds(char *text)
{
    world_assert_whole();
    char *now = world_rendered();
    assert_string_equal(now, text);
    free(now);
    free(text);
}

const char *world_names(void)
{
    static char text[1024];
    struct dirent **list;
    int n = scandir(world.place, &list, NULL, alphasort);
    text[0] = '\0';
    for (int i = 0; i < n; i++) {
        if (list[i]->d_name[0] != '.')
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", text[0] ? " " : "",
                list[i]->d_name);
        free(list[i]);
    }
    free(list);
    return text;
}

char *world_searched(struct index *ix, uint64_t seed)
{
    struct buf out;
    buf_init(&out, 1 << 26);
    for (int q = 0; q < 40; q++) {
        char terms[5][8];
        struct xnode nodes[5];
        const struct xnode *children[5];
        size_t n = 1 + world_below(&seed, 5);
        for (size_t i = 0; i < n; i++) {
            size_t len = utf8_encode((uint32_t)(0x4E00 + world_below(&seed, 60)), terms[i]);
            len += utf8_encode((uint32_t)(0x4E00 + world_below(&seed, 60)), terms[i] + len);
            nodes[i] = (struct xnode){.op = XOP_TERM, .term = terms[i], .term_len = len};
            children[i] = &nodes[i];
        }
        const struct xnode query = {.op = XOP_OR, .children = children, .n_children = n};
        const struct xsearch how = {.limit = 50, .check_at_least = 100000};
        struct xhits hits;
        OK(index_search(ix, &query, &how, &hits, &world.err));
        buf_printf(&out, "query %d: %zu\n", q, hits.n_estimated);
        for (size_t i = 0; i < hits.n; i++) {
            struct stored_report r;
            OK(index_report_of(ix, hits.hits[i].segment, hits.hits[i].docid, &r, &world.err));
            buf_printf(&out, "%.*s %u %u %.9f\n", (int)r.source.path_len, r.source.path,
                r.report.number - r.source.first_report, hits.hits[i].docid - r.report.first_docid,
                hits.hits[i].score);
        }
        xhits_release(&hits);
    }
    assert_true(buf_append_byte(&out, '\0'));
    return out.data;
}
