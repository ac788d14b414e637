// SPDX-License-Identifier: GPL-2.0-or-later
/* Merging: whatever was alive is there afterwards, byte for byte, and nothing else; and whatever
 * happens in between, the index is whole.
 *
 * Sources are invented from a seed each, so that a test can make any of them again. An index is
 * compared as its rendering: all that is stored of each live source, report and passage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/file.h"
#include "common/utf8.h"
#include "store/check.h"
#include "store/index.h"
#include "store/index_parts.h"
#include "store/index_writer.h"
#include "store/merge.h"
#include "store/schema.h"
#include "tests/temp_dir.h"

static char *dir;
static const char *place; /* of the index, in dir */
static struct error err;
static enum builder_kind kind; /* of all that is built */

static int set_up(void **state)
{
    (void)state;
    kind = BUILDER_AUTO;
    dir = temp_dir_make();
    place = temp_dir_path(dir, "ix");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    return 0;
}

#define OK(call)                                                                                   \
    do {                                                                                           \
        err.message[0] = '\0';                                                                     \
        if ((call) != STATUS_OK)                                                                   \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

/* ---- invented sources ---- */

static uint64_t random_next(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static uint64_t below(uint64_t *state, uint64_t n)
{
    return random_next(state) % n;
}

/* Of 60 characters, so that queries of two of them find something. */
static size_t invent_text(uint64_t *seed, char *out)
{
    size_t n = 0, n_chars = 1 + below(seed, 80);
    for (size_t i = 0; i < n_chars; i++)
        n += utf8_encode((uint32_t)(0x4E00 + below(seed, 60)), out + n);
    out[n++] = '\n';
    if (below(seed, 3) == 0)
        out[n++] = '\n';
    return n;
}

struct invented {
    uint64_t seed;
    unsigned n_reports, n_passages; /* at most, of the source and of each report */
    uint32_t number, first_report;  /* as the index gave them */
};

/* What takes in a source: a writer, or a bare builder that gives no numbers. */
struct sink {
    struct index_writer *writer;
    struct segment_builder *builder;
};

static void put_passages(struct sink *to, uint64_t *seed, unsigned n_most)
{
    char text[512];
    uint32_t n = (uint32_t)below(seed, n_most + 1), line = 1;
    for (uint32_t i = 1; i <= n; i++) {
        struct passage p = {.text = text, .number = i, .line = line};
        p.text_len = invent_text(seed, text);
        p.level = i == 1 ? 1 : 0;
        p.section = i == 1 ? 0 : 1;
        line += 1 + (uint32_t)below(seed, 3);
        if (to->writer)
            OK(index_writer_add_passage(to->writer, &p, &err));
        else
            OK(segment_builder_add_passage(to->builder, &p, &err));
    }
}

static void put_report(struct sink *to, struct invented *s, uint32_t i, uint64_t *seed)
{
    char id[32], title[64], fields[64];
    struct report r = {.id = id, .title = title, .fields = fields};
    r.id_len = (size_t)snprintf(id, sizeof id, "%s", below(seed, 2) ? "" : "id-7");
    r.title_len = (size_t)snprintf(title, sizeof title, "题 %" PRIu64, below(seed, 1000));
    r.fields_len =
        below(seed, 2) ? 0 : (size_t)snprintf(fields, sizeof fields, "{\"n\": %u}", (unsigned)i);
    r.date = below(seed, 3) ? schema_date(2000 + (unsigned)below(seed, 25), 5, 0) : 0;
    r.number = s->first_report + i;
    r.source = s->number;
    if (to->writer)
        OK(index_writer_begin_report(to->writer, &r, &err));
    else
        OK(segment_builder_begin_report(to->builder, &r, &err));
    if (i == 0)
        s->first_report = r.number;
    put_passages(to, seed, s->n_passages);
}

static void put(struct sink *to, struct invented *s, bool is_abandoned)
{
    char path[64];
    uint64_t seed = s->seed;
    struct source source = {.number = s->number, .path = path};
    source.path_len = (size_t)snprintf(path, sizeof path, "/in/%" PRIu64 "\xff.txt", s->seed);
    source.size = below(&seed, 1 << 20);
    source.mtime_ns = (int64_t)below(&seed, 1000) - 500;
    source.hash = random_next(&seed) << 31 | random_next(&seed);
    source.format = (uint8_t)below(&seed, 4);
    source.encoding = below(&seed, 2) ? ENCODING_UTF8 : ENCODING_BIG5;
    source.certainty = (uint8_t)below(&seed, 101);
    source.n_replaced = below(&seed, 5);
    source.n_bad_lines = (uint32_t)source.n_replaced * 3;
    if (to->writer)
        OK(index_writer_begin_source(to->writer, &source, &err));
    else
        OK(segment_builder_begin_source(to->builder, &source, &err));
    s->number = source.number;
    uint32_t n = (uint32_t)below(&seed, s->n_reports + 1);
    for (uint32_t i = 0; i < n; i++)
        put_report(to, s, i, &seed);
    if (to->builder)
        OK(segment_builder_end_source(to->builder, &source, &err));
    else if (is_abandoned)
        OK(index_writer_abandon_source(to->writer, &err));
    else
        OK(index_writer_end_source(to->writer, &source, &err));
}

/* ---- runs ---- */

static struct builder_options builder_options(void)
{
    return (struct builder_options){kind, 32 << 20, 2};
}

static struct index_writer *open_writer(void)
{
    const struct builder_options options = builder_options();
    struct index_writer *w = NULL;
    OK(index_writer_open(place, &options, &w, &err));
    return w;
}

static void commit(struct index_writer *w)
{
    OK(index_writer_commit(w, &err));
    index_writer_close(w);
}

/* A run that adds n sources of consecutive seeds. */
static void run(struct invented *sources, size_t n, uint64_t seed, unsigned n_passages)
{
    struct index_writer *w = open_writer();
    for (size_t i = 0; i < n; i++) {
        sources[i] = (struct invented){.seed = seed + i, .n_reports = 3, .n_passages = n_passages};
        put(&(struct sink){.writer = w}, &sources[i], false);
    }
    commit(w);
}

static uint32_t segment_of(struct index *ix, uint32_t number)
{
    const struct manifest *m = index_manifest(ix);
    for (uint32_t i = 0; i < m->n_segments; i++) {
        struct source s;
        if (index_source_by_number(ix, i, number, &s, &err) == STATUS_OK)
            return i;
    }
    fail_msg("no source %u", number);
    return 0;
}

static void drop(struct index_writer *w, uint32_t number)
{
    const struct source s = {.number = number};
    OK(index_writer_drop_source(w, segment_of(index_writer_reader(w), number), &s, &err));
}

static struct merge_options merge_options(bool wants_one)
{
    return (struct merge_options){.builder = builder_options(), .wants_one = wants_one};
}

static struct merge_counts merge(bool wants_one)
{
    const struct merge_options options = merge_options(wants_one);
    struct merge_counts counts;
    OK(merge_run(place, &options, &counts, &err));
    return counts;
}

/* ---- looking ---- */

static struct index *open_index(void)
{
    struct index *ix = NULL;
    OK(index_open(place, &ix, &err));
    return ix;
}

static size_t n_segments(void)
{
    struct index *ix = open_index();
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
        OK(index_passage(ix, segment, r->first_docid + i, &p, &err));
        assert_int_equal(p.report, r->number);
        assert_true(buf_printf(out, "%u:%u:%u:%u %.*s", p.passage.number, p.passage.line,
            p.passage.section, p.passage.level, (int)p.passage.text_len, p.passage.text));
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
        OK(index_report_by_number(ix, s->first_report + i, &r, &err));
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

/* All that is alive, by source number; freed by the caller. */
static char *render(struct index *ix, bool has_numbers)
{
    static struct place places[10000];
    struct index_cursor c;
    struct source s;
    struct buf out;
    size_t n = 0;
    bool has_more;
    index_cursor_init(&c, ix);
    for (;;) {
        OK(index_next_source(&c, &s, &places[n].segment, &has_more, &err));
        if (!has_more)
            break;
        places[n++].number = s.number;
    }
    index_cursor_release(&c);
    qsort(places, n, sizeof *places, compare_place);
    buf_init(&out, 1 << 28);
    for (size_t i = 0; i < n; i++) {
        struct source copy;
        OK(index_source_by_number(ix, places[i].segment, places[i].number, &copy, &err));
        render_source(&out, ix, places[i].segment, &copy, has_numbers);
    }
    assert_true(buf_append_byte(&out, '\0'));
    return out.data;
}

static char *rendered(void)
{
    struct index *ix = open_index();
    char *text = render(ix, true);
    index_close(ix);
    return text;
}

static void assert_whole(void)
{
    struct buf findings;
    size_t n;
    buf_init(&findings, 1 << 16);
    OK(index_check(place, &findings, &n, &err));
    if (n)
        fail_msg("%.*s", (int)findings.len, findings.data);
    buf_release(&findings);
}

/* The index is whole and holds just what it did. Frees text. */
static void assert_holds(char *text)
{
    assert_whole();
    char *now = rendered();
    assert_string_equal(now, text);
    free(now);
    free(text);
}

/* The names in the index's folder, sorted. */
static const char *names(void)
{
    static char text[1024];
    struct dirent **list;
    int n = scandir(place, &list, NULL, alphasort);
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

/* ---- what a merge keeps ---- */

static void merge__keeps_twelve_small_runs_few_and_whole(void **state)
{
    (void)state;
    struct invented sources[36];
    for (int i = 0; i < 12; i++) {
        run(&sources[3 * i], 3, 100 + 3 * (uint64_t)i, 200);
        char *before = rendered();
        struct merge_counts counts = merge(false);
        if (i == 8)
            assert_int_equal(counts.n_merged, 9);
        assert_holds(before);
        assert_in_range(n_segments(), 1, 8);
    }
    assert_int_equal(n_segments(), 4);
    assert_string_equal(names(), "lock manifest seg-000010 seg-000011 seg-000012 seg-000013");
}

static void merge__drops_what_is_dead(void **state)
{
    (void)state;
    struct invented sources[8];
    run(sources, 4, 1, 30);
    run(sources + 4, 4, 50, 30);
    struct index_writer *w = open_writer();
    drop(w, sources[0].number);
    drop(w, sources[2].number);
    drop(w, sources[7].number);
    commit(w);
    char *before = rendered();
    struct merge_counts counts = merge(true);
    assert_int_equal(counts.n_merged, 2);
    assert_int_equal(counts.n_dead_sources, 3);
    assert_int_equal(counts.n_sources, 5);
    assert_int_equal(counts.n_segments, 1);
    assert_true(counts.n_bytes_after > 0 && counts.n_bytes_after < counts.n_bytes_before);
    assert_holds(before);
    struct index *ix = open_index();
    const struct manifest_segment *s = &index_manifest(ix)->segments[0];
    assert_int_equal(s->n_dead, 0);
    assert_int_equal(s->stats.n_sources, 5);
    assert_int_equal(s->stats.n_passages, counts.n_passages);
    assert_int_equal(s->stats.text_bytes, counts.text_bytes);
    index_close(ix);
}

static void assert_same_file(const char *a, const char *b, const char *name)
{
    size_t n, m;
    char *x = temp_dir_read(temp_dir_path(a, name), &n);
    char *y = temp_dir_read(temp_dir_path(b, name), &m);
    if (n != m || memcmp(x, y, n) != 0)
        fail_msg("%s differs: %zu and %zu bytes", name, n, m);
    free(x);
    free(y);
}

/* The one segment of the index is what a builder makes of these sources. */
static void assert_built_from(const struct invented *sources, size_t n, const char *again)
{
    const struct builder_options options = builder_options();
    struct sink to = {0};
    struct segment_stats stats;
    OK(segment_builder_open(again, &options, &to.builder, &err));
    for (size_t i = 0; i < n; i++) {
        struct invented copy = sources[i];
        put(&to, &copy, false);
    }
    OK(segment_builder_finish(to.builder, &stats, &err));
    segment_builder_close(to.builder);
    struct index *ix = open_index();
    const struct manifest *m = index_manifest(ix);
    assert_int_equal(m->n_segments, 1);
    assert_memory_equal(&m->segments[0].stats, &stats, sizeof stats);
    const char *path = temp_dir_path(place, m->segments[0].name);
    for (size_t i = 0; i < m->segments[0].n_files; i++)
        assert_same_file(path, again, m->segments[0].files[i].name);
    index_close(ix);
}

enum { RANDOM_SOURCES_MAX = 200 };

/* The model of a random index: what should be alive. */
struct world {
    struct invented live[RANDOM_SOURCES_MAX];
    size_t n;
    uint64_t random, next_seed;
};

static void random_run(struct world *m)
{
    struct index_writer *w = open_writer();
    size_t n_new = below(&m->random, 9), n_dropped = m->n ? below(&m->random, m->n / 2 + 1) : 0;
    for (size_t i = 0; i < n_dropped; i++) {
        size_t at = below(&m->random, m->n);
        drop(w, m->live[at].number);
        memmove(&m->live[at], &m->live[at + 1], (--m->n - at) * sizeof *m->live);
    }
    for (size_t i = 0; i < n_new; i++) {
        struct invented s = {.seed = m->next_seed++, .n_reports = 4, .n_passages = 1};
        s.n_passages <<= below(&m->random, 9);
        bool is_abandoned = below(&m->random, 8) == 0;
        put(&(struct sink){.writer = w}, &s, is_abandoned);
        if (!is_abandoned)
            m->live[m->n++] = s;
    }
    commit(w);
}

/* The 50 best for 40 random queries of up to five bigrams: path, report, passage, score. */
static char *searched(struct index *ix, uint64_t seed)
{
    struct buf out;
    buf_init(&out, 1 << 26);
    for (int q = 0; q < 40; q++) {
        char terms[5][8];
        struct xnode nodes[5];
        const struct xnode *children[5];
        size_t n = 1 + below(&seed, 5);
        for (size_t i = 0; i < n; i++) {
            size_t len = utf8_encode((uint32_t)(0x4E00 + below(&seed, 60)), terms[i]);
            len += utf8_encode((uint32_t)(0x4E00 + below(&seed, 60)), terms[i] + len);
            nodes[i] = (struct xnode){.op = XOP_TERM, .term = terms[i], .term_len = len};
            children[i] = &nodes[i];
        }
        const struct xnode query = {.op = XOP_OR, .children = children, .n_children = n};
        const struct xsearch how = {
            .limit = 50, .check_at_least = 100000, .sort_slot = -1, .collapse_slot = -1};
        struct xhits hits;
        OK(index_search(ix, &query, &how, &hits, &err));
        buf_printf(&out, "query %d: %zu\n", q, hits.n_estimated);
        for (size_t i = 0; i < hits.n; i++) {
            struct stored_report r;
            OK(index_report_of(ix, hits.hits[i].segment, hits.hits[i].docid, &r, &err));
            buf_printf(&out, "%.*s %u %u %.9f\n", (int)r.source.path_len, r.source.path,
                r.report.number - r.source.first_report, hits.hits[i].docid - r.report.first_docid,
                hits.hits[i].score);
        }
        xhits_release(&hits);
    }
    assert_true(buf_append_byte(&out, '\0'));
    return out.data;
}

static void assert_same_totals(struct index *a, struct index *b)
{
    struct index_totals x = index_totals(a), y = index_totals(b);
    assert_memory_equal(&x, &y, sizeof x);
    for (uint32_t cp = 0x4E00; cp < 0x4E00 + 60; cp++) {
        uint64_t df, cf, other_df, other_cf;
        OK(index_char_stats(a, cp, &df, &cf, &err));
        OK(index_char_stats(b, cp, &other_df, &other_cf, &err));
        assert_true(df == other_df && cf == other_cf);
    }
}

/* An index made of the same sources in one run holds the same, and finds the same. */
static void assert_same_as_single_run(const struct world *m, const char *single)
{
    struct index *merged = open_index();
    const char *ours = place;
    place = single;
    struct index_writer *w = open_writer();
    for (size_t i = 0; i < m->n; i++) {
        struct invented copy = m->live[i];
        put(&(struct sink){.writer = w}, &copy, false);
    }
    commit(w);
    struct index *one = open_index();
    place = ours;
    char *a = render(merged, false), *b = render(one, false);
    assert_string_equal(a, b);
    free(a);
    free(b);
    a = searched(merged, m->random);
    b = searched(one, m->random);
    assert_string_equal(a, b);
    free(a);
    free(b);
    assert_same_totals(merged, one);
    index_close(merged);
    index_close(one);
}

static void random_round(uint64_t seed, int round)
{
    char name[32];
    struct world m = {.random = seed + (uint64_t)round, .next_seed = 1};
    snprintf(name, sizeof name, "ix%d", round);
    place = temp_dir_path(dir, name);
    for (int i = 0; i < 14; i++) {
        random_run(&m);
        char *before = rendered();
        merge(below(&m.random, 4) == 0);
        assert_holds(before);
    }
    run(&m.live[m.n], 1, 1000000, 9);
    m.live[m.n++].n_passages = 9;
    merge(true);
    snprintf(name, sizeof name, "again%d", round);
    if (kind == BUILDER_AUTO)
        assert_built_from(m.live, m.n, temp_dir_path(dir, name));
    snprintf(name, sizeof name, "single%d", round);
    assert_same_as_single_run(&m, temp_dir_path(dir, name));
}

static void random_rounds(int n)
{
    const char *given = getenv("SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("SEED=%" PRIu64 "\n", seed);
    for (int i = 0; i < n; i++)
        random_round(seed, i);
}

static void merge__makes_of_any_history_what_a_single_run_makes(void **state)
{
    (void)state;
    random_rounds(6);
}

static void merge__does_so_through_the_api_builder(void **state)
{
    (void)state;
    kind = BUILDER_API;
    random_rounds(1);
}

static void merge__gives_new_sources_new_numbers(void **state)
{
    (void)state;
    struct invented sources[4];
    run(sources, 3, 1, 9);
    struct index_writer *w = open_writer();
    drop(w, sources[2].number);
    commit(w);
    merge(true);
    run(sources + 3, 1, 9, 9);
    assert_int_equal(sources[3].number, 4);
}

static void merge__keeps_the_failures_of_the_last_run(void **state)
{
    (void)state;
    struct invented sources[2];
    run(sources, 1, 1, 9);
    struct index_writer *w = open_writer();
    sources[1] = (struct invented){.seed = 2, .n_reports = 3, .n_passages = 9};
    put(&(struct sink){.writer = w}, &sources[1], false);
    OK(index_writer_add_failure(w, "/x: not text", &err));
    commit(w);
    assert_int_equal(merge(true).n_merged, 2);
    struct index *ix = open_index();
    assert_int_equal(index_manifest(ix)->n_failures_all, 1);
    assert_string_equal(index_manifest(ix)->failures[0], "/x: not text");
    index_close(ix);
}

/* ---- edges ---- */

static void merge__takes_a_segment_without_passages(void **state)
{
    (void)state;
    struct invented sources[4];
    struct index_writer *w = open_writer();
    sources[0] = (struct invented){.seed = 1}; /* no report */
    put(&(struct sink){.writer = w}, &sources[0], false);
    commit(w);
    run(sources + 1, 3, 2, 20);
    char *before = rendered();
    assert_int_equal(merge(true).n_merged, 2);
    assert_int_equal(n_segments(), 1);
    assert_holds(before);
}

static void merge__takes_segments_without_any_passage(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 2; i++) {
        struct invented source = {.seed = 1 + i};
        struct index_writer *w = open_writer();
        put(&(struct sink){.writer = w}, &source, false);
        commit(w);
    }
    char *before = rendered();
    assert_int_equal(merge(true).n_merged, 2);
    assert_int_equal(n_segments(), 1);
    assert_holds(before);
}

static void merge__leaves_nothing_of_an_index_where_all_is_dead(void **state)
{
    (void)state;
    struct invented sources[4];
    struct manifest m;
    run(sources, 2, 1, 20);
    run(sources + 2, 2, 11, 20);
    OK(manifest_read(place, &m, &err));
    for (size_t i = 0; i < 4; i++) { /* a commit would drop such segments at once */
        struct source s = {.number = sources[i].number};
        OK(manifest_add_dead(&m, i / 2, &s, &err));
    }
    for (size_t i = 0; i < 2; i++) {
        m.segments[i].n_dead_reports = m.segments[i].stats.n_reports;
        m.segments[i].n_dead_passages = m.segments[i].stats.n_passages;
    }
    OK(manifest_write(place, &m, &err));
    manifest_release(&m);
    struct merge_counts counts = merge(false);
    assert_int_equal(counts.n_merged, 2);
    assert_int_equal(counts.n_dead_sources, 4);
    assert_int_equal(counts.n_segments, 0);
    assert_int_equal(counts.n_bytes_after, 0);
    assert_string_equal(names(), "lock manifest");
    assert_whole();
}

static void merge__does_nothing_where_nothing_is_due(void **state)
{
    (void)state;
    struct invented sources[2];
    run(sources, 2, 1, 20);
    struct index_writer *w = open_writer(); /* it does not even want the lock */
    assert_int_equal(merge(true).n_merged, 0);
    assert_int_equal(merge(false).n_merged, 0);
    index_writer_close(w);
    assert_string_equal(names(), "lock manifest seg-000001");
}

static void merge__makes_no_index_where_none_is(void **state)
{
    (void)state;
    const struct merge_options options = merge_options(true);
    struct merge_counts counts;
    assert_int_equal(merge_run(place, &options, &counts, &err), STATUS_MISSING);
    assert_int_not_equal(access(place, F_OK), 0);
}

/* ---- what goes wrong ---- */

/* Two segments of about a megabyte together. */
static void build_large(void)
{
    struct invented sources[8];
    run(sources, 4, 3, 1500);
    run(sources + 4, 4, 33, 1500);
}

static void merge__waits_for_no_other_writer(void **state)
{
    (void)state;
    struct invented sources[4];
    const struct merge_options options = merge_options(true);
    struct merge_counts counts;
    run(sources, 2, 1, 20);
    run(sources + 2, 2, 11, 20);
    struct index_writer *w = open_writer();
    assert_int_equal(merge_run(place, &options, &counts, &err), STATUS_LOCKED);
    index_writer_close(w);
    assert_int_equal(merge(true).n_merged, 2);
}

static bool stop_at_third(void *arg)
{
    return ++*(int *)arg == 3;
}

static void merge__stops_when_asked_and_leaves_the_index_as_it_was(void **state)
{
    (void)state;
    int n_asked = 0;
    struct merge_counts counts;
    struct merge_options options = merge_options(true);
    options.listener = (struct merge_listener){.arg = &n_asked, .is_stopped = stop_at_third};
    build_large();
    char *before = rendered();
    assert_int_equal(merge_run(place, &options, &counts, &err), STATUS_INTERRUPTED);
    assert_string_equal(names(), "lock manifest seg-000001 seg-000002");
    assert_holds(before);
}

static void add_progress(void *arg, const char *path, size_t path_len, uint64_t n_bytes)
{
    assert_true(path_len > 4 && memcmp(path, "/in/", 4) == 0);
    *(uint64_t *)arg += n_bytes;
}

static void merge__tells_how_far_it_is(void **state)
{
    (void)state;
    uint64_t n_told = 0;
    struct merge_counts counts;
    struct merge_options options = merge_options(true);
    options.listener = (struct merge_listener){.arg = &n_told, .progress = add_progress};
    build_large();
    OK(merge_run(place, &options, &counts, &err));
    assert_in_range(n_told, counts.text_bytes - (64 << 10), counts.text_bytes);
}

/* In a process of its own, where no file may grow past a limit: as on a full disk. */
static void merge__undoes_itself_on_a_full_disk(void **state)
{
    (void)state;
    build_large();
    char *before = rendered();
    pid_t child = fork();
    if (child == 0) {
        const struct merge_options options = merge_options(true);
        struct merge_counts counts;
        struct rlimit limit = {200000, 200000};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(merge_run(place, &options, &counts, &err) == STATUS_IO ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_string_equal(names(), "lock manifest seg-000001 seg-000002");
    assert_holds(before);
}

static void merge__refuses_damaged_text(void **state)
{
    (void)state;
    const struct merge_options options = merge_options(true);
    struct merge_counts counts;
    size_t n;
    build_large();
    const char *path = temp_dir_path(place, "seg-000002/docdata.glass");
    char *bytes = temp_dir_read(path, &n);
    memset(bytes + n / 2, 'x', 100);
    temp_dir_write(path, bytes, n);
    free(bytes);
    assert_int_equal(merge_run(place, &options, &counts, &err), STATUS_CORRUPT);
    assert_string_equal(names(), "lock manifest seg-000001 seg-000002");
}

static void merge__goes_unnoticed_by_an_open_reader(void **state)
{
    (void)state;
    build_large();
    struct index *ix = open_index();
    char *before = rendered(), *found = searched(ix, 7);
    merge(true);
    assert_string_equal(names(), "lock manifest seg-000003");
    char *now = render(ix, true), *found_now = searched(ix, 7);
    assert_string_equal(now, before);
    assert_string_equal(found_now, found);
    index_close(ix);
    free(now);
    free(found);
    free(found_now);
    assert_holds(before);
}

static int64_t now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Merges in a process of its own and kills that after so long; returns whether it was done before.
 */
static bool merge_and_kill(int64_t after_us)
{
    pid_t child = fork();
    if (child == 0) {
        const struct merge_options options = merge_options(true);
        struct merge_counts counts;
        _exit(merge_run(place, &options, &counts, &err) == STATUS_OK ? 0 : 1);
    }
    usleep((useconds_t)after_us);
    kill(child, SIGKILL);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFEXITED(status);
}

/* Killed at moments spread over twice the time that a merge takes, each in the index as the last
 * one left it; where that was merged it gets its two segments again. */
static void merge__may_be_killed_at_any_moment(void **state)
{
    (void)state;
    int n_killed = 0;
    build_large();
    const char *first = place, *copy = temp_dir_path(dir, "copy");
    char *text = rendered();
    int64_t started = now_us();
    merge(true);
    int64_t whole_us = now_us() - started;
    place = copy;
    for (int i = 0; i < 24; i++) {
        if (access(place, F_OK) != 0)
            build_large();
        bool was_done = merge_and_kill(whole_us * i / 12);
        n_killed += !was_done;
        char *now = rendered();
        assert_string_equal(now, text);
        free(now);
        if (n_segments() == 1) {
            assert_whole();
            OK(file_remove_tree(place, &err));
        }
    }
    assert_true(n_killed > 0);
    place = first;
    assert_holds(text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(merge__keeps_twelve_small_runs_few_and_whole),
        TEST(merge__drops_what_is_dead),
        TEST(merge__makes_of_any_history_what_a_single_run_makes),
        TEST(merge__does_so_through_the_api_builder),
        TEST(merge__gives_new_sources_new_numbers),
        TEST(merge__keeps_the_failures_of_the_last_run),
        TEST(merge__takes_a_segment_without_passages),
        TEST(merge__takes_segments_without_any_passage),
        TEST(merge__leaves_nothing_of_an_index_where_all_is_dead),
        TEST(merge__does_nothing_where_nothing_is_due),
        TEST(merge__makes_no_index_where_none_is),
        TEST(merge__waits_for_no_other_writer),
        TEST(merge__stops_when_asked_and_leaves_the_index_as_it_was),
        TEST(merge__tells_how_far_it_is),
        TEST(merge__undoes_itself_on_a_full_disk),
        TEST(merge__refuses_damaged_text),
        TEST(merge__goes_unnoticed_by_an_open_reader),
        TEST(merge__may_be_killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
