// SPDX-License-Identifier: GPL-2.0-or-later
/* Fields from outside the text: rows of patterns and of tables. What a run makes of them: test_update.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "indexer/metadata.h"
#include "tests/rows.h"
#include "tests/temp_dir.h"

struct render {
    char text[2048];
    size_t n;
};

static bool add_field(
    void *arg, const char *name, size_t name_len, const char *value, size_t value_len)
{
    struct render *r = arg;
    r->n += (size_t)snprintf(r->text + r->n, sizeof r->text - r->n, "%s%.*s=%.*s",
        r->n && r->text[r->n - 1] != ' ' ? " " : "", (int)name_len, name, (int)value_len, value);
    return true;
}

static enum status add_fault(
    void *arg, const char *path, uint32_t line, const char *what, struct error *err)
{
    struct render *r = arg;
    (void)path, (void)err;
    r->n +=
        (size_t)snprintf(r->text + r->n, sizeof r->text - r->n, "%u: %s; ", (unsigned)line, what);
    return STATUS_OK;
}

static void render_pattern(struct render *r, const char *pattern, const char *path, size_t n)
{
    struct field_pattern *p;
    struct error err;
    bool is_match;
    enum status s = field_pattern_open(pattern, &p, &err);
    if (s == STATUS_OK)
        s = field_pattern_match(p, path, n, add_field, r, &is_match, &err);
    field_pattern_close(p);
    if (s != STATUS_OK)
        snprintf(r->text, sizeof r->text, "%s", err.message);
    else if (!is_match)
        snprintf(r->text, sizeof r->text, "none");
}

static void render_table(
    struct render *r, const char *csv, size_t n, const char *path, size_t n_path)
{
    const struct metadata_faults faults = {r, add_fault};
    struct metadata *m;
    struct error err;
    bool is_found = false;
    char *dir = temp_dir_make();
    assert_int_equal(mkdir(temp_dir_path(dir, "sub"), 0755), 0);
    temp_dir_write(temp_dir_path(dir, "a.txt"), "a", 1);
    temp_dir_write(temp_dir_path(dir, "b.txt"), "b", 1);
    temp_dir_write(temp_dir_path(dir, "sub/c.txt"), "c", 1);
    temp_dir_write(temp_dir_path(dir, METADATA_NAME), csv, n);
    assert_int_equal(metadata_open(dir, dir, 1 << 20, &faults, &m, &err), STATUS_OK);
    assert_int_equal(metadata_find(m, path, n_path, add_field, r, &is_found, &err), STATUS_OK);
    if (!is_found)
        snprintf(r->text + r->n, sizeof r->text - r->n, "none");
    metadata_close(m);
    temp_dir_remove(dir);
}

static void check_row(void **state)
{
    const struct row *row = *state;
    struct render r = {.n = 0};
    char first[ROW_TEXT_MAX];
    const char *bar = memmem(row->text, row->text_len, "¦", strlen("¦"));
    assert_non_null(bar);
    size_t n = (size_t)(bar - row->text);
    memcpy(first, row->text, n);
    first[n] = '\0';
    bar += strlen("¦");
    size_t n_path = row->text_len - n - strlen("¦");
    if (strcmp(row->kind, "pattern") == 0)
        render_pattern(&r, first, bar, n_path);
    else
        render_table(&r, first, n, bar, n_path);
    assert_string_equal(r.text, row->expected);
}

static void metadata_open__refuses_a_table_that_is_too_large(void **state)
{
    (void)state;
    struct render r = {.n = 0};
    const struct metadata_faults faults = {&r, add_fault};
    struct metadata *m;
    struct error err;
    char *dir = temp_dir_make(), *csv = malloc(1 << 20);
    assert_non_null(csv);
    memset(csv, '\n', 1 << 20);
    temp_dir_write(temp_dir_path(dir, METADATA_NAME), csv, 1 << 20);
    assert_int_equal(metadata_open(dir, dir, 1000, &faults, &m, &err), STATUS_OK);
    assert_non_null(strstr(r.text, "more than"));
    metadata_close(m);
    temp_dir_remove(dir);
    free(csv);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_open__refuses_a_table_that_is_too_large),
    };
    return rows_run("fields.test", check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
