// SPDX-License-Identifier: GPL-2.0-or-later
/* An index is built, one thing in it is changed, and the findings name it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/check.h"
#include "store/index_writer.h"
#include "tests/temp_dir.h"

static char *dir;
static const char *place;
static struct error err;
static struct buf findings;
static struct check_result result;

#define OK(call)                                                                                   \
    do {                                                                                           \
        if ((call) != STATUS_OK)                                                                   \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

static void add(struct index_writer *w, const char *name, uint32_t n_passages)
{
    struct source s = {.path = name, .path_len = strlen(name)};
    OK(index_writer_begin_source(w, &s, &err));
    struct report r = {.title = name, .title_len = strlen(name)};
    OK(index_writer_begin_report(w, &r, &err));
    for (uint32_t i = 1; i <= n_passages; i++) {
        const struct passage p = {
            .text = "营商环境持续优化\n", .text_len = 25, .number = i, .line = i};
        OK(index_writer_add_passage(w, &p, &err));
    }
    s.n_replaced = 3;
    OK(index_writer_end_source(w, &s, &err));
}

/* Two segments, a dropped source, an empty one; enough passages for several blocks. */
static int set_up(void **state)
{
    (void)state;
    static const struct builder_options options = {BUILDER_AUTO, 32 << 20, 1};
    struct index_writer *w = NULL;
    dir = temp_dir_make();
    place = temp_dir_path(dir, "ix");
    buf_init(&findings, 1 << 16);
    OK(index_writer_open(place, &options, &w, &err));
    add(w, "/a", 3000);
    add(w, "/empty", 0);
    add(w, "/b", 2000);
    OK(index_writer_commit(w, &err));
    index_writer_close(w);
    OK(index_writer_open(place, &options, &w, &err));
    OK(index_writer_drop_source(w, 0, &(struct source){.number = 1}, &err));
    add(w, "/c", 1);
    OK(index_writer_commit(w, &err));
    index_writer_close(w);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_release(&findings);
    temp_dir_remove(dir);
    return 0;
}

static const char *in(const char *name)
{
    return temp_dir_path(place, name);
}

static const char *check(void)
{
    buf_clear(&findings);
    OK(index_check(place, &findings, &result, &err));
    return buf_terminate(&findings);
}

static void assert_finding(const char *part)
{
    const char *lines = check();
    assert_int_equal(result.n_findings, 1);
    if (!strstr(lines, part) || !strstr(lines, "index again\n"))
        fail_msg("'%s' without '%s'", lines, part);
}

/* Flips a bit in the middle. */
static void damage(const char *path)
{
    size_t n;
    char *bytes = temp_dir_read(path, &n);
    bytes[n / 2] ^= 4;
    temp_dir_write(path, bytes, n);
    free(bytes);
}

static void index_check__of_a_whole_index_finds_nothing(void **state)
{
    (void)state;
    assert_string_equal(check(), "");
    assert_int_equal(result.n_findings, 0);
}

static void index_check__names_each_file_with_a_flipped_bit(void **state)
{
    (void)state;
    static const char *const files[] = {"seg-000001/postlist.glass", "seg-000001/docdata.glass",
        "seg-000001/iamglass", "seg-000002/postlist.glass"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        damage(in(files[i]));
        assert_finding(files[i]);
        damage(in(files[i])); /* and back */
    }
    check();
    assert_int_equal(result.n_findings, 0);
}

static void index_check__names_all_damaged_files(void **state)
{
    (void)state;
    damage(in("seg-000001/postlist.glass"));
    assert_int_equal(truncate(in("seg-000001/docdata.glass"), 10), 0);
    assert_int_equal(unlink(in("seg-000002/postlist.glass")), 0);
    const char *lines = check();
    assert_int_equal(result.n_findings, 3);
    assert_non_null(strstr(lines, "seg-000001/postlist.glass' has changed since it was written"));
    assert_non_null(strstr(lines, "seg-000001/docdata.glass' has 10 bytes instead of"));
    assert_non_null(strstr(lines, "seg-000002/postlist.glass'"));
}

