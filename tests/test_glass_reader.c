// SPDX-License-Identifier: GPL-2.0-or-later
/* Segments read without Xapian: every key found, every flipped bit noticed, and tables of random
 * bytes under right checksums, which may say anything but must not be believed beyond their ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/evaluate.h"
#include "store/schema.h"
#include "tests/index_fixture.h"
#include "tests/temp_dir.h"

/* One segment of some blocks, with deep enough a tree and tags in parts. */
static void build_segment(void)
{
    struct invented sources[3];
    world_run(sources, 3, 4711, 400);
}

static const char *segment(void)
{
    return fixture_in("seg-000001");
}

/* All terms as "term df cf\n", of our walk or of Xapian. */
static void append_stats(struct buf *out, const char *term, size_t n, uint64_t df, uint64_t cf)
{
    assert_true(buf_append(out, term, n) &&
                buf_printf(out, " %llu %llu\n", (unsigned long long)df, (unsigned long long)cf));
}

static void segment_reader__finds_what_xapian_finds(void **state)
{
    (void)state;
    struct segment_reader r;
    struct xdb *db;
    struct term_walk w;
    struct buf ours, theirs, terms;
    const char *dir = segment();
    build_segment();
    buf_init(&ours, 1 << 26);
    buf_init(&theirs, 1 << 26);
    buf_init(&terms, 1 << 26);
    size_t n_terms, n;
    OK(segment_reader_open(dir, &r, &world.err));
    OK(xdb_open(&dir, 1, &db, &world.err));
    OK(xdb_terms(db, "", 0, SIZE_MAX, &terms, &n_terms, &world.err));
    assert_true(n_terms > 1000 && r.postlist.level > 0);
    OK(term_walk_begin(&w, &r, "", 0, &world.err));
    struct bytes in = {.at = terms.data, .end = terms.data + terms.len};
    for (; !w.is_at_end; n_terms--) {
        uint64_t df, cf, walked = w.df;
        const char *term = bytes_string(&in, &n);
        append_stats(&ours, w.term, w.term_len, w.df, w.cf);
        OK(xdb_term_stats(db, term, n, &df, &cf, &world.err));
        append_stats(&theirs, term, n, df, cf);
        assert_int_equal(bytes_varint(&in), walked);
        OK(segment_reader_term_stats(&r, term, n, &df, &cf, &world.err));
        assert_int_equal(df, walked);
        OK(term_walk_next(&w, &world.err));
    }
    assert_int_equal(n_terms, 0);
    assert_int_equal(ours.len, theirs.len);
    assert_memory_equal(ours.data, theirs.data, ours.len);
    for (uint32_t docid = 1; docid <= r.version.n_docs; docid++) {
        buf_clear(&ours);
        buf_clear(&theirs);
        OK(segment_reader_data(&r, docid, &ours, &world.err));
        OK(xdb_data(db, 0, docid, &theirs, &world.err));
        assert_int_equal(ours.len, theirs.len);
        assert_memory_equal(ours.data ? ours.data : "", theirs.data ? theirs.data : "", ours.len);
    }
    xdb_close(db);
    segment_reader_close(&r);
    buf_release(&ours);
    buf_release(&theirs);
    buf_release(&terms);
}

