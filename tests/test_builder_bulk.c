// SPDX-License-Identifier: GPL-2.0-or-later
/* The bulk builder against Xapian's own: the same passages through both, both compacted by
 * xapian-compact, and then postlist, docdata and version file (but for the UUID) are the same
 * bytes. With that every term, posting, wdf, length, value, datum, record and statistic is. And the
 * bulk builder against itself, with other threads and memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "store/schema.h"
#include "store/segment_builder.h"
#include "store/xapian_c.h"
#include "tests/same_stats.h"
#include "tests/temp_dir.h"

/* ---- corpora ---- */

/* Reports of passages; a corpus writes itself into a builder. Sources of n_reports_a_source each.
 */
struct corpus {
    void (*fill)(const struct corpus *c, uint32_t report, uint32_t passage, struct buf *text);
    uint32_t n_sources, n_reports_a_source, n_passages_a_report;
    uint64_t seed;
};

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void add_char(struct buf *text, uint32_t cp)
{
    char bytes[UTF8_MAX_BYTES];
    assert_true(buf_append(text, bytes, utf8_encode(cp, bytes)));
}

/* Small numbers are likelier, as characters of a language are. */
static uint32_t skewed(uint64_t *seed, uint32_t n)
{
    uint32_t most = 1 + (uint32_t)(next_random(seed) % n);
    return (uint32_t)(next_random(seed) % most);
}

static void fill_random(const struct corpus *c, uint32_t report, uint32_t passage, struct buf *text)
{
    uint64_t seed = c->seed * 1000003 + report * 8191 + passage + 1;
    for (int i = 0; i < 4; i++)
        next_random(&seed);
    for (uint32_t n = 1 + skewed(&seed, 400); n > 0; n--) {
        switch (next_random(&seed) % 40) {
        case 0:
            buf_append_str(text, "，");
            break;
        case 1:
            buf_append_str(text, " ");
            break;
        case 2:
            buf_printf(text, "%d", (int)(next_random(&seed) % 3000));
            break;
        case 3:
            buf_printf(text, " w%x ", (unsigned)skewed(&seed, 5000));
            break;
        case 4:
            add_char(text, 0x20000 + skewed(&seed, 300)); /* plane 2 */
            break;
        case 5:
            add_char(text, 0x1f600 + skewed(&seed, 40)); /* emoji */
            break;
        default:
            add_char(text, 0x4e00 + skewed(&seed, 2500));
        }
    }
    buf_append_str(text, "\n");
}

static void fill_marks(const struct corpus *c, uint32_t report, uint32_t passage, struct buf *text)
{
    (void)c, (void)report, (void)passage;
    buf_append_str(text, "——……！\n");
}

static void fill_longest(
    const struct corpus *c, uint32_t report, uint32_t passage, struct buf *text)
{
    uint64_t seed = c->seed + report * 77 + passage;
    while (text->len + 3 <= PASSAGE_BYTES_MAX)
        add_char(text, 0x4e00 + (uint32_t)(next_random(&seed) % 20000));
}

/* Few terms, each in every passage and many times: long lists, and terms that are often repeated.
 */
static void fill_frequent(
    const struct corpus *c, uint32_t report, uint32_t passage, struct buf *text)
{
    (void)c;
    for (uint32_t i = 0; i <= (report * 7 + passage) % 50; i++)
        buf_append_str(text, "的的的中国 gdp ");
}

/* One term: a run has a record longer than any window it is read by. */
static void fill_one(const struct corpus *c, uint32_t report, uint32_t passage, struct buf *text)
{
    (void)c, (void)report;
    buf_append_str(text, passage % 5 ? "的\n" : "的的\n");
}

static void add_report(
    const struct corpus *c, struct segment_builder *b, uint32_t source, uint32_t number)
{
    struct error err;
    struct buf text;
    buf_init(&text, 1 << 20);
    const struct report report = {
        .number = number,
        .source = source,
        .id = "",
        .title = "题",
        .title_len = strlen("题"),
        .date = number % 3 ? schema_date(1990 + number % 40, number % 13, 0) : 0,
        .fields = "",
    };
    assert_int_equal(segment_builder_begin_report(b, &report, &err), STATUS_OK);
    for (uint32_t i = 0; i < c->n_passages_a_report; i++) {
        buf_clear(&text);
        c->fill(c, number, i, &text);
        const struct passage p = {.text = text.data,
            .text_len = text.len,
            .number = i + 1,
            .line = i + 1,
            .is_furniture = (number + i) % 9 == 4}; /* wdf 0 in both */
        assert_int_equal(segment_builder_add_passage(b, &p, &err), STATUS_OK);
    }
    buf_release(&text);
}