/* Where nothing may be written, be it by the rights of files, the rest is checked. Root may write everywhere: as nobody then. */
static void index_check__of_files_that_may_only_be_read_goes_without_xapian(void **state)
{
    (void)state;
    static const char *const paths[] = {".", "manifest", "seg-000001", "seg-000001/postlist.glass",
        "seg-000001/docdata.glass", "seg-000001/iamglass", "seg-000002",
        "seg-000002/postlist.glass", "seg-000002/docdata.glass", "seg-000002/iamglass"};
    check();
    assert_false(result.is_without_xapian);
    damage(in("seg-000002/docdata.glass"));
    assert_int_equal(chmod(dir, 0755), 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_int_equal(chmod(in(paths[i]), strchr(paths[i], '.') && i ? 0444 : 0555), 0);
    const bool is_root = geteuid() == 0;
    assert_true(!is_root || seteuid(65534) == 0);
    assert_finding("seg-000002/docdata.glass");
    assert_true(!is_root || seteuid(0) == 0);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        assert_int_equal(chmod(in(paths[i]), 0755), 0);
    damage(in("seg-000002/docdata.glass"));
    assert_int_equal(chmod(in("seg-000001/docdata.glass"), 0444), 0);
    assert_true(!is_root || seteuid(65534) == 0);
    assert_string_equal(check(), "");
    assert_true(result.is_without_xapian);
    assert_true(!is_root || seteuid(0) == 0);
}

static void index_check__finds_a_damaged_manifest(void **state)
{
    (void)state;
    damage(in("manifest"));
    assert_finding("manifest");
}

static void index_check__without_an_index_cannot_check(void **state)
{
    (void)state;
    assert_int_equal(index_check(in("none"), &findings, &result, &err), STATUS_MISSING);
    assert_int_equal(mkdir(in("other"), 0777), 0);
    temp_dir_write(in("other/manifest"), "{}", 2);
    assert_int_equal(index_check(in("other"), &findings, &result, &err), STATUS_FOREIGN);
}

static void index_check__finds_that_the_manifest_is_lost(void **state)
{
    (void)state;
    temp_dir_write(in("manifest"), "{}", 2);
    assert_finding("the manifest of index");
    assert_int_equal(unlink(in("manifest")), 0);
    assert_finding("is missing: restore it");
}

/* ---- a manifest that says something else than the segments hold; its checksum and their hashes
 * are right ---- */

static void change(void (*how)(struct manifest *m))
{
    struct manifest m;
    OK(manifest_read(place, &m, &err));
    how(&m);
    OK(manifest_write(place, &m, &err));
    manifest_release(&m);
}

static void add_unknown_dead(struct manifest *m)
{
    OK(manifest_add_dead(m, 1, &(struct source){.number = 2}, &err));
    m->segments[1].stats.n_sources = 2; /* else the manifest is refused */
}

static void count_dead_wrong(struct manifest *m)
{
    m->segments[0].n_dead_passages--;
}

static void reuse_sources(struct manifest *m)
{
    m->next_source = 3;
}

static void reuse_reports(struct manifest *m)
{
    m->next_report = 2;
}

static void swap_dead(struct manifest *m)
{
    m->segments[0].dead[0] = 4; /* of the other segment */
}

static void index_check__compares_manifest_and_segments(void **state)
{
    (void)state;
    static const struct {
        void (*how)(struct manifest *m);
        const char *part;
    } changes[] = {
        {add_unknown_dead, "seg-000002' of index"},
        {count_dead_wrong, "dropped sources"},
        {swap_dead, "dropped sources"},
        {reuse_sources, "numbers of sources do not rise"},
        {reuse_reports, "numbers of reports do not rise"},
    };
    size_t n;
    char *original = temp_dir_read(in("manifest"), &n);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        change(changes[i].how);
        const char *lines = check();
        assert_true(result.n_findings > 0);
        if (!strstr(lines, changes[i].part))
            fail_msg("'%s' without '%s'", lines, changes[i].part);
        temp_dir_write(in("manifest"), original, n);
    }
    free(original);
    check();
    assert_int_equal(result.n_findings, 0);
}

static void index_check__counts_what_does_not_fit(void **state)
{
    (void)state;
    buf_release(&findings);
    buf_init(&findings, 250);
    damage(in("seg-000001/postlist.glass"));
    damage(in("seg-000001/docdata.glass"));
    damage(in("seg-000002/postlist.glass"));
    check();
    assert_int_equal(result.n_findings, 3);
    assert_true(findings.len < 250);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(index_check__of_a_whole_index_finds_nothing),
        TEST(index_check__names_each_file_with_a_flipped_bit),
        TEST(index_check__names_all_damaged_files),
        TEST(index_check__of_files_that_may_only_be_read_goes_without_xapian),
        TEST(index_check__finds_a_damaged_manifest),
        TEST(index_check__without_an_index_cannot_check),
        TEST(index_check__finds_that_the_manifest_is_lost),
        TEST(index_check__compares_manifest_and_segments),
        TEST(index_check__counts_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
