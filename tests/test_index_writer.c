// SPDX-License-Identifier: GPL-2.0-or-later
/* The writer: what it adds and drops, whom it keeps out, and what is left where it fails or dies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/index_fixture.h"
#include "tests/temp_dir.h"

/* ---- dead sources ---- */

static void index_writer_drop_source__hides_its_passages(void **state)
{
    (void)state;
    fixture_build_two();
    struct index_writer *w = fixture_open_writer();
    fixture_drop(w, 0, 1);
    fixture_drop(w, 0, 1); /* twice is once */
    world_commit(w);
    struct index *ix = world_open_index();
    struct stored_report r;
    struct stored_passage p;
    assert_string_equal(fixture_found(ix, "营商"), "0.3 1.2");
    assert_int_equal(index_report_by_number(ix, 1, &r, &world.err), STATUS_MISSING);
    OK(index_report_of(ix, 0, 1, &r, &world.err));
    assert_true(r.is_dead);
    OK(index_passage(ix, 0, 1, &p, &world.err));
    assert_true(index_manifest(ix)->segments[0].n_dead_passages == 2);
    index_close(ix);
}

static void index_writer_drop_source__refuses_what_is_not_there(void **state)
{
    (void)state;
    fixture_build_two();
    struct index_writer *w = fixture_open_writer();
    const struct source other = {.number = 3}, none = {.number = 9}, zero = {.number = 0};
    assert_int_equal(index_writer_drop_source(w, 0, &other, &world.err), STATUS_MISSING);
    assert_int_equal(index_writer_drop_source(w, 0, &none, &world.err), STATUS_MISSING);
    assert_int_equal(index_writer_drop_source(w, 0, &zero, &world.err), STATUS_MISSING);
    assert_int_equal(index_writer_drop_source(w, 2, &none, &world.err), STATUS_INTERNAL);
    index_writer_close(w);
}

static void index_writer_commit__removes_a_wholly_dead_segment(void **state)
{
    (void)state;
    fixture_build_two();
    struct index_writer *w = fixture_open_writer();
    fixture_drop(w, 0, 1);
    fixture_drop(w, 0, 2);
    world_commit(w);
    struct index *ix = world_open_index();
    assert_int_equal(index_manifest(ix)->n_segments, 1);
    assert_string_equal(fixture_folder(), "seg-000002 ");
    assert_string_equal(fixture_found(ix, "营商"), "0.2");
    index_close(ix);
    w = fixture_open_writer();
    fixture_drop(w, 0, 3);
    world_commit(w);
    assert_string_equal(fixture_folder(), "");
    w = fixture_open_writer();
    fixture_add(w, "/d", TEXTS("营商环境报告\n"));
    world_commit(w);
    ix = world_open_index();
    assert_string_equal(fixture_sources(ix), "0:4/d "); /* no number comes twice */
    assert_string_equal(fixture_folder(), "seg-000003 ");
    index_close(ix);
}

static void index_writer_abandon_source__leaves_nothing_alive(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    struct source s;
    fixture_add(w, "/a", TEXTS("营商环境\n"));
    fixture_begin(w, &s, "/broken");
    fixture_add_report(w, "half", TEXTS("营商\n", "环境\n"));
    OK(index_writer_abandon_source(w, &world.err));
    fixture_begin(w, &s, "/unreadable");
    OK(index_writer_abandon_source(w, &world.err));
    fixture_add(w, "/b", TEXTS("营商环境\n"));
    world_commit(w);
    struct index *ix = world_open_index();
    assert_string_equal(fixture_found(ix, "营商"), "0.1 0.4");
    assert_string_equal(fixture_sources(ix), "0:1/a 0:4/b ");
    assert_true(index_totals(ix).n_passages == 2 && index_totals(ix).n_reports == 2);
    index_close(ix);
}

