// SPDX-License-Identifier: GPL-2.0-or-later
/* Merging: whatever was alive is there afterwards, byte for byte, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tests/same_stats.h"
#include "tests/temp_dir.h"
#include "tests/world.h"

/* ---- what a merge keeps ---- */

static void merge__keeps_twelve_small_runs_few_and_whole(void **state)
{
    (void)state;
    struct invented sources[36];
    for (int i = 0; i < 12; i++) {
        world_run(&sources[3 * i], 3, 100 + 3 * (uint64_t)i, 200);
        char *before = world_rendered();
        struct merge_counts counts = world_merge(false);
        if (i == 8)
            assert_int_equal(counts.n_merged, 9);
        world_assert_holds(before);
        assert_in_range(world_n_segments(), 1, 8);
    }
    assert_int_equal(world_n_segments(), 4);
    assert_string_equal(world_names(), "lock manifest seg-000010 seg-000011 seg-000012 seg-000013");
}

static void merge__drops_what_is_dead(void **state)
{
    (void)state;
    struct invented sources[8];
    world_run(sources, 4, 1, 30);
    world_run(sources + 4, 4, 50, 30);
    struct index_writer *w = world_open_writer();
    world_drop(w, sources[0].number);
    world_drop(w, sources[2].number);
    world_drop(w, sources[7].number);
    world_commit(w);
    char *before = world_rendered();
    struct merge_counts counts = world_merge(true);
    assert_int_equal(counts.n_merged, 2);
    assert_int_equal(counts.n_dead_sources, 3);
    assert_int_equal(counts.n_sources, 5);
    assert_int_equal(counts.n_segments, 1);
    assert_true(counts.n_bytes_after > 0 && counts.n_bytes_after < counts.n_bytes_before);
    world_assert_holds(before);
    struct index *ix = world_open_index();
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
    const struct builder_options options = world_builder_options();
    struct world_sink to = {0};
    struct segment_stats stats;
    OK(segment_builder_open(again, &options, &to.builder, &world.err));
    for (size_t i = 0; i < n; i++) {
        struct invented copy = sources[i];
        world_put(&to, &copy, false);
    }
    OK(segment_builder_finish(to.builder, &stats, &world.err));
    segment_builder_close(to.builder);
    struct index *ix = world_open_index();
    const struct manifest *m = index_manifest(ix);
    assert_int_equal(m->n_segments, 1);
    assert_same_stats(&m->segments[0].stats, &stats);
    const char *path = temp_dir_path(world.place, m->segments[0].name);
    for (size_t i = 0; i < m->segments[0].n_files; i++)
        assert_same_file(path, again, m->segments[0].files[i].name);
    index_close(ix);
}

enum { RANDOM_SOURCES_MAX = 200 };

/* The model of a random index: what should be alive. */
struct model {
    struct invented live[RANDOM_SOURCES_MAX];
    size_t n;
    uint64_t random, next_seed;
};

static void random_run(struct model *m)
{
    struct index_writer *w = world_open_writer();
    size_t n_new = world_below(&m->random, 9),
           n_dropped = m->n ? world_below(&m->random, m->n / 2 + 1) : 0;
    for (size_t i = 0; i < n_dropped; i++) {
        size_t at = world_below(&m->random, m->n);
        world_drop(w, m->live[at].number);
        memmove(&m->live[at], &m->live[at + 1], (--m->n - at) * sizeof *m->live);
    }
    for (size_t i = 0; i < n_new; i++) {
        struct invented s = {.seed = m->next_seed++, .n_reports = 4, .n_passages = 1};
        s.n_passages <<= world_below(&m->random, 9);
        bool is_abandoned = world_below(&m->random, 8) == 0;
        world_put(&(struct world_sink){.writer = w}, &s, is_abandoned);
        if (!is_abandoned)
            m->live[m->n++] = s;
    }
    world_commit(w);
}

static void assert_same_totals(struct index *a, struct index *b)
{
    struct index_totals x = index_totals(a), y = index_totals(b);
    assert_memory_equal(&x, &y, sizeof x);
    for (uint32_t cp = 0x4E00; cp < 0x4E00 + 60; cp++) {
        uint64_t df, cf, other_df, other_cf;
        OK(index_char_stats(a, cp, &df, &cf, &world.err));
        OK(index_char_stats(b, cp, &other_df, &other_cf, &world.err));
        assert_true(df == other_df && cf == other_cf);
    }
}

