// SPDX-License-Identifier: GPL-2.0-or-later
/* Bringing an index up to date: what is read, kept, replaced and dropped. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "indexer/known.h"
#include "indexer/update.h"
#include "store/index.h"
#include "tests/temp_dir.h"

struct world {
    char *dir; /* holds in/ and r.duan */
    const char *in, *index;
    char faults[4096]; /* `name:line: what` of each, `; ` between */
    int stop_after;    /* calls of is_stopped; -1: never */
    struct field_pattern *pattern;
    struct update_counts counts;
    struct error err;
};

static int make_world(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    w->dir = temp_dir_make();
    w->in = temp_dir_path(w->dir, "in");
    w->index = temp_dir_path(w->dir, "r.duan");
    w->stop_after = -1;
    assert_int_equal(mkdir(w->in, 0755), 0);
    *state = w;
    return 0;
}

static int end_world(void **state)
{
    struct world *w = *state;
    temp_dir_remove(w->dir);
    free(w);
    return 0;
}

static void on_fault(void *arg, const char *path, uint32_t line, const char *what)
{
    struct world *w = arg;
    const char *slash = strrchr(path, '/');
    size_t n = strlen(w->faults);
    snprintf(w->faults + n, sizeof w->faults - n, "%s%s:%u: %s", n ? "; " : "",
        slash ? slash + 1 : path, line, what);
}

static bool is_stopped(void *arg)
{
    struct world *w = arg;
    return w->stop_after >= 0 && w->stop_after-- == 0;
}

static enum status update_paths(struct world *w, const char *const *paths, size_t n)
{
    struct update_options options = {.pattern = w->pattern,
        .memory_bytes = 64 << 20,
        .n_threads = 1,
        .listener = {.arg = w, .fault = on_fault, .is_stopped = is_stopped}};
    w->faults[0] = '\0';
    return update_run(w->index, paths, n, &options, &w->counts, &w->err);
}

/* Updates from the folder `in` and gives `added/changed/removed/unchanged/failed`. */
static const char *update(struct world *w)
{
    static char out[128];
    enum status status = update_paths(w, &w->in, 1);
    if (status != STATUS_OK)
        return w->err.message;
    snprintf(out, sizeof out, "%d/%d/%d/%d/%d", (int)w->counts.n_added, (int)w->counts.n_changed,
        (int)w->counts.n_removed, (int)w->counts.n_unchanged, (int)w->counts.n_failed);
    return out;
}

static void write_file(struct world *w, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "in/%s", name);
    temp_dir_write(temp_dir_path(w->dir, path), text, strlen(text));
}

static const char *in_path(struct world *w, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "in/%s", name);
    return temp_dir_path(w->dir, path);
}

/* Sets the time of change, so that tests need not wait for clocks. */
static void set_time(struct world *w, const char *name, long seconds)
{
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};
    assert_int_equal(utimensat(AT_FDCWD, in_path(w, name), times, 0), 0);
}

/* `name=first passage` of the live sources, sorted as stored. */
static const char *stored(struct world *w)
{
    static char out[4096];
    struct index *ix;
    struct index_cursor c;
    struct report report;
    uint32_t segment;
    bool has_more;
    size_t n = 0;
    out[0] = '\0';
    assert_int_equal(index_open(w->index, &ix, &w->err), STATUS_OK);
    index_cursor_init(&c, ix);
    while (index_next_report(&c, &report, &segment, &has_more, &w->err) == STATUS_OK && has_more) {
        struct stored_report of;
        struct stored_passage p;
        uint32_t docid = report.first_docid;
        assert_int_equal(index_report_of(ix, segment, docid, &of, &w->err), STATUS_OK);
        const char *slash = memrchr(of.source.path, '/', of.source.path_len);
        const char *name = slash ? slash + 1 : of.source.path;
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s", n ? " " : "",
            (int)(of.source.path + of.source.path_len - name), name);
        assert_int_equal(index_passage(ix, segment, docid, &p, &w->err), STATUS_OK);
        n += (size_t)snprintf(
            out + n, sizeof out - n, "=%.*s", (int)p.passage.text_len, p.passage.text);
    }
    index_cursor_release(&c);
    index_close(ix);
    return out;
}

