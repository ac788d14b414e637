// SPDX-License-Identifier: GPL-2.0-or-later
/* Champion lists: what they give is what going through all postings gives, whoever built the segment and whatever of it
 * has died since; and of a file that is not what was written, nothing is believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/hash.h"
#include "store/champions.h"
#include "store/segment_file.h"
#include "tests/index_fixture.h"
#include "tests/temp_dir.h"

enum { N = CHAMPIONS_DF_MIN + 4000, EVERY = 32, HITS_MAX = 1000 };

static const struct xnode common = {.op = XOP_PREFIX, .term = "甲", .term_len = 3};

/* 甲 up to nine times, before one of a few characters; all passages hold it, and few of them 乙, which is not common. */
static size_t invent(uint64_t *random, uint32_t i, char text[200])
{
    size_t n = 0;
    for (uint64_t times = 1 + world_below(random, 9); times; times--)
        n += (size_t)sprintf(text + n, "甲%s", i % EVERY ? "天" : times % 2 ? "乙" : "地玄黄");
    n += (size_t)sprintf(text + n, "%.*s", (int)world_below(random, 9) * 3, "宇宙洪荒日月盈昃");
    text[n++] = '\n';
    return n;
}

/* Source number `seed`, of n passages. */
static void add_common(struct index_writer *w, uint64_t seed, uint32_t n)
{
    struct source s;
    struct report r = {.title = "多", .title_len = strlen("多")};
    char name[32], text[200];
    snprintf(name, sizeof name, "/%u", (unsigned)seed);
    fixture_begin(w, &s, name);
    OK(index_writer_begin_report(w, &r, &world.err));
    for (uint32_t i = 1; i <= n; i++) {
        const struct passage p = {
            .text = text, .text_len = invent(&seed, i, text), .number = i, .line = i};
        OK(index_writer_add_passage(w, &p, &world.err));
    }
    OK(index_writer_end_source(w, &s, &world.err));
}

/* Sources of a thousand passages, so that some can die. */
static void build_common(void)
{
    struct index_writer *w = world_open_writer();
    for (uint32_t n = 0; n < N; n += 1000)
        add_common(w, 1 + n, N - n < 1000 ? N - n : 1000);
    world_commit(w);
}

static struct xhits best_of(struct index *ix, size_t limit)
{
    const struct xsearch how = {.limit = limit};
    struct xhits hits;
    OK(index_search(ix, &common, &how, &hits, &world.err));
    return hits;
}

/* As many as are wanted, and of more than a list has the same are the first. */
static void assert_best(void)
{
    static const size_t limits[] = {1, 10, 150, CHAMPIONS, CHAMPIONS + 1};
    struct index *ix = world_open_index();
    struct xhits all = best_of(ix, HITS_MAX);
    assert_int_equal(all.n, HITS_MAX);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct xhits hits = best_of(ix, limits[i]);
        assert_int_equal(hits.n, limits[i]);
        assert_memory_equal(hits.hits, all.hits, hits.n * sizeof *hits.hits);
        xhits_release(&hits);
    }
    xhits_release(&all);
    index_close(ix);
}

static void drop(uint32_t first, uint32_t last)
{
    struct index_writer *w = world_open_writer();
    for (uint32_t number = first; number <= last; number++)
        world_drop(w, number);
    world_commit(w);
}

/* What is wrong in a list would be wrong in the hits. */
static void search__takes_the_best_from_the_list(void **state)
{
    (void)state;
    struct champion list[CHAMPIONS];
    struct champions c;
    build_common();
    assert_best();
    OK(champions_read(fixture_in("seg-000001"), &c, &world.err));
    assert_int_equal(c.n, 2); /* 甲, 天 */
    const struct champion_list *l = champions_find(&c, "甲", 3);
    assert_non_null(l);
    assert_int_equal(l->df, N);
    assert_true(champion_list_read(l, N, list));
    assert_null(champions_find(&c, "乙", 3));
    assert_null(champions_find(&c, "甲乙", 6));
    assert_null(champions_find(&c, "", 0));
    champions_release(&c);
}

static void search__knows_what_of_a_list_has_died(void **state)
{
    (void)state;
    build_common();
    drop(3, 5);
    assert_best();
    drop(8, 60); /* now the list is not enough */
    assert_best();
    struct index_writer *w = world_open_writer();
    add_common(w, 7777, 500); /* a segment without one */
    world_commit(w);
    assert_best();
}

