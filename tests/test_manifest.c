// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/hash.h"
#include "store/manifest.h"
#include "store/manifest_text.h"
#include "tests/same_stats.h"
#include "tests/temp_dir.h"

static char *dir;
static struct error err;
static struct manifest m, again;

static int set_up(void **state)
{
    (void)state;
    dir = temp_dir_make();
    manifest_init(&m);
    manifest_init(&again);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    manifest_release(&m);
    manifest_release(&again);
    temp_dir_remove(dir);
    return 0;
}

static void add_segment(const char *name, uint32_t n_sources)
{
    struct manifest_segment s = {
        .stats = {n_sources, 20, 300, 4000, (uint64_t)1 << 40, 1, 2, 3, 17},
        .files = {{"postlist.glass", 8192, UINT64_MAX}, {"docdata.glass", 0, 0}},
        .n_files = 2,
    };
    strcpy(s.name, name);
    assert_int_equal(manifest_add_segment(&m, &s, &err), STATUS_OK);
}

static void add_dead(uint32_t number, uint32_t n_passages)
{
    const struct source source = {.number = number, .n_reports = 1, .n_passages = n_passages};
    assert_int_equal(manifest_add_dead(&m, 0, &source, &err), STATUS_OK);
}

/* Two segments, dead sources, failures: something of everything. */
static void fill(void)
{
    m.next_source = 40;
    m.next_report = UINT32_MAX;
    m.next_segment = 8;
    m.generation = 12;
    add_segment("seg-000003", 30);
    add_segment("seg-000007", 2);
    add_dead(9, 5);
    add_dead(3, 7);
    add_dead(30, 1);
    assert_int_equal(manifest_add_failure(&m, "/a/\xff.txt: permission denied", &err), STATUS_OK);
}

static void assert_same_segment(const struct manifest_segment *a, const struct manifest_segment *b)
{
    assert_string_equal(a->name, b->name);
    assert_same_stats(&a->stats, &b->stats);
    assert_int_equal(a->n_dead, b->n_dead);
    if (a->n_dead)
        assert_memory_equal(a->dead, b->dead, a->n_dead * sizeof *a->dead);
    assert_true(a->n_dead_passages == b->n_dead_passages);
    assert_true(a->n_dead_reports == b->n_dead_reports);
    assert_int_equal(a->n_files, b->n_files);
    for (size_t i = 0; i < a->n_files; i++) {
        assert_string_equal(a->files[i].name, b->files[i].name);
        assert_true(a->files[i].size == b->files[i].size && a->files[i].hash == b->files[i].hash);
    }
}

static void manifest_read__gives_back_what_was_written(void **state)
{
    (void)state;
    fill();
    assert_int_equal(manifest_write(dir, &m, &err), STATUS_OK);
    assert_int_equal(manifest_read(dir, &again, &err), STATUS_OK);
    assert_int_equal(again.format, MANIFEST_FORMAT);
    assert_int_equal(again.next_source, 40);
    assert_true(again.next_report == UINT32_MAX && again.next_segment == 8);
    assert_true(again.generation == 12);
    assert_int_equal(again.n_segments, 2);
    for (size_t i = 0; i < 2; i++)
        assert_same_segment(&m.segments[i], &again.segments[i]);
    assert_int_equal(again.n_failures, 1);
    assert_string_equal(again.failures[0], "/a/\uFFFD.txt: permission denied");
    assert_true(again.n_failures_all == 1);
}

static void manifest_read__of_a_new_index_is_empty(void **state)
{
    (void)state;
    assert_int_equal(manifest_write(dir, &m, &err), STATUS_OK);
    assert_int_equal(manifest_read(dir, &again, &err), STATUS_OK);
    assert_int_equal(again.n_segments, 0);
}