/* Reads all there is; the first fault. */
static enum status read_all(const char *dir)
{
    struct segment_reader r;
    struct term_walk w;
    struct buf out;
    buf_init(&out, 1 << 26);
    enum status s = segment_reader_open(dir, &r, &world.err);
    if (s != STATUS_OK)
        return s;
    s = term_walk_begin(&w, &r, "", 0, &world.err);
    while (s == STATUS_OK && !w.is_at_end) {
        const struct xnode term = {.op = XOP_TERM, .term = w.term, .term_len = w.term_len};
        const struct xnode prefix = {.op = XOP_PREFIX, .term = w.term, .term_len = 1};
        const struct xnode *const pair[] = {&term, &prefix};
        const struct xnode query = {
            .op = w.df % 8 ? XOP_AND : XOP_OR, .children = pair, .n_children = w.df % 8 ? 1 : 2};
        const struct xsearch how = {.limit = 5, .k1 = 7.2};
        struct xhits hits;
        s = w.term_len <= XTERM_MAX ? evaluate(&r, 1, &query, &how, &hits, &world.err) : STATUS_OK;
        if (s == STATUS_OK && w.term_len <= XTERM_MAX)
            xhits_release(&hits);
        if (s == STATUS_OK)
            s = term_walk_next(&w, &world.err);
    }
    for (uint32_t docid = 1; s == STATUS_OK && docid <= r.version.n_docs && docid < 5000; docid++) {
        buf_clear(&out);
        s = segment_reader_data(&r, docid, &out, &world.err);
    }
    if (s == STATUS_OK)
        s = segment_reader_verify(&r, &world.err);
    buf_release(&out);
    segment_reader_close(&r);
    return s;
}

static void segment_reader__notices_every_flipped_bit(void **state)
{
    (void)state;
    static const char *const names[] = {"iamglass", "postlist.glass", "docdata.glass", "checksums"};
    uint64_t seed = 99;
    struct invented sources[1];
    world_run(sources, 1, 4711, 20);
    OK(read_all(segment()));
    for (size_t f = 0; f < sizeof names / sizeof *names; f++) {
        char name[64];
        size_t n;
        snprintf(name, sizeof name, "seg-000001/%s", names[f]);
        const char *path = fixture_in(name);
        char *bytes = temp_dir_read(path, &n);
        for (size_t at = 0; at < n; at += 1 + world_below(&seed, n / 40 + 1)) {
            char bit = (char)(1 << world_below(&seed, 8));
            bytes[at] ^= bit;
            temp_dir_write(path, bytes, n);
            if (read_all(segment()) != STATUS_CORRUPT || !strstr(world.err.message, names[f]))
                fail_msg("byte %zu of %s: '%s'", at, names[f], world.err.message);
            bytes[at] ^= bit;
        }
        temp_dir_write(path, bytes, n - 1);
        assert_int_equal(read_all(segment()), STATUS_CORRUPT);
        temp_dir_write(path, bytes, n);
        free(bytes);
    }
}

/* Any status but a crash, a hang or what is not memory of ours (which valgrind and the sanitizers see). */
static void segment_reader__survives_random_bytes_under_right_checksums(void **state)
{
    (void)state;
    const char *const paths[] = {
        fixture_in("seg-000001/postlist.glass"), fixture_in("seg-000001/docdata.glass")};
    const char *const sums = fixture_in("seg-000001/checksums"), *const dir = segment();
    uint64_t seed = 5;
    struct invented sources[1];
    size_t n_damaged = 0, n;
    world_run(sources, 1, 4711, 20);
    for (int round = 0; round < 300; round++) {
        const char *path = paths[round % 2];
        char *bytes = temp_dir_read(path, &n), *whole = temp_dir_read(path, &n);
        size_t n_changes = 1 + world_below(&seed, 40);
        for (size_t i = 0; i < n_changes; i++)
            bytes[i % 2 ? world_below(&seed, n)
                        : world_below(&seed, n / 8192) * 8192 + world_below(&seed, 64)] =
                (char)world_below(&seed, 256);
        temp_dir_write(path, bytes, n);
        assert_int_equal(unlink(sums), 0);
        OK(checksums_write(dir, NULL, &world.err));
        n_damaged += read_all(dir) != STATUS_OK;
        temp_dir_write(path, whole, n);
        free(bytes);
        free(whole);
    }
    assert_true(n_damaged > 100);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(segment_reader__finds_what_xapian_finds),
        TEST(segment_reader__notices_every_flipped_bit),
        TEST(segment_reader__survives_random_bytes_under_right_checksums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