/* `name=fields title date` of the live reports, sorted as stored. */
static const char *stored_fields(struct world *w)
{
    static char out[4096];
    struct index *ix;
    struct index_cursor c;
    struct report r;
    uint32_t segment;
    bool has_more;
    size_t n = 0;
    out[0] = '\0';
    assert_int_equal(index_open(w->index, &ix, &w->err), STATUS_OK);
    index_cursor_init(&c, ix);
    while (index_next_report(&c, &r, &segment, &has_more, &w->err) == STATUS_OK && has_more)
        n += (size_t)snprintf(out + n, sizeof out - n, "%s%.*s %.*s %u-%u-%u", n ? " | " : "",
            (int)r.title_len, r.title, (int)r.fields_len, r.fields, schema_date_year(r.date),
            schema_date_month(r.date), schema_date_day(r.date));
    index_cursor_release(&c);
    index_close(ix);
    return out;
}

static void update_run__gives_the_fields_of_a_table_and_follows_its_changes(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "云陵市工作报告\n2023年3月1日\n正文一段。");
    write_file(w, "b.txt", "南溪县工作报告\n正文一段。");
    write_file(w, "metadata.csv", "file,place,year\na.txt,云陵,2023\n");
    assert_string_equal(update(w), "2/0/0/0/0");
    assert_string_equal(stored_fields(w),
        "云陵市工作报告 {\"place\":\"云陵\",\"year\":\"2023\"} 2023-3-1 | 南溪县工作报告  0-0-0");
    assert_string_equal(update(w), "0/0/0/2/0");
    write_file(w, "metadata.csv",
        "file,place,year,title,date\na.txt,云陵,2024\nb.txt,南溪,,题,2022-05\nc.txt,x\n");
    assert_string_equal(update(w), "0/2/0/0/0");
    assert_string_equal(w->faults, "metadata.csv:4: no such file");
    assert_int_equal(w->counts.n_bad_lines, 1);
    assert_string_equal(stored_fields(w), "云陵市工作报告 {\"place\":\"云陵\",\"year\":\"2024\"} "
                                          "2024-0-0 | 题 {\"place\":\"南溪\"} 2022-5-0");
    unlink(in_path(w, "metadata.csv"));
    assert_string_equal(update(w), "0/2/0/0/0");
    assert_string_equal(stored_fields(w), "云陵市工作报告  2023-3-1 | 南溪县工作报告  0-0-0");
}

static void update_run__takes_the_nearest_table_that_names_the_file(void **state)
{
    struct world *w = *state;
    assert_int_equal(mkdir(in_path(w, "s"), 0755), 0);
    write_file(w, "s/a.txt", "甲甲甲甲甲\n");
    write_file(w, "s/b.txt", "乙乙乙乙乙\n");
    write_file(w, "metadata.csv", "file,n\ns/a.txt,1\ns/b.txt,2\n");
    write_file(w, "s/metadata.csv", "file,n\na.txt,3\n");
    write_file(w, "z.txt", "丙丙丙丙丙\n");
    assert_string_equal(update(w), "3/0/0/0/0");
    assert_string_equal(stored_fields(w),
        "甲甲甲甲甲 {\"n\":\"3\"} 0-0-0 | 乙乙乙乙乙 {\"n\":\"2\"} 0-0-0 | 丙丙丙丙丙  0-0-0");
}