static void manifest_add_dead__keeps_them_sorted_and_counts_each_once(void **state)
{
    (void)state;
    fill();
    add_dead(9, 5);
    const struct manifest_segment *s = &m.segments[0];
    assert_int_equal(s->n_dead, 3);
    assert_true(s->dead[0] == 3 && s->dead[1] == 9 && s->dead[2] == 30);
    assert_int_equal(s->n_dead_passages, 13);
    assert_int_equal(s->n_dead_reports, 3);
    assert_true(manifest_is_dead(s, 9));
    assert_false(manifest_is_dead(s, 10));
    assert_false(manifest_is_dead(s, 31));
    assert_false(manifest_is_dead(&m.segments[1], 1));
}

static void manifest_add_failure__counts_all_and_keeps_a_hundred(void **state)
{
    (void)state;
    char line[MANIFEST_FAILURE_BYTES_MAX * 2];
    for (size_t i = 0; i < sizeof line - 1; i++)
        line[i] = "\xe6\xae\xb5"[i % 3];
    line[sizeof line - 1] = '\0';
    for (int i = 0; i < 150; i++)
        assert_int_equal(manifest_add_failure(&m, line, &err), STATUS_OK);
    assert_int_equal(m.n_failures, MANIFEST_FAILURES_MAX);
    assert_true(m.n_failures_all == 150);
    assert_int_equal(strlen(m.failures[99]), MANIFEST_FAILURE_BYTES_MAX / 3 * 3);
}

static void manifest_add_segment__stops_at_the_maximum(void **state)
{
    (void)state;
    struct manifest_segment s = {.name = "seg-000001"};
    for (int i = 0; i < MANIFEST_SEGMENTS_MAX; i++)
        assert_int_equal(manifest_add_segment(&m, &s, &err), STATUS_OK);
    assert_int_equal(manifest_add_segment(&m, &s, &err), STATUS_BAD_INPUT);
}

static void manifest_remove_segment__leaves_the_others(void **state)
{
    (void)state;
    fill();
    manifest_remove_segment(&m, 0);
    assert_int_equal(m.n_segments, 1);
    assert_string_equal(m.segments[0].name, "seg-000007");
}

static void manifest_write__refuses_what_could_not_be_read(void **state)
{
    (void)state;
    fill();
    assert_int_equal(manifest_write(dir, &m, &err), STATUS_OK);
    m.next_segment = 7; /* seg-000007 is there */
    assert_int_equal(manifest_write(dir, &m, &err), STATUS_INTERNAL);
    assert_int_equal(manifest_read(dir, &again, &err), STATUS_OK);
}

/* ---- damaged, foreign, newer ---- */

static void manifest_decode__notices_each_flipped_byte(void **state)
{
    (void)state;
    struct buf text;
    buf_init(&text, MANIFEST_BYTES_MAX);
    fill();
    assert_int_equal(manifest_encode(&m, &text, &err), STATUS_OK);
    for (size_t i = 0; i < text.len * 8; i++) {
        text.data[i / 8] ^= (char)(1 << i % 8);
        enum status s = manifest_decode(text.data, text.len, &again, &err);
        assert_true(s == STATUS_CORRUPT || s == STATUS_FOREIGN);
        assert_int_equal(again.n_segments, 0);
        text.data[i / 8] ^= (char)(1 << i % 8);
    }
    for (size_t n = 0; n < text.len; n++)
        assert_int_equal(manifest_decode(text.data, n, &again, &err), STATUS_CORRUPT);
    assert_int_equal(manifest_decode(text.data, text.len, &again, &err), STATUS_OK);
    buf_release(&text);
}

/* Decodes a line under a checksum that fits. */
static enum status decode_line(const char *line)
{
    struct buf text;
    buf_init(&text, MANIFEST_BYTES_MAX);
    assert_true(buf_append_str(&text, line));
    assert_true(buf_printf(&text, "\n%016" PRIx64 "\n", hash_bytes(line, strlen(line))));
    enum status s = manifest_decode(text.data, text.len, &again, &err);
    buf_release(&text);
    return s;
}