static void index_writer_abandon_source__alone_makes_no_segment(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    struct source s;
    fixture_begin(w, &s, "/broken");
    OK(index_writer_abandon_source(w, &world.err));
    world_commit(w);
    struct index *ix = world_open_index();
    assert_int_equal(index_manifest(ix)->n_segments, 0);
    assert_string_equal(fixture_folder(), "");
    index_close(ix);
}

/* ---- the writer's order and its failures ---- */

static void index_writer__refuses_calls_out_of_order(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    struct source s;
    struct report r = {.title = "t", .title_len = 1};
    const struct passage p = {.text = "x", .text_len = 1, .number = 1, .line = 1};
    assert_int_equal(index_writer_begin_report(w, &r, &world.err), STATUS_INTERNAL);
    assert_int_equal(index_writer_add_passage(w, &p, &world.err), STATUS_INTERNAL);
    assert_int_equal(index_writer_abandon_source(w, &world.err), STATUS_INTERNAL);
    fixture_begin(w, &s, "/a");
    assert_int_equal(index_writer_begin_source(w, &s, &world.err), STATUS_INTERNAL);
    assert_int_equal(index_writer_commit(w, &world.err), STATUS_INTERNAL);
    OK(index_writer_end_source(w, &s, &world.err));
    assert_int_equal(index_writer_end_source(w, &s, &world.err), STATUS_INTERNAL);
    OK(index_writer_commit(w, &world.err));
    assert_int_equal(index_writer_commit(w, &world.err), STATUS_INTERNAL);
    index_writer_close(w);
    index_writer_close(NULL);
}

static void index_writer__goes_on_after_bad_input_and_stops_after_worse(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    struct source s;
    struct report untitled = {.title = ""};
    fixture_begin(w, &s, "/a");
    assert_int_equal(index_writer_begin_report(w, &untitled, &world.err), STATUS_BAD_INPUT);
    fixture_add_report(w, "titled", TEXTS("营商环境\n"));
    OK(index_writer_end_source(w, &s, &world.err));
    world_commit(w);
    w = fixture_open_writer();
    fixture_begin(w, &s, "/b");
    const struct passage p = {.text = "x", .text_len = 1, .number = 1, .line = 1};
    assert_int_equal(index_writer_add_passage(w, &p, &world.err), STATUS_INTERNAL); /* no report */
    OK(index_writer_end_source(w, &s, &world.err));
    assert_int_equal(index_writer_commit(w, &world.err), STATUS_INTERNAL);
    index_writer_close(w);
    struct index *ix = world_open_index();
    assert_string_equal(fixture_sources(ix), "0:1/a ");
    index_close(ix);
}

static void index_writer_add_failure__replaces_those_of_the_run_before(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    OK(index_writer_add_failure(w, "/a: permission denied", &world.err));
    OK(index_writer_add_failure(w, "/b: is a FIFO", &world.err));
    world_commit(w);
    struct index *ix = world_open_index();
    assert_int_equal(index_manifest(ix)->n_failures, 2);
    assert_string_equal(index_manifest(ix)->failures[1], "/b: is a FIFO");
    index_close(ix);
    w = fixture_open_writer();
    OK(index_writer_add_failure(w, "/c: permission denied", &world.err));
    world_commit(w);
    ix = world_open_index();
    assert_int_equal(index_manifest(ix)->n_failures, 1);
    assert_string_equal(index_manifest(ix)->failures[0], "/c: permission denied");
    index_close(ix);
    world_commit(fixture_open_writer());
    ix = world_open_index();
    assert_int_equal(index_manifest(ix)->n_failures, 0);
    index_close(ix);
}

