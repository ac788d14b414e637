// SPDX-License-Identifier: GPL-2.0-or-later
/* What was stuffed into a report, as rows; and how few honest reports are taken for stuffed ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <unistd.h>

#include "indexer/stuffing.h"
#include "tests/rows.h"
#include "tests/temp_dir.h"

static void check_row(void **state)
{
    const struct row *row = *state;
    char found[STUFFED_BYTES_MAX + 1];
    size_t n = stuffing_find(row->text, row->text_len, found);
    found[n] = '\0';
    assert_string_equal(n ? found : "none", row->expected);
}

static struct {
    unsigned n_files, n_stuffed;
    char stuffed[4096];
} seen;

static int look_at(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)where;
    size_t n;
    char found[STUFFED_BYTES_MAX];
    const char *ending = strrchr(path, '.');
    if (type != FTW_F || !ending || strcmp(ending, ".txt") != 0)
        return 0;
    char *text = temp_dir_read(path, &n);
    seen.n_files++;
    if (stuffing_find(text, n < 65536 ? n : 65536, found)) {
        seen.n_stuffed++;
        strncat(seen.stuffed, strrchr(path, '/'), sizeof seen.stuffed - strlen(seen.stuffed) - 1);
    }
    free(text);
    return 0;
}

static void stuffing_find__suspects_only_the_stuffed_one_of_the_corpora(void **state)
{
    (void)state;
    const char *corpora = getenv("CORPORA") ? getenv("CORPORA") : "../shared/corpora";
    if (access(corpora, F_OK) != 0) {
        print_message("no corpora at %s\n", corpora);
        skip();
    }
    assert_int_equal(nftw(corpora, look_at, 16, FTW_PHYS), 0);
    assert_true(seen.n_files > 100);
    assert_string_equal(seen.stuffed, "/jinzhong-2023.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stuffing_find__suspects_only_the_stuffed_one_of_the_corpora),
    };
    return rows_run("stuffing.test", check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