/* An index made of the same sources in one run holds the same, and finds the same. */
static void assert_same_as_single_run(const struct model *m, const char *single)
{
    struct index *merged = world_open_index();
    const char *ours = world.place;
    world.place = single;
    struct index_writer *w = world_open_writer();
    for (size_t i = 0; i < m->n; i++) {
        struct invented copy = m->live[i];
        world_put(&(struct world_sink){.writer = w}, &copy, false);
    }
    world_commit(w);
    struct index *one = world_open_index();
    world.place = ours;
    char *a = world_render(merged, false), *b = world_render(one, false);
    assert_string_equal(a, b);
    free(a);
    free(b);
    a = world_searched(merged, m->random);
    b = world_searched(one, m->random);
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
    struct model m = {.random = seed + (uint64_t)round, .next_seed = 1};
    snprintf(name, sizeof name, "ix%d", round);
    world.place = temp_dir_path(world.dir, name);
    for (int i = 0; i < 14; i++) {
        random_run(&m);
        char *before = world_rendered();
        world_merge(world_below(&m.random, 4) == 0);
        world_assert_holds(before);
    }
    world_run(&m.live[m.n], 1, 1000000, 9);
    m.live[m.n++].n_passages = 9;
    world_merge(true);
    snprintf(name, sizeof name, "again%d", round);
    if (world.kind == BUILDER_AUTO)
        assert_built_from(m.live, m.n, temp_dir_path(world.dir, name));
    snprintf(name, sizeof name, "single%d", round);
    assert_same_as_single_run(&m, temp_dir_path(world.dir, name));
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
    world.kind = BUILDER_API;
    random_rounds(1);
}

static void merge__gives_new_sources_new_numbers(void **state)
{
    (void)state;
    struct invented sources[4];
    world_run(sources, 3, 1, 9);
    struct index_writer *w = world_open_writer();
    world_drop(w, sources[2].number);
    world_commit(w);
    world_merge(true);
    world_run(sources + 3, 1, 9, 9);
    assert_int_equal(sources[3].number, 4);
}

static void merge__keeps_the_failures_of_the_last_run(void **state)
{
    (void)state;
    struct invented sources[2];
    world_run(sources, 1, 1, 9);
    struct index_writer *w = world_open_writer();
    sources[1] = (struct invented){.seed = 2, .n_reports = 3, .n_passages = 9};
    world_put(&(struct world_sink){.writer = w}, &sources[1], false);
    OK(index_writer_add_failure(w, "/x: not text", &world.err));
    world_commit(w);
    assert_int_equal(world_merge(true).n_merged, 2);
    struct index *ix = world_open_index();
    assert_int_equal(index_manifest(ix)->n_failures_all, 1);
    assert_string_equal(index_manifest(ix)->failures[0], "/x: not text");
    index_close(ix);
}

/* ---- edges ---- */

static void merge__takes_a_segment_without_passages(void **state)
{
    (void)state;
    struct invented sources[4];
    struct index_writer *w = world_open_writer();
    sources[0] = (struct invented){.seed = 1}; /* no report */
    world_put(&(struct world_sink){.writer = w}, &sources[0], false);
    world_commit(w);
    world_run(sources + 1, 3, 2, 20);
    char *before = world_rendered();
    assert_int_equal(world_merge(true).n_merged, 2);
    assert_int_equal(world_n_segments(), 1);
    world_assert_holds(before);
}

static void merge__takes_segments_without_any_passage(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 2; i++) {
        struct invented source = {.seed = 1 + i};
        struct index_writer *w = world_open_writer();
        world_put(&(struct world_sink){.writer = w}, &source, false);
        world_commit(w);
    }
    char *before = world_rendered();
    assert_int_equal(world_merge(true).n_merged, 2);
    assert_int_equal(world_n_segments(), 1);
    world_assert_holds(before);
}

static void merge__leaves_nothing_of_an_index_where_all_is_dead(void **state)
{
    (void)state;
    struct invented sources[4];
    struct manifest m;
    world_run(sources, 2, 1, 20);
    world_run(sources + 2, 2, 11, 20);
    OK(manifest_read(world.place, &m, &world.err));
    for (size_t i = 0; i < 4; i++) { /* a commit would drop such segments at once */
        struct source s = {.number = sources[i].number};
        OK(manifest_add_dead(&m, i / 2, &s, &world.err));
    }
    for (size_t i = 0; i < 2; i++) {
        m.segments[i].n_dead_reports = m.segments[i].stats.n_reports;
        m.segments[i].n_dead_passages = m.segments[i].stats.n_passages;
    }
    OK(manifest_write(world.place, &m, &world.err));
    manifest_release(&m);
    struct merge_counts counts = world_merge(false);
    assert_int_equal(counts.n_merged, 2);
    assert_int_equal(counts.n_dead_sources, 4);
    assert_int_equal(counts.n_segments, 0);
    assert_int_equal(counts.n_bytes_after, 0);
    assert_string_equal(world_names(), "lock manifest");
    world_assert_whole();
}

static void merge__does_nothing_where_nothing_is_due(void **state)
{
    (void)state;
    struct invented sources[2];
    world_run(sources, 2, 1, 20);
    struct index_writer *w = world_open_writer(); /* it does not even want the lock */
    assert_int_equal(world_merge(true).n_merged, 0);
    assert_int_equal(world_merge(false).n_merged, 0);
    index_writer_close(w);
    assert_string_equal(world_names(), "lock manifest seg-000001");
}

static void merge__makes_no_index_where_none_is(void **state)
{
    (void)state;
    const struct merge_options options = world_merge_options(true);
    struct merge_counts counts;
    assert_int_equal(merge_run(world.place, &options, &counts, &world.err), STATUS_MISSING);
    assert_int_not_equal(access(world.place, F_OK), 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
