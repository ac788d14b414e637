// SPDX-License-Identifier: GPL-2.0-or-later
/* Nothing missed, nothing false: random pieces of the reports' own text, quoted, are counted by the
 * engine and by a plain scan of the folded passages, and the counts are equal. Over CORPORA, with a
 * seed that is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "common/utf8.h"
#include "search/search.h"
#include "tests/temp_dir.h"
#include "tokenizer/folded_text.h"

struct fixture {
    char *dir;
    struct index *ix;
    char *text;     /* folded passages in UTF-8, each ended by a NUL */
    size_t *starts; /* n + 1 */
    size_t n;
};

static uint64_t random_state;

static uint64_t next_random(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return random_state >> 33;
}

static void fold_into(struct buf *out, const char *text, size_t n)
{
    struct folded_text t;
    struct folded_char c;
    char bytes[UTF8_MAX_BYTES];
    for (folded_text_init(&t, text, n); folded_text_next(&t, &c);)
        assert_true(buf_append(out, bytes, utf8_encode(c.cp ? c.cp : ' ', bytes)));
    assert_true(buf_append_byte(out, '\0'));
}

static void fold_index(struct fixture *f)
{
    struct error err;
    struct buf all;
    f->n = (size_t)index_n_stored(f->ix);
    f->starts = calloc(f->n + 1, sizeof *f->starts);
    buf_init(&all, (size_t)1 << 30);
    for (size_t i = 0; i < f->n; i++) {
        struct stored_passage p;
        f->starts[i] = all.len;
        assert_int_equal(index_passage(f->ix, 0, (uint32_t)i + 1, &p, &err), STATUS_OK);
        fold_into(&all, p.passage.text, p.passage.text_len);
    }
    f->starts[f->n] = all.len;
    f->text = all.data;
}

static int set_up(void **state)
{
    const char *corpora = getenv("CORPORA"), *duan = getenv("DUAN");
    static struct fixture f;
    char command[4096];
    struct error err;
    *state = NULL;
    snprintf(command, sizeof command, "%s/seed", corpora ? corpora : "../shared/corpora");
    FILE *there = fopen(command, "r");
    if (!there || !duan)
        return 0;
    fclose(there);
    f.dir = temp_dir_make();
    snprintf(command, sizeof command, "'%s' index -q -i '%s' '%s'/seed '%s'/reports-* 2>/dev/null",
        duan, temp_dir_path(f.dir, "r.duan"), corpora, corpora);
    if (system(command) != 0 ||
        index_open(temp_dir_path(f.dir, "r.duan"), &f.ix, &err) != STATUS_OK)
        return -1;
    fold_index(&f);
    *state = &f;
    const char *seed = getenv("SEED");
    random_state = seed ? strtoull(seed, NULL, 10) : (uint64_t)time(NULL);
    print_message("SEED=%llu, %zu passages\n", (unsigned long long)random_state, f.n);
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    if (!f)
        return 0;
    index_close(f->ix);
    temp_dir_remove(f->dir);
    free(f->text);
    free(f->starts);
    return 0;
}

static size_t plain_scan(const struct fixture *f, const char *piece, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < f->n; i++)
        count +=
            memmem(f->text + f->starts[i], f->starts[i + 1] - 1 - f->starts[i], piece, n) != NULL;
    return count;
}

/* Draws a piece of 1 to max_chars characters; false when the place drawn does not allow one. */
static bool draw(const struct fixture *f, size_t max_chars, bool only_han, char *piece, size_t *n)
{
    size_t i = next_random() % f->n, start = f->starts[i], end = f->starts[i + 1] - 1;
    if (start == end)
        return false;
    size_t at = utf8_floor(f->text + start, end - start, next_random() % (end - start)) + start;
    size_t wanted = 1 + next_random() % max_chars;
    uint32_t cp = 0, first = 0;
    *n = 0;
    for (size_t c = 0; c < wanted && at + *n < end; c++) {
        size_t len = utf8_step(f->text + at + *n, end - at - *n, &cp);
        if (only_han && fold_char(cp).kind != CHAR_HAN)
            break;
        if (c == 0)
            first = cp;
        *n += len;
    }
    memcpy(piece, f->text + at, *n);
    return *n > 0 && fold_char(first).kind != CHAR_SPACE && piece[*n - 1] != ' ';
}

static void quote(const char *piece, size_t n, char *out)
{
    *out++ = '"';
    for (size_t i = 0; i < n; i++) {
        if (piece[i] == '"' || piece[i] == '\\')
            *out++ = '\\';
        *out++ = piece[i];
    }
    *out++ = '"';
    *out = '\0';
}

static void compare_draws(const struct fixture *f, size_t n_draws, size_t max_chars, bool only_han)
{
    for (size_t done = 0; done < n_draws;) {
        char piece[128], text[300];
        size_t n;
        struct query q;
        struct error err = {.message = ""};
        uint64_t count = 0;
        if (!draw(f, max_chars, only_han, piece, &n))
            continue;
        quote(piece, n, text);
        done++;
        size_t expected = plain_scan(f, piece, n);
        assert_int_equal(query_parse(text, strlen(text), &q, &err), STATUS_OK);
        if (search_count(f->ix, &q, &count, &err) != STATUS_OK || count != expected)
            fail_msg("%s: the engine counts %llu, a plain scan %zu; %s", text,
                (unsigned long long)count, expected, err.message);
        query_release(&q);
    }
}

static void search_count__equals_a_plain_scan_for_1000_strings_of_han(void **state)
{
    if (!*state)
        skip();
    compare_draws(*state, 1000, 8, true);
}

static void search_count__equals_a_plain_scan_for_500_strings_of_anything(void **state)
{
    if (!*state)
        skip();
    compare_draws(*state, 500, 12, false);
}

static void index_of_the_reports__holds_one_segment(void **state)
{
    struct fixture *f = *state;
    if (!f)
        skip();
    assert_int_equal(index_manifest(f->ix)->n_segments, 1);
    assert_true(f->n > 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_of_the_reports__holds_one_segment),
        cmocka_unit_test(search_count__equals_a_plain_scan_for_1000_strings_of_han),
        cmocka_unit_test(search_count__equals_a_plain_scan_for_500_strings_of_anything),
    };
    return cmocka_run_group_tests_name("recall", tests, set_up, tear_down);
}