static void build(const char *name, const struct corpus *c, const struct builder_options *options,
    struct segment_stats *stats)
{
    struct error err = {.message = ""};
    struct segment_builder *b;
    assert_int_equal(segment_builder_open(temp_dir_in(name), options, &b, &err), STATUS_OK);
    for (uint32_t i = 0; i < c->n_sources; i++) {
        /* Numbers with gaps, whose terms are not in the order of numbers: Sf, S10. */
        const struct source source = {.number = 3 * i + 1, .path = "/a", .path_len = 2};
        assert_int_equal(segment_builder_begin_source(b, &source, &err), STATUS_OK);
        for (uint32_t k = 0; k < c->n_reports_a_source; k++)
            add_report(c, b, source.number, 2 * (i * c->n_reports_a_source + k) + 5);
        assert_int_equal(segment_builder_end_source(b, &source, &err), STATUS_OK);
    }
    if (segment_builder_finish(b, stats, &err) != STATUS_OK)
        fail_msg("%s", err.message);
    segment_builder_close(b);
}

/* ---- comparing ---- */

static int run(const char *fmt, ...)
{
    char command[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(command, sizeof command, fmt, ap);
    va_end(ap);
    return system(command);
}

static void assert_same_files(const char *a, const char *b, const char *file, int skip)
{
    if (run("test -e %s/%s/%s || test -e %s/%s/%s", temp_dir, a, file, temp_dir, b, file) != 0)
        return;
    if (run("cmp -i %d %s/%s/%s %s/%s/%s", skip, temp_dir, a, file, temp_dir, b, file) != 0)
        fail_msg("%s and %s differ in %s", a, b, file);
}

static void assert_sound(const char *name)
{
    struct error err;
    struct buf report;
    buf_init(&report, 1 << 20);
    if (xdb_check(temp_dir_in(name), &report, &err) != STATUS_OK)
        fail_msg("%s: %s", err.message, buf_terminate(&report));
    buf_release(&report);
    /* Nothing but the database is left. */
    assert_int_equal(run("test -z \"$(ls %s/%s | grep -v -e '^iamglass$' -e '^docdata.glass$' -e "
                         "'^postlist.glass$' -e '^checksums$' -e '^champions$')\"",
                         temp_dir, name),
        0);
}

static void assert_same_as_api(const struct corpus *c)
{
    struct segment_stats api_stats, bulk_stats;
    struct builder_options options = {
        .kind = BUILDER_API, .memory_bytes = 256 << 20, .n_threads = 1};
    if (run("command -v xapian-compact >/dev/null") != 0)
        skip();
    build("api", c, &options, &api_stats);
    options.kind = BUILDER_BULK;
    options.n_threads = 2;
    build("bulk", c, &options, &bulk_stats);
    assert_same_stats(&api_stats, &bulk_stats);
    assert_sound("bulk");
    assert_int_equal(
        run("cd %s && xapian-compact api api2 >log 2>&1 && xapian-compact bulk bulk2 >log 2>&1",
            temp_dir),
        0);
    assert_same_files("api2", "bulk2", "docdata.glass", 0);
    assert_same_files("api2", "bulk2", "postlist.glass", 0);
    assert_same_files("api2", "bulk2", "iamglass", 32);
    assert_same_files("api", "bulk", "champions", 0);
}

static void builder_bulk__equals_the_api_on_an_empty_segment(void **state)
{
    (void)state;
    const struct corpus c = {.n_sources = 0};
    assert_same_as_api(&c);
}

static void builder_bulk__equals_the_api_on_a_source_without_passages(void **state)
{
    (void)state;
    const struct corpus c = {.n_sources = 2, .n_reports_a_source = 1};
    assert_same_as_api(&c);
}

static void builder_bulk__equals_the_api_on_one_passage(void **state)
{
    (void)state;
    const struct corpus c = {fill_random, 1, 1, 1, 7};
    assert_same_as_api(&c);
}

static void builder_bulk__equals_the_api_on_passages_without_tokens(void **state)
{
    (void)state;
    const struct corpus c = {fill_marks, 3, 1, 5, 0};
    assert_same_as_api(&c);
}

static void builder_bulk__equals_the_api_on_the_longest_passages(void **state)
{
    (void)state;
    const struct corpus c = {fill_longest, 2, 1, 4, 99};
    assert_same_as_api(&c);
}

static void builder_bulk__equals_the_api_on_frequent_terms(void **state)
{
    (void)state;
    const struct corpus c = {fill_frequent, 20, 5, 80, 0};
    assert_same_as_api(&c);
}

/* BUILDER_SEED repeats a run. */
static uint64_t choose_seed(void)
{
    const char *given = getenv("BUILDER_SEED");
    uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL);
    print_message("BUILDER_SEED=%llu\n", (unsigned long long)seed);
    return seed;
}

