// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that another program changes while they are read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "indexer/reader.h"
#include "tests/temp_dir.h"

/* Changes the file after the first chunk, as another program would. */
struct meddler {
    const char *path;
    off_t size;
    bool is_done;
};

static enum status meddle(void *arg, struct error *err)
{
    struct meddler *m = arg;
    (void)err;
    if (!m->is_done)
        assert_int_equal(truncate(m->path, m->size), 0);
    m->is_done = true;
    return STATUS_OK;
}

static enum status count_only(void *arg, const struct passage *p, struct error *err)
{
    (void)arg, (void)p, (void)err;
    return STATUS_OK;
}

static enum status take_report(void *arg, struct report *r, struct error *err)
{
    (void)arg, (void)r, (void)err;
    return STATUS_OK;
}

static void expect_meddling(off_t size, const char *message)
{
    char *dir = temp_dir_make();
    const char *path = temp_dir_path(dir, "a.txt");
    size_t n = 3 << 20;
    char *text = malloc(n);
    memset(text, 'x', n);
    temp_dir_write(path, text, n);
    struct meddler m = {path, size, false};
    struct reader_options options = {FORMAT_TEXT, path, strlen(path), 1 << 20};
    struct report_sink sink = {&m, take_report, count_only, NULL, meddle};
    struct input *in;
    struct error err;
    struct source source = {0};
    bool is_binary;
    const char *kind;
    assert_int_equal(input_open_file(path, &in, &err), STATUS_OK);
    assert_int_equal(input_detect(in, ENCODING_UTF8, &is_binary, &kind, &err), STATUS_OK);
    enum status status = reader_run(in, &options, &sink, &err);
    if (status == STATUS_OK)
        status = input_finish(in, &source, &err);
    assert_int_equal(status, STATUS_IO);
    assert_string_equal(err.message, message);
    input_close(in);
    free(text);
    temp_dir_remove(dir);
}

static void input_finish__names_a_file_that_did_not_stay_what_it_was(void **state)
{
    (void)state;
    expect_meddling(2 << 20, "the file shrank while it was read");
    expect_meddling(4 << 20, "the file grew while it was read");
    expect_meddling(3 << 20, "the file was changed while it was read");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(input_finish__names_a_file_that_did_not_stay_what_it_was),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