static void index_writer_commit__without_a_change_leaves_the_manifest_alone(void **state)
{
    (void)state;
    fixture_build_two();
    struct stat before, after;
    assert_int_equal(stat(fixture_in("manifest"), &before), 0);
    world_commit(fixture_open_writer());
    assert_int_equal(stat(fixture_in("manifest"), &after), 0);
    assert_true(before.st_ino == after.st_ino && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
}

/* ---- other processes ---- */

/* A writer whose process dies: kept here, so that it is no leak to valgrind. */
static struct index_writer *doomed;

/* Runs part in a process of its own, which dies by SIGKILL right behind it; part must return true.
 */
static void run_and_kill(bool (*part)(int arg), int arg)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        if (part(arg))
            raise(SIGKILL);
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static bool is_locked_by(int pid)
{
    struct index_writer *w = NULL;
    char expected[64];
    snprintf(expected, sizeof expected, "process %d is writing", pid);
    return index_writer_open(world.place, &fixture_options, &w, &world.err) == STATUS_LOCKED &&
           !w && strstr(world.err.message, expected);
}

static bool can_open(int unused)
{
    (void)unused;
    return index_writer_open(world.place, &fixture_options, &doomed, &world.err) == STATUS_OK;
}

static void index_writer_open__names_the_process_that_writes(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    run_and_kill(is_locked_by, getpid());
    assert_true(is_locked_by(getpid())); /* nor twice in one process */
    struct index_writer *second = NULL;
    temp_dir_write(fixture_in("lock"), "", 0); /* locked, its number not yet written */
    assert_int_equal(
        index_writer_open(world.place, &fixture_options, &second, &world.err), STATUS_LOCKED);
    assert_non_null(strstr(world.err.message, "another process"));
    fixture_add(w, "/a", TEXTS("营商环境\n")); /* and the first goes on */
    world_commit(w);
    world_commit(fixture_open_writer());
}

/* Between the lock and the number in it there is a moment, and the number of a writer that died may stand there. */
static void index_writer_open__waits_for_the_number_of_the_process(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer(), *second = NULL;
    const struct timespec moment = {0, 10000000};
    char text[24], expected[64];
    pid_t dead = fork();
    if (dead == 0)
        _exit(0);
    assert_int_equal(waitpid(dead, NULL, 0), dead);
    int n = snprintf(text, sizeof text, "%ld\n", (long)dead);
    temp_dir_write(fixture_in("lock"), text, (size_t)n);
    pid_t late = fork();
    if (late == 0) {
        nanosleep(&moment, NULL);
        n = snprintf(text, sizeof text, "%ld\n", (long)getppid());
        temp_dir_write(fixture_in("lock"), text, (size_t)n);
        _exit(0);
    }
    assert_int_equal(
        index_writer_open(world.place, &fixture_options, &second, &world.err), STATUS_LOCKED);
    assert_int_equal(waitpid(late, NULL, 0), late);
    snprintf(expected, sizeof expected, "process %ld is writing", (long)getpid());
    assert_non_null(strstr(world.err.message, expected));
    world_commit(w);
}

/* What the manual says of 4,294,967,294 files and reports. */
static void index_writer__uses_each_number_once_and_no_more_than_there_are(void **state)
{
    (void)state;
    fixture_build_two();
    struct manifest m;
    struct source s;
    struct report r = {.title = "x", .title_len = 1};
    OK(manifest_read(world.place, &m, &world.err));
    m.next_report = m.next_source = UINT32_MAX - 1;
    m.generation++;
    OK(manifest_write(world.place, &m, &world.err));
    manifest_release(&m);
    struct index_writer *w = fixture_open_writer();
    fixture_begin(w, &s, "/last");
    assert_int_equal(s.number, UINT32_MAX - 1);
    assert_int_equal(fixture_add_report(w, "last", TEXTS("最后\n")), UINT32_MAX - 1);
    assert_int_equal(index_writer_begin_report(w, &r, &world.err), STATUS_BAD_INPUT);
    assert_non_null(strstr(world.err.message, "used up its numbers"));
    OK(index_writer_end_source(w, &s, &world.err));
    s = (struct source){.path = "/z", .path_len = 2};
    assert_int_equal(index_writer_begin_source(w, &s, &world.err), STATUS_BAD_INPUT);
    world_commit(w);
    world_assert_whole();
    struct index *ix = world_open_index();
    assert_string_equal(fixture_found(ix, "最后"), "2.1");
    index_close(ix);
}

static void index_writer_open__is_not_kept_out_by_a_dead_writer(void **state)
{
    (void)state;
    run_and_kill(can_open, 0);
    world_commit(fixture_open_writer());
}

/* ---- dying ---- */

enum death { DEATH_BUILDING, DEATH_BETWEEN, DEATH_FINISHING, DEATH_CLOSING };

/* Does what a writer does, and ends at the given point. */
static bool work_until(int at)
{
    struct source s = {.path = "/d", .path_len = 2};
    struct report r = {.title = "t", .title_len = 1};
    const struct passage p = {.text = "营商环境", .text_len = 12, .number = 1, .line = 1};
    if (index_writer_open(world.place, &fixture_options, &doomed, &world.err) != STATUS_OK ||
        index_writer_begin_source(doomed, &s, &world.err) != STATUS_OK ||
        index_writer_begin_report(doomed, &r, &world.err) != STATUS_OK ||
        index_writer_add_passage(doomed, &p, &world.err) != STATUS_OK)
        return false;
    const struct source old = {.number = 1};
    if (index_writer_drop_source(doomed, 0, &old, &world.err) != STATUS_OK)
        return false;
    if (at == DEATH_BUILDING)
        return true;
    if (index_writer_end_source(doomed, &s, &world.err) != STATUS_OK)
        return false;
    if (at == DEATH_BETWEEN)
        return true;
    if (at == DEATH_FINISHING) { /* the rename is done, the manifest cannot be written */
        mkdir(temp_dir_path(world.place, "manifest.tmp"), 0777);
        return index_writer_commit(doomed, &world.err) == STATUS_IO;
    }
    index_writer_close(doomed);
    return true;
}

static void index__survives_the_death_of_its_writer(void **state)
{
    (void)state;
    static const char *const left[] = {"seg-000001 seg-000002 tmp-", "seg-000001 seg-000002 tmp-",
        "manifest.tmp seg-000001 seg-000002 seg-000003 ",
        "seg-000001 seg-000002 "}; /* tmp- and the number of the process */
    fixture_build_two();
    for (enum death at = DEATH_BUILDING; at <= DEATH_CLOSING; at++) {
        run_and_kill(work_until, (int)at);
        assert_int_equal(strncmp(fixture_folder(), left[at], strlen(left[at])), 0);
        struct index *ix = world_open_index();
        assert_string_equal(fixture_sources(ix), "0:1/a 0:2/b 1:3/c ");
        assert_string_equal(fixture_found(ix, "营商"), "0.1 0.3 1.2");
        index_close(ix);
        world_commit(fixture_open_writer());
        assert_string_equal(fixture_folder(), "seg-000001 seg-000002 ");
    }
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "/d", TEXTS("营商环境\n"));
    world_commit(w);
    assert_string_equal(fixture_folder(), "seg-000001 seg-000002 seg-000003 ");
}