static void builder_bulk__equals_the_api_on_random_reports(void **state)
{
    (void)state;
    const struct corpus c = {fill_random, 40, 3, 30, choose_seed()};
    assert_same_as_api(&c);
}

/* Runs are cut elsewhere and spilled, terms are merged in other ranges; the bytes stay. */
static void assert_same_with_any_options(const struct corpus *c)
{
    static const struct builder_options options[] = {
        {BUILDER_BULK, 512u << 20, 1}, {BUILDER_BULK, 16u << 20, 1}, {BUILDER_BULK, 32u << 20, 2},
        {BUILDER_BULK, 48u << 20, 3}, {BUILDER_BULK, 1, 0}, /* below what is promised */
    };
    struct segment_stats stats;
    build("0", c, &options[0], &stats);
    assert_sound("0");
    for (size_t i = 1; i < sizeof options / sizeof *options; i++) {
        char name[8];
        snprintf(name, sizeof name, "%zu", i);
        build(name, c, &options[i], &stats);
        if (run("diff -r %s/0 %s/%s", temp_dir, temp_dir, name) != 0)
            fail_msg("%zu bytes and %u threads make a difference", options[i].memory_bytes,
                options[i].n_threads);
    }
}

/* 7 MB of text: the last of it refers to a dictionary. */
static void builder_bulk__gives_the_same_bytes_with_any_threads_and_memory(void **state)
{
    (void)state;
    const struct corpus c = {fill_random, 100, 4, 60, choose_seed()};
    assert_same_with_any_options(&c);
}

static void builder_bulk__gives_the_same_bytes_of_one_term_in_many_runs(void **state)
{
    (void)state;
    const struct corpus c = {fill_one, 2, 1, 60000, 0};
    assert_same_with_any_options(&c);
}

static void builder_bulk__leaves_nothing_when_closed_early(void **state)
{
    (void)state;
    const char *dir = temp_dir_in("seg");
    const struct builder_options options = {BUILDER_AUTO, 16 << 20, 2};
    struct error err;
    struct segment_builder *b;
    assert_int_equal(segment_builder_open(dir, &options, &b, &err), STATUS_OK);
    const struct corpus c = {fill_random, 1, 1, 2000, 5};
    const struct source source = {.number = 1, .path = "/a", .path_len = 2};
    assert_int_equal(segment_builder_begin_source(b, &source, &err), STATUS_OK);
    add_report(&c, b, 1, 1);
    segment_builder_close(b);
    assert_int_equal(access(dir, F_OK), -1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, temp_dir_set_up, temp_dir_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(builder_bulk__equals_the_api_on_an_empty_segment),
        IN_FOLDER(builder_bulk__equals_the_api_on_a_source_without_passages),
        IN_FOLDER(builder_bulk__equals_the_api_on_one_passage),
        IN_FOLDER(builder_bulk__equals_the_api_on_passages_without_tokens),
        IN_FOLDER(builder_bulk__equals_the_api_on_the_longest_passages),
        IN_FOLDER(builder_bulk__equals_the_api_on_frequent_terms),
        IN_FOLDER(builder_bulk__equals_the_api_on_random_reports),
        IN_FOLDER(builder_bulk__gives_the_same_bytes_with_any_threads_and_memory),
        IN_FOLDER(builder_bulk__gives_the_same_bytes_of_one_term_in_many_runs),
        IN_FOLDER(builder_bulk__leaves_nothing_when_closed_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
