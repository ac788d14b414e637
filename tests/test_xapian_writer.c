// SPDX-License-Identifier: GPL-2.0-or-later
/* Writing through Xapian, and what is told of a folder before Xapian opens it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/xapian_c.h"
#include "store/xapian_folder.h"
#include "tests/temp_dir.h"

static struct error err;

static void xwriter_open__refuses_what_exists_or_cannot_be_made(void **state)
{
    (void)state;
    struct xwriter *first, *w = NULL;
    const char *dir = temp_dir_in("a");
    assert_int_equal(xwriter_open(dir, &first, &err), STATUS_OK);
    assert_int_equal(xwriter_flush(first, &err), STATUS_OK);
    xwriter_close(first);
    assert_int_not_equal(xwriter_open(dir, &w, &err), STATUS_OK);
    assert_int_not_equal(xwriter_open(temp_dir_in("no/such"), &w, &err), STATUS_OK);
    assert_null(w);
}

static void xwriter_add__refuses_a_long_term_by_name(void **state)
{
    (void)state;
    char term[XTERM_MAX + 1];
    struct xwriter *w;
    memset(term, 'x', sizeof term);
    assert_int_equal(xwriter_open(temp_dir_in("long"), &w, &err), STATUS_OK);
    struct xposting p = {.term = term, .term_len = XTERM_MAX, .wdf = 1};
    assert_int_equal(xwriter_add(w, &p, 1, "", 0, &err), STATUS_OK);
    p.term_len++;
    assert_int_equal(xwriter_add(w, &p, 1, "", 0, &err), STATUS_BAD_INPUT);
    assert_non_null(strstr(err.message, "term of 246 bytes, more than 245: 'xxx"));
    assert_int_equal(xwriter_flush(w, &err), STATUS_OK);
    xwriter_close(w);
}

static void xapian_version__is_that_of_the_library(void **state)
{
    (void)state;
    unsigned major, minor, revision;
    assert_int_equal(sscanf(xapian_version(), "%u.%u.%u", &major, &minor, &revision), 3);
}

/* A version file that cannot be read, here since it is a folder, does not make a database damaged. */
static void xapian_folder_check__tells_unread_from_damaged(void **state)
{
    (void)state;
    const char *dir = temp_dir_in("db"), *version = temp_dir_in("db/iamglass");
    assert_int_equal(xapian_folder_check(dir, &err), STATUS_MISSING);
    assert_int_equal(mkdir(dir, 0777), 0);
    assert_int_equal(xapian_folder_check(dir, &err), STATUS_MISSING);
    assert_int_equal(mkdir(version, 0777), 0);
    assert_int_equal(xapian_folder_check(dir, &err), STATUS_IO);
    assert_non_null(strstr(err.message, "cannot open database"));
    assert_int_equal(remove(version), 0);
    temp_dir_write(version, "\x0f\x0dXapian", 8);
    assert_int_equal(xapian_folder_check(dir, &err), STATUS_CORRUPT);
    temp_dir_write(version, "something else", 14);
    assert_int_equal(xapian_folder_check(dir, &err), STATUS_FOREIGN);
    assert_int_equal(xapian_folder_check(version, &err), STATUS_FOREIGN);
    temp_dir_write(version, "\x0f\x0dXapian Glass", 14);
    assert_int_equal(xapian_folder_check(dir, &err), STATUS_CORRUPT);
    temp_dir_write(temp_dir_in("db/postlist.glass"), "", 0);
    assert_int_equal(xapian_folder_check(dir, &err), STATUS_OK);
}

static void assert_complaint(const char *report, const char *want)
{
    size_t n;
    const char *line = xapian_first_complaint(report, strlen(report), &n);
    assert_int_equal(n, strlen(want));
    assert_memory_equal(line, want, n);
}

static void xapian_first_complaint__passes_by_good_news(void **state)
{
    (void)state;
    assert_complaint("docdata:\ndocdata table structure checked OK\n\nspelling:\nNot present.\n"
                     "postlist:\nbad block 3\nworse\n",
        "bad block 3");
    assert_complaint("the end is missing", "the end is missing");
    assert_complaint("docdata:\nLazily created, and not yet used.\n", "unknown");
    assert_complaint("", "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xwriter_open__refuses_what_exists_or_cannot_be_made),
        cmocka_unit_test(xwriter_add__refuses_a_long_term_by_name),
        cmocka_unit_test(xapian_version__is_that_of_the_library),
        cmocka_unit_test(xapian_folder_check__tells_unread_from_damaged),
        cmocka_unit_test(xapian_first_complaint__passes_by_good_news),
    };
    return cmocka_run_group_tests_name("xapian_writer", tests, temp_dir_set_up, temp_dir_tear_down);
}
