// SPDX-License-Identifier: GPL-2.0-or-later
/* Faults that leave a segment readable but poorer than what was put in: they must be noticed, not
 * committed or called whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>
#include <unistd.h>

#include "store/xapian_c.h"
#include "tests/temp_dir.h"

static char *dir;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    dir = temp_dir_make();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    return 0;
}

static const char *in(const char *name)
{
    return temp_dir_path(dir, name);
}

#define OK(call)                                                                                   \
    do {                                                                                           \
        if ((call) != STATUS_OK)                                                                   \
            fail_msg("%s: %s", #call, err.message);                                                \
    } while (0)

/* ---- a table that cannot be opened while it is copied ---- */

/* Two xdocs, of which one has data; *w has them on the disk. */
static struct xwriter *write_two(const char *data)
{
    const struct xposting posting = {"城市", 6, 8};
    struct xwriter *w = NULL;
    OK(xwriter_open(in("work"), &w, &err));
    OK(xwriter_add(w, &posting, 1, NULL, 0, NULL, 0, NULL, 0, &err));
    OK(xwriter_add(w, &posting, 1, NULL, 0, NULL, 0, data, strlen(data), &err));
    OK(xwriter_flush(w, &err));
    return w;
}

/* Xapian takes a table that it cannot open for one that is empty. */
static void xwriter_finish__notices_that_the_texts_were_not_copied(void **state)
{
    (void)state;
    struct xwriter *w = write_two("text");
    assert_int_equal(unlink(in("work/docdata.glass")), 0);
    assert_int_equal(xwriter_finish(w, in("seg"), &err), STATUS_IO);
    assert_non_null(strstr(err.message, "work"));
    xwriter_close(w);
}

static void xwriter_finish__needs_no_texts_where_there_are_none(void **state)
{
    (void)state;
    struct xwriter *w = write_two("");
    OK(xwriter_finish(w, in("seg"), &err));
    xwriter_close(w);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(xwriter_finish__notices_that_the_texts_were_not_copied),
        TEST(xwriter_finish__needs_no_texts_where_there_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