static void update_run__gives_the_fields_of_a_pattern_below_those_of_a_record(void **state)
{
    struct world *w = *state;
    write_file(
        w, "2023云陵.jsonl", "{\"id\":\"1\",\"text\":\"甲乙丙丁戊\",\"place\":\"南溪\",\"n\":1}\n");
    assert_int_equal(
        field_pattern_open("(?<year>\\d{4})(?<place>..)\\.", &w->pattern, &w->err), STATUS_OK);
    assert_string_equal(update(w), "1/0/0/0/0");
    assert_string_equal(
        stored_fields(w), "甲乙丙丁戊 {\"year\":\"2023\",\"place\":\"南溪\",\"n\":1} 2023-0-0");
    write_file(w, "x.txt", "甲。");
    assert_string_equal(update(w), "1/0/0/1/0");
    assert_int_equal(w->counts.n_unfit, 1);
    field_pattern_close(w->pattern);
    w->pattern = NULL;
    assert_string_equal(update(w), "0/1/0/1/0");
}

static void update_run__adds_then_leaves_alone(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    write_file(w, "b.txt", "乙。");
    assert_string_equal(update(w), "2/0/0/0/0");
    assert_string_equal(stored(w), "a.txt=甲。 b.txt=乙。");
    size_t n_before, n_after;
    char *before = temp_dir_read(temp_dir_path(w->dir, "r.duan/manifest"), &n_before);
    assert_string_equal(update(w), "0/0/0/2/0");
    assert_int_equal(w->counts.n_bytes_read, 0);
    char *after = temp_dir_read(temp_dir_path(w->dir, "r.duan/manifest"), &n_after);
    assert_int_equal(n_before, n_after);
    assert_memory_equal(before, after, n_before);
    free(before);
    free(after);
}

static void update_run__replaces_what_changed_and_drops_what_vanished(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    write_file(w, "b.txt", "乙。");
    write_file(w, "c.txt", "丙。");
    assert_string_equal(update(w), "3/0/0/0/0");
    write_file(w, "b.txt", "乙二。");
    unlink(in_path(w, "c.txt"));
    write_file(w, "d.txt", "丁。");
    assert_string_equal(update(w), "1/1/1/1/0");
    assert_string_equal(stored(w), "a.txt=甲。 b.txt=乙二。 d.txt=丁。");
}

static void update_run__compares_bytes_where_only_the_time_changed(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    set_time(w, "a.txt", 1000);
    assert_string_equal(update(w), "1/0/0/0/0");
    set_time(w, "a.txt", 2000);
    assert_string_equal(update(w), "0/0/0/1/0");
    write_file(w, "a.txt", "乙。");
    set_time(w, "a.txt", 3000);
    assert_string_equal(update(w), "0/1/0/0/0");
    assert_string_equal(stored(w), "a.txt=乙。");
    set_time(w, "a.txt", 12000000000); /* in 2350: more nanoseconds than there are numbers */
    write_file(w, "b.txt", "丙。");
    set_time(w, "b.txt", 12000000000);
    assert_string_equal(update(w), "1/0/0/1/0");
    assert_string_equal(update(w), "0/0/0/2/0");
}

static void update_run__takes_a_file_reached_twice_once(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    const char *paths[] = {w->in, in_path(w, "a.txt"), w->in};
    assert_int_equal(update_paths(w, paths, 3), STATUS_OK);
    assert_int_equal(w->counts.n_added, 1);
    assert_int_equal(w->counts.n_failed, 0);
}

static void update_run__keeps_the_old_version_of_what_failed(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    write_file(w, "b.txt", "乙。");
    assert_string_equal(update(w), "2/0/0/0/0");
    temp_dir_write(in_path(w, "a.txt"), "\0\0\0\0\0\0\0\0\0\0", 10);
    assert_string_equal(update(w), "0/0/0/1/1");
    assert_string_equal(w->faults, "a.txt:0: not text: NUL bytes or control characters");
    assert_string_equal(stored(w), "a.txt=甲。 b.txt=乙。");
}

static void update_run__drops_nothing_for_a_missing_root(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    assert_string_equal(update(w), "1/0/0/0/0");
    const char *other = temp_dir_path(w->dir, "gone");
    assert_int_equal(rename(w->in, other), 0);
    assert_string_equal(update(w), "0/0/0/0/1");
    assert_string_equal(w->faults, "in:0: No such file or directory");
    assert_string_equal(stored(w), "a.txt=甲。");
}

