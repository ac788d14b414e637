// SPDX-License-Identifier: GPL-2.0-or-later
/* The writer's lock where it is freed late, or where the folder it lies in goes away under the writer. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/file.h"
#include "store/lock.h"
#include "tests/index_fixture.h"
#include "tests/temp_dir.h"

/* What a killed writer had forked, and had not come to exec yet, still has the lock. */
static void lock_take__waits_for_the_child_of_a_dead_holder(void **state)
{
    (void)state;
    const struct timespec moment = {0, 10000000};
    int ends[2];
    char text[24];
    assert_int_equal(mkdir(world.place, 0777), 0);
    pid_t dead = fork();
    if (dead == 0)
        _exit(0);
    assert_int_equal(waitpid(dead, NULL, 0), dead);
    temp_dir_write(
        fixture_in("lock"), text, (size_t)snprintf(text, sizeof text, "%ld\n", (long)dead));
    assert_int_equal(pipe(ends), 0);
    pid_t late = fork();
    if (late == 0) {
        int fd = open(fixture_in("lock"), O_RDWR);
        if (flock(fd, LOCK_EX) != 0 || write(ends[1], "x", 1) != 1)
            _exit(1);
        nanosleep(&moment, NULL);
        _exit(0);
    }
    assert_int_equal(read(ends[0], text, 1), 1);
    struct lock lock;
    OK(lock_take(world.place, &lock, &world.err));
    lock_release(&lock);
    assert_int_equal(waitpid(late, NULL, 0), late);
    close(ends[0]);
    close(ends[1]);
}

/* A writer in another process, as two of one process build in the same place. */
static pid_t another;
static int line[2];

/* It is at work once this returns. */
static void begin_another(void)
{
    char c;
    assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, line), 0);
    another = fork();
    if (another == 0) {
        close(line[0]);
        struct index_writer *w = fixture_open_writer();
        fixture_add(w, "/another", TEXTS("城市更新\n"));
        if (write(line[1], "x", 1) != 1 || read(line[1], &c, 1) != 1)
            _exit(1);
        bool is_done = index_writer_commit(w, &world.err) == STATUS_OK;
        index_writer_close(w);
        _exit(!is_done);
    }
    close(line[1]);
    assert_int_equal(read(line[0], &c, 1), 1);
}

static void end_another(void)
{
    int status;
    assert_int_equal(write(line[0], "x", 1), 1);
    assert_int_equal(waitpid(another, &status, 0), another);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(line[0]);
}

static void assert_another_is_whole(void)
{
    struct index *ix = world_open_index();
    assert_string_equal(fixture_sources(ix), "0:1/another ");
    assert_string_equal(fixture_folder(), "seg-000001 ");
    index_close(ix);
    world_assert_whole();
}

/* The folder of a writer at work is removed, and made anew by another. */
static void index_writer__harms_no_index_in_the_place_of_its_own(void **state)
{
    (void)state;
    for (int is_closed = 0; is_closed < 2; is_closed++) {
        struct index_writer *w = fixture_open_writer();
        fixture_add(w, "/a", TEXTS("营商环境\n"));
        OK(file_remove_tree(world.place, &world.err));
        begin_another();
        if (!is_closed)
            assert_int_not_equal(index_writer_commit(w, &world.err), STATUS_OK);
        index_writer_close(w);
        end_another();
        assert_another_is_whole();
        OK(file_remove_tree(world.place, &world.err));
    }
}

/* Moved away: what was dropped there is not what is here. */
static void index_writer_commit__refuses_an_index_in_the_place_of_its_own(void **state)
{
    (void)state;
    fixture_build_two();
    struct index_writer *w = fixture_open_writer();
    fixture_drop(w, 0, 1);
    assert_int_equal(rename(world.place, fixture_in("../moved")), 0);
    begin_another();
    end_another();
    assert_int_equal(index_writer_commit(w, &world.err), STATUS_IO);
    assert_non_null(strstr(world.err.message, "was moved or removed"));
    index_writer_close(w);
    assert_another_is_whole();
}

/* Who removes the file of the lock lets a second writer in: the first may not undo what that does. */
static void index_writer_commit__refuses_where_its_lock_was_removed(void **state)
{
    (void)state;
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "/a", TEXTS("营商环境\n"));
    assert_int_equal(unlink(fixture_in("lock")), 0);
    begin_another();
    assert_int_not_equal(index_writer_commit(w, &world.err), STATUS_OK);
    index_writer_close(w);
    end_another();
    assert_another_is_whole();
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, world_set_up, world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(lock_take__waits_for_the_child_of_a_dead_holder),
        TEST(index_writer__harms_no_index_in_the_place_of_its_own),
        TEST(index_writer_commit__refuses_an_index_in_the_place_of_its_own),
        TEST(index_writer_commit__refuses_where_its_lock_was_removed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