/* The whole manifest as one line, with the first `from` in it replaced. */
static enum status decode_changed(const char *from, const char *to)
{
    struct buf text, changed;
    buf_init(&text, MANIFEST_BYTES_MAX);
    buf_init(&changed, MANIFEST_BYTES_MAX);
    assert_int_equal(manifest_encode(&m, &text, &err), STATUS_OK);
    *strchr(buf_terminate(&text), '\n') = '\0';
    char *at = strstr(text.data, from);
    assert_non_null(at);
    assert_true(buf_append(&changed, text.data, (size_t)(at - text.data)) &&
                buf_append_str(&changed, to) && buf_append_str(&changed, at + strlen(from)));
    enum status s = decode_line(buf_terminate(&changed));
    buf_release(&text);
    buf_release(&changed);
    return s;
}

static void manifest_decode__believes_no_claim(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } claims[] = {
        {"\"next_source\":40", "\"next_source\":0"},
        {"\"next_source\":40", "\"next_source\":-1"},
        {"\"next_source\":40", "\"next_source\":4294967296"},
        {"\"next_source\":40", "\"next_source\":4.5"},
        {"\"next_source\":40", "\"next_source\":99999999999999999999"},
        {"\"next_source\":40,", ""},
        {"\"next_source\":40", "\"next_source\":40,\"next_source\":40"},
        {"seg-000003", "../../etc"},
        {"seg-000003", "seg-3"},
        {"seg-000003", "seg-000003/"},
        {"seg-000003", "seg-000000"},
        {"seg-000003", "seg-000007"},
        {"seg-000007", "seg-000008"},
        {"seg-000003", "seg-00000000000000000000000000000000000003"},
        {"postlist.glass", "../postlist"},
        {"postlist.glass", ".."},
        {"postlist.glass", ""},
        {"postlist.glass", "a-name-as-long-as-no-file-of-ours-ever-is"},
        {"ffffffffffffffff", "fffffffffffffff"},
        {"ffffffffffffffff", "fffffffffffffffg"},
        {"[3,9,30]", "[3,9,9]"},
        {"[3,9,30]", "[9,3,30]"},
        {"[3,9,30]", "[0]"},
        {"[3,9,30]", "[4294967296]"},
        {"[3,9,30]", "[\"3\"]"},
        {"[3,9,30]", "{}"},
        {"[3,9,30]", "null"},
        {"\"sources\":30", "\"sources\":2"}, /* fewer than are dead */
        {"\"dead_passages\":13", "\"dead_passages\":301"},
        {"\"dead_reports\":3", "\"dead_reports\":21"},
        {"\"tokens\":4000", "\"tokens\":9223372036854775807"},
        {"\"all_failures\":1", "\"all_failures\":0"},
        {"\"failures\":[", "\"failures\":[1,"},
        {"\"segments\":[", "\"segments\":[[],"},
        {"\"segments\":[", "\"segments\":["
                           "null,"},
        {"\"format\":1", "\"format\":\"1\""},
        {"}", ""},
    };
    fill();
    assert_int_equal(decode_changed("\"generation\":12", "\"generation\":13"), STATUS_OK);
    manifest_release(&again);
    for (size_t i = 0; i < sizeof claims / sizeof *claims; i++)
        if (decode_changed(claims[i].from, claims[i].to) != STATUS_CORRUPT)
            fail_msg("%s -> %s: %d %s", claims[i].from, claims[i].to, err.status, err.message);
}

static void manifest_decode__survives_deep_nesting(void **state)
{
    (void)state;
    struct buf line;
    buf_init(&line, 1 << 20);
    buf_append_str(&line, "{\"duan\":\"manifest\",\"format\":");
    for (int i = 0; i < 100000; i++)
        buf_append_byte(&line, '[');
    assert_int_equal(decode_line(buf_terminate(&line)), STATUS_CORRUPT);
    buf_release(&line);
}