/* The same file from both builders and any number of threads. */
static void champions_write__does_not_depend_on_the_builder(void **state)
{
    (void)state;
    static const struct builder_options options[] = {
        {BUILDER_BULK, 64 << 20, 1}, {BUILDER_BULK, 64 << 20, 3}, {BUILDER_API, 64 << 20, 2}};
    char *bytes[3];
    size_t n[3];
    for (size_t i = 0; i < 3; i++) {
        struct index_writer *w;
        char place[500], path[600];
        snprintf(place, sizeof place, "%s/of-%zu", world.dir, i);
        snprintf(path, sizeof path, "%s/seg-000001/champions", place);
        OK(index_writer_open(place, &options[i], &w, &world.err));
        add_common(w, 5, N);
        world_commit(w);
        bytes[i] = temp_dir_read(path, &n[i]);
        assert_int_equal(n[i], n[0]);
        assert_memory_equal(bytes[i], bytes[0], n[0]);
    }
    for (size_t i = 0; i < 3; i++)
        free(bytes[i]);
}

static void champions_write__makes_no_file_where_nothing_is_common(void **state)
{
    (void)state;
    fixture_build_two();
    assert_int_equal(access(fixture_in("seg-000001/champions"), F_OK), -1);
}

/* Every list of a file that was taken, up to its end. */
static bool is_readable(const struct champions *c)
{
    struct champion list[CHAMPIONS];
    bool is_whole = true;
    for (size_t i = 0; i < c->n; i++) {
        bool is_list = champion_list_read(&c->lists[i], N, list);
        is_whole &= is_list;
        for (size_t k = 0; is_list && k < CHAMPIONS; k++)
            assert_true(list[k].docid > (k ? list[k - 1].docid : 0) && list[k].docid <= N);
        assert_true(i == 0 || c->lists[i].cp > c->lists[i - 1].cp);
    }
    return is_whole;
}

static void make_sum_fit(char *bytes, size_t n)
{
    segment_file_put_number((uint8_t *)bytes + n - 8, hash_bytes(bytes, n - 8), 8);
}

/* Changes of all kinds, first under the sum of what was, then under one that fits. */
static void champions_read__believes_nothing(void **state)
{
    (void)state;
    uint64_t random = 20261127;
    struct champions c;
    size_t n, n_refused = 0;
    build_common();
    const char *path = fixture_in("seg-000001/champions"), *dir = fixture_in("seg-000001");
    char *whole = temp_dir_read(path, &n), *bytes = malloc(n);
    assert_non_null(bytes);
    for (int round = 0; round < 400; round++) {
        memcpy(bytes, whole, n);
        for (uint64_t i = 1 + world_below(&random, 8); i; i--)
            bytes[world_below(&random, i % 2 ? n : 40)] ^= (char)(1 + world_below(&random, 255));
        if (memcmp(bytes, whole, n) == 0)
            continue;
        temp_dir_write(path, bytes, n);
        assert_int_equal(champions_read(dir, &c, &world.err), STATUS_CORRUPT);
        assert_non_null(strstr(world.err.message, "champions' is damaged"));
        make_sum_fit(bytes, n);
        temp_dir_write(path, bytes, n);
        bool is_read = champions_read(dir, &c, &world.err) == STATUS_OK;
        n_refused += !is_read || !is_readable(&c);
        champions_release(&c);
    }
    assert_true(n_refused > 100);
    for (size_t cut = 0; cut < n; cut += 1 + cut / 9) {
        temp_dir_write(path, whole, cut);
        assert_int_equal(champions_read(dir, &c, &world.err), STATUS_CORRUPT);
    }
    free(whole);
    free(bytes);
}

/* A list that is none, in a file that is whole, ends a search. */
static void search__names_a_damaged_list(void **state)
{
    (void)state;
    struct xhits hits;
    size_t n;
    build_common();
    const char *path = fixture_in("seg-000001/champions");
    char *bytes = temp_dir_read(path, &n);
    memset(bytes + n - 30, 0x80, 20); /* of the last, 甲 */
    make_sum_fit(bytes, n);
    temp_dir_write(path, bytes, n);
    struct index *ix = world_open_index();
    const struct xsearch how = {.limit = 10};
    const struct xnode other = {.op = XOP_PREFIX, .term = "天", .term_len = 3};
    assert_int_equal(index_search(ix, &common, &how, &hits, &world.err), STATUS_CORRUPT);
    assert_non_null(strstr(world.err.message, "champions' is damaged"));
    OK(index_search(ix, &other, &how, &hits, &world.err));
    xhits_release(&hits);
    index_close(ix);
    free(bytes);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(search__takes_the_best_from_the_list),
        TEST(search__knows_what_of_a_list_has_died),
        TEST(champions_write__does_not_depend_on_the_builder),
        TEST(champions_write__makes_no_file_where_nothing_is_common),
        TEST(champions_read__believes_nothing),
        TEST(search__names_a_damaged_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
