// SPDX-License-Identifier: GPL-2.0-or-later
/* What a passage of a stuffed report ranks as: 云陵 was stuffed in before stops. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "search/unstuff.h"
#include "tests/index_fixture.h"

static void add_report(
    struct index_writer *w, const char *title, const char *stuffed, const char *text)
{
    struct report r = {.title = title,
        .title_len = strlen(title),
        .stuffed = stuffed,
        .stuffed_len = strlen(stuffed)};
    const struct passage p = {.text = text, .text_len = strlen(text), .number = 1, .line = 1};
    OK(index_writer_begin_report(w, &r, &world.err));
    OK(index_writer_add_passage(w, &p, &world.err));
}

static void unstuffer_fold__leaves_out_what_was_stuffed_in(void **state)
{
    (void)state;
    static const struct {
        const char *stuffed, *text, *expected;
    } rows[] = {
        {"云陵", "去年建成茶园十座云陵。今年改造窑址，在云陵三处雲陵！",
            "去年建成茶园十座。今年改造窑址，在云陵三处！"},
        {"云陵", "各部门落实政策云陵\n", "各部门落实政策\n"},
        {"云陵", "云陵的茶园，云陵的窑址。", "云陵的茶园，云陵的窑址。"},
        {"", "茶园十座云陵。", "茶园十座云陵。"},
        {"南溪", "茶园十座云陵。窑址三处南溪。", "茶园十座云陵。窑址三处。"},
    };
    enum { N = sizeof rows / sizeof *rows };
    struct source s;
    struct index_writer *w = fixture_open_writer();
    fixture_begin(w, &s, "/stuffed");
    for (size_t i = 0; i < N; i++)
        add_report(w, "题", rows[i].stuffed, rows[i].text);
    OK(index_writer_end_source(w, &s, &world.err));
    world_commit(w);
    struct index *ix = world_open_index();
    struct unstuffer u;
    struct folded_passage f;
    unstuffer_init(&u, ix);
    folded_passage_init(&f);
    for (uint32_t i = 0; i < N; i++) {
        struct stored_passage p;
        OK(index_passage(ix, 0, i + 1, &p, &world.err));
        const char *text = p.passage.text;
        size_t n = p.passage.text_len;
        OK(unstuffer_fold(&u, &p, &f, &text, &n, &world.err));
        char shown[256] = "";
        assert_true(n < sizeof shown);
        memcpy(shown, text, n);
        assert_string_equal(shown, rows[i].expected);
        assert_ptr_equal(f.text, text);
        assert_int_equal(f.text_len, n);
    }
    folded_passage_release(&f);
    unstuffer_release(&u);
    index_close(ix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            unstuffer_fold__leaves_out_what_was_stuffed_in, world_set_up, world_tear_down),
    };
    return cmocka_run_group_tests_name("unstuff", tests, NULL, NULL);
}