static void manifest_read__names_another_format_and_analyzer(void **state)
{
    (void)state;
    fill();
    assert_int_equal(decode_changed("\"format\":1", "\"format\":2"), STATUS_NEWER);
    assert_non_null(strstr(err.message, "format 2"));
    assert_int_equal(decode_changed("\"analyzer\":", "\"analyzer\":9"), STATUS_NEWER);
    assert_non_null(strstr(err.message, "analyzer 9"));
    /* To index into it again is refused as well. */
    assert_non_null(strstr(err.message, "remove the index and index again"));
    m.format = 2;
    struct buf text;
    buf_init(&text, MANIFEST_BYTES_MAX);
    assert_int_equal(manifest_encode(&m, &text, &err), STATUS_OK);
    temp_dir_write(temp_dir_path(dir, "manifest"), text.data, text.len);
    buf_release(&text);
    assert_int_equal(manifest_read(dir, &again, &err), STATUS_NEWER);
    assert_non_null(strstr(err.message, dir));
}

static void assert_read(const char *text, enum status expected, const char *part)
{
    temp_dir_write(temp_dir_path(dir, "manifest"), text, strlen(text));
    assert_int_equal(manifest_read(dir, &again, &err), expected);
    assert_non_null(strstr(err.message, dir));
    assert_non_null(strstr(err.message, part));
}

static void manifest_read__tells_what_is_not_ours_from_what_is_damaged(void **state)
{
    (void)state;
    assert_read("{\"name\":\"my-app\"}\n", STATUS_FOREIGN, "no index of duan's");
    assert_read("Manifest-Version: 1.0\n", STATUS_FOREIGN, "no index of duan's");
    assert_read("", STATUS_CORRUPT, "empty");
    assert_read("{\"duan\":\"manifest\",\"format\":1}\n", STATUS_CORRUPT, "checksum");
}

static void manifest_read__says_how_to_make_a_missing_one(void **state)
{
    (void)state;
    const char *none = temp_dir_path(dir, "none");
    assert_int_equal(manifest_read(dir, &again, &err), STATUS_MISSING);
    assert_int_equal(manifest_read(none, &again, &err), STATUS_MISSING);
    assert_non_null(strstr(err.message, "duan index -i"));
    temp_dir_write(temp_dir_path(dir, "lock"), "", 0);
    assert_int_equal(mkdir(temp_dir_path(dir, "tmp-000001"), 0777), 0);
    assert_int_equal(manifest_read(dir, &again, &err), STATUS_MISSING);
    assert_non_null(strstr(err.message, "duan index -i"));
}

static void manifest_read__sends_nobody_to_index_into_what_is_not_ours(void **state)
{
    (void)state;
    const char *file = temp_dir_path(dir, "thesis.txt");
    temp_dir_write(file, "a file", 6);
    assert_int_equal(manifest_read(file, &again, &err), STATUS_FOREIGN);
    assert_int_equal(manifest_read(dir, &again, &err), STATUS_FOREIGN);
    assert_non_null(strstr(err.message, dir));
    assert_non_null(strstr(err.message, "is no index of duan's"));
    assert_int_equal(mkdir(temp_dir_path(dir, "manifest"), 0777), 0);
    assert_int_equal(manifest_read(dir, &again, &err), STATUS_FOREIGN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(manifest_read__gives_back_what_was_written),
        TEST(manifest_read__of_a_new_index_is_empty),
        TEST(manifest_add_dead__keeps_them_sorted_and_counts_each_once),
        TEST(manifest_add_failure__counts_all_and_keeps_a_hundred),
        TEST(manifest_add_segment__stops_at_the_maximum),
        TEST(manifest_remove_segment__leaves_the_others),
        TEST(manifest_write__refuses_what_could_not_be_read),
        TEST(manifest_decode__notices_each_flipped_byte),
        TEST(manifest_decode__believes_no_claim),
        TEST(manifest_decode__survives_deep_nesting),
        TEST(manifest_read__names_another_format_and_analyzer),
        TEST(manifest_read__tells_what_is_not_ours_from_what_is_damaged),
        TEST(manifest_read__says_how_to_make_a_missing_one),
        TEST(manifest_read__sends_nobody_to_index_into_what_is_not_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