static void update_run__says_that_a_folder_is_empty(void **state)
{
    struct world *w = *state;
    assert_string_equal(update(w), "0/0/0/0/0");
    assert_string_equal(w->faults, "in:0: no file in this folder: nothing is removed of it");
    assert_true(w->counts.has_faults);
}

static void update_run__skips_known_binaries_but_not_one_that_was_named(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    temp_dir_write(in_path(w, "p.png"), "\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16);
    assert_string_equal(update(w), "1/0/0/0/0");
    assert_int_equal(w->counts.n_kinds, 1);
    assert_int_equal(w->counts.binaries[0].n, 1);
    assert_string_equal(w->faults, "");
    const char *path = in_path(w, "p.png");
    assert_int_equal(update_paths(w, &path, 1), STATUS_OK);
    assert_int_equal(w->counts.n_failed, 1);
    assert_string_equal(stored(w), "a.txt=甲。");
}

static void update_run__reports_bad_lines_and_keeps_the_good_ones(void **state)
{
    struct world *w = *state;
    write_file(w, "a.tsv", "x1\t甲。\n坏\nx2\t乙。\n");
    assert_string_equal(update(w), "1/0/0/0/0");
    assert_string_equal(w->faults, "a.tsv:2: no 'id<TAB>text'");
    assert_int_equal(w->counts.n_bad_lines, 1);
    assert_int_equal(w->counts.n_reports, 2);
    assert_string_equal(stored(w), "a.tsv=甲。 a.tsv=乙。");
}

static void update_run__remembers_an_empty_file(void **state)
{
    struct world *w = *state;
    write_file(w, "empty.txt", "");
    write_file(w, "a.txt", "甲。");
    assert_string_equal(update(w), "2/0/0/0/0");
    assert_string_equal(update(w), "0/0/0/2/0");
    assert_string_equal(stored(w), "a.txt=甲。");
}

static void update_run__keeps_what_is_complete_when_interrupted(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    write_file(w, "b.txt", "乙。");
    assert_string_equal(update(w), "2/0/0/0/0");
    unlink(in_path(w, "a.txt"));
    write_file(w, "c.txt", "丙。");
    write_file(w, "d.txt", "丁。");
    /* asked before and at b, before and at c, and once while c is read */
    w->stop_after = 5;
    update(w);
    assert_true(w->counts.is_interrupted);
    assert_int_equal(w->counts.n_removed, 0);
    assert_string_equal(stored(w), "a.txt=甲。 b.txt=乙。 c.txt=丙。");
    w->stop_after = -1;
    assert_string_equal(update(w), "1/0/1/2/0");
    /* the segment of a and b, half dead, was written again, and stands last */
    assert_string_equal(stored(w), "c.txt=丙。 d.txt=丁。 b.txt=乙。");
}

static size_t n_segments(struct world *w)
{
    struct index *ix;
    assert_int_equal(index_open(w->index, &ix, &w->err), STATUS_OK);
    size_t n = index_manifest(ix)->n_segments;
    index_close(ix);
    return n;
}

static void update_run__merges_when_segments_grow_many(void **state)
{
    struct world *w = *state;
    for (int i = 1; i <= 9; i++) {
        char name[16];
        snprintf(name, sizeof name, "%d.txt", i);
        write_file(w, name, "甲乙丙丁。");
        assert_int_equal(w->counts.merged.n_merged, 0);
        update(w);
    }
    assert_int_equal(w->counts.merged.n_merged, 9);
    assert_int_equal(n_segments(w), 1);
    assert_string_equal(update(w), "0/0/0/9/0");
    assert_int_equal(w->counts.merged.n_merged, 0);
}

static void update_run__merges_nothing_when_interrupted(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    write_file(w, "b.txt", "乙。");
    update(w);
    unlink(in_path(w, "a.txt"));
    write_file(w, "b.txt", "甲乙丙丁戊己。");
    write_file(w, "c.txt", "丙。");
    w->stop_after = 5;
    update(w);
    assert_true(w->counts.is_interrupted);
    assert_int_equal(w->counts.merged.n_merged, 0);
}

static void update_run__abandons_the_file_it_is_in(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    w->stop_after = 2; /* before the file, at it, then while it is read */
    update(w);
    assert_true(w->counts.is_interrupted);
    assert_int_equal(w->counts.n_added, 0);
    assert_string_equal(update(w), "1/0/0/0/0");
    assert_string_equal(stored(w), "a.txt=甲。");
}

static void update_run__reads_again_what_is_asked_for_in_another_format(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "x1\t甲。\n");
    assert_string_equal(update(w), "1/0/0/0/0");
    struct update_options options = {.memory_bytes = 64 << 20,
        .n_threads = 1,
        .format = FORMAT_TSV,
        .listener = {.arg = w, .fault = on_fault, .is_stopped = is_stopped}};
    assert_int_equal(update_run(w->index, &w->in, 1, &options, &w->counts, &w->err), STATUS_OK);
    assert_int_equal(w->counts.n_changed, 1);
    assert_string_equal(stored(w), "a.txt=甲。");
}