/* Killed wherever it may be, again and again: each time the index is what it was before a commit or
 * after it. */
static void index__survives_kill_at_any_moment(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "/1", TEXTS("营商环境\n"));
    world_commit(w);
    uint32_t last = 1;
    for (int i = 0; i < 40; i++) {
        pid_t child = fork();
        if (child == 0) {
            for (;;) {
                uint32_t number = 0;
                w = fixture_open_writer();
                struct index_cursor c;
                struct source s;
                uint32_t segment;
                bool has_more;
                index_cursor_init(&c, index_writer_reader(w));
                if (index_next_source(&c, &s, &segment, &has_more, &world.err) == STATUS_OK &&
                    has_more)
                    number = s.number;
                index_cursor_release(&c);
                fixture_drop(w, 0, number);
                fixture_add(w, "/n", TEXTS("营商环境\n", "城市更新\n"));
                world_commit(w);
            }
        }
        usleep((useconds_t)(i * 700 + 300));
        kill(child, SIGKILL);
        int status;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        struct index *ix = world_open_index();
        assert_string_equal(fixture_found(ix, "营商"), "0.1");
        unsigned segment, number;
        assert_int_equal(sscanf(fixture_sources(ix), "%u:%u", &segment, &number), 2);
        assert_true(number >= last);
        last = number;
        index_close(ix);
    }
    world_commit(fixture_open_writer());
    assert_int_equal(strlen(fixture_folder()), strlen("seg-000001 "));
}

