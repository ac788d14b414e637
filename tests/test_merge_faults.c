// SPDX-License-Identifier: GPL-2.0-or-later
/* Merging: whatever happens in between, the index is whole and holds what it did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/file.h"
#include "tests/temp_dir.h"
#include "tests/world.h"

/* Two segments of about a megabyte together. */
static void build_large(void)
{
    struct invented sources[8];
    world_run(sources, 4, 3, 1500);
    world_run(sources + 4, 4, 33, 1500);
}

static void merge__waits_for_no_other_writer(void **state)
{
    (void)state;
    struct invented sources[4];
    const struct merge_options options = world_merge_options(true);
    struct merge_counts counts;
    world_run(sources, 2, 1, 20);
    world_run(sources + 2, 2, 11, 20);
    struct index_writer *w = world_open_writer();
    assert_int_equal(merge_run(world.place, &options, &counts, &world.err), STATUS_LOCKED);
    index_writer_close(w);
    assert_int_equal(world_merge(true).n_merged, 2);
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
    struct merge_options options = world_merge_options(true);
    options.listener = (struct merge_listener){.arg = &n_asked, .is_stopped = stop_at_third};
    build_large();
    char *before = world_rendered();
    assert_int_equal(merge_run(world.place, &options, &counts, &world.err), STATUS_INTERRUPTED);
    assert_string_equal(world_names(), "lock manifest seg-000001 seg-000002");
    world_assert_holds(before);
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
    struct merge_options options = world_merge_options(true);
    options.listener = (struct merge_listener){.arg = &n_told, .progress = add_progress};
    build_large();
    OK(merge_run(world.place, &options, &counts, &world.err));
    assert_in_range(n_told, counts.text_bytes - (64 << 10), counts.text_bytes);
}

/* In a process of its own, where no file may grow past a limit: as on a full disk. */
static void merge__undoes_itself_on_a_full_disk(void **state)
{
    (void)state;
    build_large();
    char *before = world_rendered();
    pid_t child = fork();
    if (child == 0) {
        const struct merge_options options = world_merge_options(true);
        struct merge_counts counts;
        struct rlimit limit = {200000, 200000};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        _exit(merge_run(world.place, &options, &counts, &world.err) == STATUS_IO ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_string_equal(world_names(), "lock manifest seg-000001 seg-000002");
    world_assert_holds(before);
}

static void merge__refuses_damaged_text(void **state)
{
    (void)state;
    const struct merge_options options = world_merge_options(true);
    struct merge_counts counts;
    size_t n;
    build_large();
    const char *path = temp_dir_path(world.place, "seg-000002/docdata.glass");
    char *bytes = temp_dir_read(path, &n);
    memset(bytes + n / 2, 'x', 100);
    temp_dir_write(path, bytes, n);
    free(bytes);
    assert_int_equal(merge_run(world.place, &options, &counts, &world.err), STATUS_CORRUPT);
    assert_string_equal(world_names(), "lock manifest seg-000001 seg-000002");
}

/* Then some report would be lost, or a dead one live again. */
static void merge__refuses_a_manifest_that_miscounts_the_dead(void **state)
{
    (void)state;
    struct invented sources[8];
    const struct merge_options options = world_merge_options(true);
    struct merge_counts counts;
    struct manifest m;
    world_run(sources, 2, 1, 20);
    world_run(sources + 2, 6, 11, 20);
    struct index_writer *w = world_open_writer();
    world_drop(w, sources[4].number);
    world_commit(w);
    OK(manifest_read(world.place, &m, &world.err));
    m.segments[1].n_dead_passages++;
    OK(manifest_write(world.place, &m, &world.err));
    manifest_release(&m);
    assert_int_equal(merge_run(world.place, &options, &counts, &world.err), STATUS_CORRUPT);
    assert_string_equal(world_names(), "lock manifest seg-000001 seg-000002");
}

static void merge__goes_unnoticed_by_an_open_reader(void **state)
{
    (void)state;
    build_large();
    struct index *ix = world_open_index();
    char *before = world_rendered(), *found = world_searched(ix, 7);
    world_merge(true);
    assert_string_equal(world_names(), "lock manifest seg-000003");
    char *now = world_render(ix, true), *found_now = world_searched(ix, 7);
    assert_string_equal(now, before);
    assert_string_equal(found_now, found);
    index_close(ix);
    free(now);
    free(found);
    free(found_now);
    world_assert_holds(before);
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
        const struct merge_options options = world_merge_options(true);
        struct merge_counts counts;
        _exit(merge_run(world.place, &options, &counts, &world.err) == STATUS_OK ? 0 : 1);
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
enum { LONGEST_US = 500000 };
static void merge__may_be_killed_at_any_moment(void **state)
{
    (void)state;
    int n_killed = 0;
    build_large();
    const char *first = world.place, *copy = temp_dir_path(world.dir, "copy");
    char *text = world_rendered();
    int64_t started = now_us();
    world_merge(true);
    int64_t whole_us = now_us() - started;
    whole_us = whole_us < LONGEST_US ? whole_us : LONGEST_US; /* it may have been kept waiting */
    world.place = copy;
    for (int i = 0; i < 24; i++) {
        if (access(world.place, F_OK) != 0)
            build_large();
        bool was_done = merge_and_kill(whole_us * i / 12);
        n_killed += !was_done;
        char *now = world_rendered();
        assert_string_equal(now, text);
        free(now);
        if (world_n_segments() == 1) {
            world_assert_whole();
            OK(file_remove_tree(world.place, &world.err));
        }
    }
    assert_true(n_killed > 0);
    world.place = first;
    world_assert_holds(text);
}

/* As after a kill behind the commit: there is nothing to merge, but something to clear away. */
static void merge__clears_away_what_a_killed_one_left(void **state)
{
    (void)state;
    struct invented sources[2];
    world_run(sources, 2, 1, 20);
    struct index_writer *w = world_open_writer(); /* what is left over may be that writer's */
    OK(file_write_atomically(temp_dir_path(world.place, "manifest.tmp"), "", 0, &world.err));
    assert_int_equal(world_merge(true).n_merged, 0);
    assert_string_equal(world_names(), "lock manifest manifest.tmp seg-000001");
    index_writer_close(w);
    OK(file_write_atomically(temp_dir_path(world.place, "manifest.tmp"), "", 0, &world.err));
    assert_int_equal(world_merge(true).n_merged, 0);
    assert_string_equal(world_names(), "lock manifest seg-000001");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, world_set_up, world_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(merge__waits_for_no_other_writer),
        TEST(merge__stops_when_asked_and_leaves_the_index_as_it_was),
        TEST(merge__tells_how_far_it_is),
        TEST(merge__undoes_itself_on_a_full_disk),
        TEST(merge__refuses_damaged_text),
        TEST(merge__refuses_a_manifest_that_miscounts_the_dead),
        TEST(merge__goes_unnoticed_by_an_open_reader),
        TEST(merge__clears_away_what_a_killed_one_left),
        TEST(merge__may_be_killed_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