static void update_run__keeps_the_index_out_of_itself(void **state)
{
    struct world *w = *state;
    write_file(w, "a.txt", "甲。");
    w->index = in_path(w, "r.duan");
    assert_string_equal(update(w), "1/0/0/0/0");
    assert_string_equal(update(w), "0/0/0/1/0");
}

static void known_find__finds_each_of_many(void **state)
{
    (void)state;
    struct known k;
    char path[32];
    known_init(&k);
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(path, sizeof path, "/in/%d", i);
        struct known_source *s = known_add(&k, path, (size_t)n);
        assert_non_null(s);
        s->size = (uint64_t)i;
    }
    for (int i = 0; i < 5000; i++) {
        int n = snprintf(path, sizeof path, "/in/%d", i);
        assert_int_equal(known_find(&k, path, (size_t)n)->size, i);
    }
    assert_null(known_find(&k, "/in/x", 5));
    assert_int_equal(k.n, 5000);
    known_release(&k);
}

#define WORLD_TEST(f) cmocka_unit_test_setup_teardown(f, make_world, end_world)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WORLD_TEST(update_run__adds_then_leaves_alone),
        WORLD_TEST(update_run__gives_the_fields_of_a_table_and_follows_its_changes),
        WORLD_TEST(update_run__takes_the_nearest_table_that_names_the_file),
        WORLD_TEST(update_run__gives_the_fields_of_a_pattern_below_those_of_a_record),
        WORLD_TEST(update_run__replaces_what_changed_and_drops_what_vanished),
        WORLD_TEST(update_run__compares_bytes_where_only_the_time_changed),
        WORLD_TEST(update_run__takes_a_file_reached_twice_once),
        WORLD_TEST(update_run__keeps_the_old_version_of_what_failed),
        WORLD_TEST(update_run__drops_nothing_for_a_missing_root),
        WORLD_TEST(update_run__says_that_a_folder_is_empty),
        WORLD_TEST(update_run__skips_known_binaries_but_not_one_that_was_named),
        WORLD_TEST(update_run__reports_bad_lines_and_keeps_the_good_ones),
        WORLD_TEST(update_run__remembers_an_empty_file),
        WORLD_TEST(update_run__keeps_what_is_complete_when_interrupted),
        WORLD_TEST(update_run__merges_when_segments_grow_many),
        WORLD_TEST(update_run__merges_nothing_when_interrupted),
        WORLD_TEST(update_run__abandons_the_file_it_is_in),
        WORLD_TEST(update_run__reads_again_what_is_asked_for_in_another_format),
        WORLD_TEST(update_run__keeps_the_index_out_of_itself),
        cmocka_unit_test(known_find__finds_each_of_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