static void index_writer_close__undoes_a_commit_that_failed(void **state)
{
    (void)state;
    fixture_build_two();
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "/d", TEXTS("营商环境\n"));
    assert_int_equal(mkdir(fixture_in("manifest.tmp"), 0777), 0);
    assert_int_equal(index_writer_commit(w, &world.err), STATUS_IO);
    index_writer_close(w);
    assert_string_equal(fixture_folder(), "seg-000001 seg-000002 ");
}

static void index_writer_close__of_a_new_index_removes_the_folder(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "/a", TEXTS("营商环境\n"));
    index_writer_close(w);
    assert_int_not_equal(access(world.place, F_OK), 0);
    assert_int_equal(mkdir(world.place, 0777), 0);
    index_writer_close(fixture_open_writer());
    assert_int_equal(access(world.place, F_OK), 0); /* it was there before */
}

static void index_writer_open__removes_leftovers_and_nothing_else(void **state)
{
    (void)state;
    fixture_build_two();
    assert_int_equal(mkdir(fixture_in("tmp-000009"), 0777), 0);
    temp_dir_write(fixture_in("tmp-000009/x"), "x", 1);
    assert_int_equal(mkdir(fixture_in("seg-000009"), 0777), 0);
    temp_dir_write(fixture_in("manifest.tmp"), "half", 4);
    temp_dir_write(fixture_in("notes.txt"), "mine", 4);
    assert_int_equal(mkdir(fixture_in("seg-mine"), 0777), 0);
    assert_int_equal(mkdir(fixture_in("seg-000009.old"), 0777), 0);
    assert_int_equal(mkdir(fixture_in("tmp-00009"), 0777), 0);
    assert_int_equal(mkdir(fixture_in("tmp-00000900000"), 0777), 0);
    index_writer_close(fixture_open_writer());
    assert_string_equal(fixture_folder(), "notes.txt seg-000001 seg-000002 seg-000009.old seg-mine "
                                          "tmp-00000900000 tmp-00009 ");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(index_writer_drop_source__hides_its_passages),
        TEST(index_writer_drop_source__refuses_what_is_not_there),
        TEST(index_writer_commit__removes_a_wholly_dead_segment),
        TEST(index_writer_abandon_source__leaves_nothing_alive),
        TEST(index_writer_abandon_source__alone_makes_no_segment),
        TEST(index_writer__refuses_calls_out_of_order),
        TEST(index_writer__goes_on_after_bad_input_and_stops_after_worse),
        TEST(index_writer_add_failure__replaces_those_of_the_run_before),
        TEST(index_writer_commit__without_a_change_leaves_the_manifest_alone),
        TEST(index_writer_open__names_the_process_that_writes),
        TEST(index_writer_open__waits_for_the_number_of_the_process),
        TEST(index_writer__uses_each_number_once_and_no_more_than_there_are),
        TEST(index_writer_open__is_not_kept_out_by_a_dead_writer),
        TEST(index__survives_the_death_of_its_writer),
        TEST(index__survives_kill_at_any_moment),
        TEST(index_writer_close__undoes_a_commit_that_failed),
        TEST(index_writer_close__of_a_new_index_removes_the_folder),
        TEST(index_writer_open__removes_leftovers_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
