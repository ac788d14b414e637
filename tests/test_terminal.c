// SPDX-License-Identifier: GPL-2.0-or-later
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "common/progress.h"
#include "common/terminal.h"
#include "common/utf8.h"

/* A terminal of our own, `columns` wide: what a program writes to *slave is read from the master.
 */
static int terminal_open(int *slave, unsigned short columns)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0)
        skip();
    *slave = open(ptsname(master), O_RDWR | O_NOCTTY);
    if (*slave < 0)
        skip();
    struct winsize size = {.ws_row = 25, .ws_col = columns};
    assert_int_equal(ioctl(*slave, TIOCSWINSZ, &size), 0);
    fcntl(master, F_SETFL, O_NONBLOCK);
    return master;
}

static void text_columns__counts_wide_characters_twice(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
    } rows[] = {{"", 0}, {"abc", 3}, {"中国A股", 7}, {"ＡＢ，", 6}, {"𨨏", 2}, {"e\u0301", 1},
        {"会（huì）", 9}, {"·…—", 3}, {"ｱ", 1}, {"한글", 4}, {"😀", 2}, {"a\u200bb", 2},
        {"\xff", 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(text_columns(rows[i].text, strlen(rows[i].text)), rows[i].columns);
}

static void put_text__masks_what_drives_a_terminal(void **state)
{
    (void)state;
    static const char text[] = "a\x1b]0;x\x07\x7f\xc2\x9b"
                               "31m\u202e\u2066\n\tz\xff中";
    char *shown = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&shown, &n);
    assert_non_null(out);
    put_text(out, text, sizeof text - 1);
    fclose(out);
    assert_string_equal(shown, "a\uFFFD]0;x\uFFFD\uFFFD\uFFFD31m\uFFFD\uFFFD  z\uFFFD中");
    free(shown);
}

static void put_lines__keeps_lines_and_tabs_alone(void **state)
{
    (void)state;
    static const char text[] = "a\x1b]0;x\x07\r\n\tb\r\u202e\n\xff中\r";
    char *shown = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&shown, &n);
    assert_non_null(out);
    put_lines(out, text, sizeof text - 1);
    fclose(out);
    assert_string_equal(shown, "a\uFFFD]0;x\uFFFD\n\tb\uFFFD\uFFFD\n\uFFFD中\uFFFD");
    free(shown);
}

static void put_text__lets_no_control_through(void **state)
{
    (void)state;
    unsigned seed = (unsigned)time(NULL);
    print_message("seed %u\n", seed);
    srand(seed);
    for (int round = 0; round < 2000; round++) {
        char text[64], *shown = NULL;
        size_t n = 0;
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (char)(rand() % 3 ? "\x1b\xc2\x9b\xe2\x80\xae\x7f\n"[rand() % 8] : rand());
        FILE *out = open_memstream(&shown, &n);
        assert_non_null(out);
        put_text(out, text, sizeof text);
        fclose(out);
        uint32_t cp;
        for (size_t i = 0; i < n;) {
            size_t len = utf8_decode(shown + i, n - i, &cp);
            assert_true(len > 0);
            assert_false(is_control(cp));
            i += len;
        }
        free(shown);
    }
}

static void terminal_has_colour__honours_the_environment(void **state)
{
    (void)state;
    int slave, master = terminal_open(&slave, 80);
    setenv("TERM", "xterm", 1);
    unsetenv("NO_COLOR");
    assert_true(terminal_has_colour(slave, COLOUR_AUTO));
    assert_false(terminal_has_colour(slave, COLOUR_NEVER));
    setenv("NO_COLOR", "1", 1);
    assert_false(terminal_has_colour(slave, COLOUR_AUTO));
    assert_true(terminal_has_colour(slave, COLOUR_ALWAYS));
    setenv("NO_COLOR", "", 1); /* no-color.org: when present and not empty */
    assert_true(terminal_has_colour(slave, COLOUR_AUTO));
    setenv("TERM", "dumb", 1);
    assert_false(terminal_has_colour(slave, COLOUR_AUTO));
    close(slave);
    close(master);
}

static void terminal_columns__asks_the_terminal_then_the_environment(void **state)
{
    (void)state;
    int slave, master = terminal_open(&slave, 132), file = open("/dev/null", O_WRONLY);
    setenv("COLUMNS", "60", 1);
    assert_int_equal(terminal_columns(slave), 132);
    assert_int_equal(terminal_columns(file), 60);
    setenv("COLUMNS", "3", 1);
    assert_int_equal(terminal_columns(file), 20);
    setenv("COLUMNS", "-1", 1);
    assert_int_equal(terminal_columns(file), 80);
    unsetenv("COLUMNS");
    assert_int_equal(terminal_columns(file), 80);
    assert_false(terminal_is(file));
    assert_true(terminal_is(slave));
    close(file);
    close(slave);
    close(master);
}

/* Runs `draw` with stderr on a terminal of 60 columns; what was written is in out. */
static void on_stderr(void (*draw)(void), char *out, size_t max)
{
    int slave, master = terminal_open(&slave, 60), saved = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(slave, STDERR_FILENO);
    draw();
    fflush(stderr);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(slave);
    /* A terminal hands over a part at a time, and ends with EIO when nothing holds its other end. */
    size_t len = 0;
    for (ssize_t n; len < max - 1 && (n = read(master, out + len, max - 1 - len)) > 0;)
        len += (size_t)n;
    out[len] = '\0';
    close(master);
}

/* A clock of the test's own: 20 ms pass each time it is read. */
static int64_t clock_ns;

static int64_t tick(void)
{
    return clock_ns += 20000000;
}

static void draw_a_few(void)
{
    static const char name[] = "一个很长的文件夹/另一个很长的文件夹/二〇二四年政府工作报告.txt";
    struct progress p;
    progress_init(&p, 1000, false);
    clock_ns = p.started_ns;
    p.now_ns = tick;
    for (int i = 0; i < 100; i++)
        progress_add(&p, 5, name, sizeof name - 1);
    progress_clear(&p);
    progress_clear(&p);
}

static void draw_quietly(void)
{
    struct progress p;
    progress_init(&p, 1000, true);
    progress_add(&p, 5, "a", 1);
    progress_clear(&p);
}

static size_t count(const char *text, const char *part)
{
    size_t n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

static void progress__draws_seldom_within_the_width_and_clears(void **state)
{
    (void)state;
    char out[8192];
    on_stderr(draw_a_few, out, sizeof out);
    size_t drawn = count(out, "MB/s");
    assert_int_equal(drawn, 25); /* drawing reads the clock, too: 100 ms are four steps */
    assert_int_equal(count(out, "\r\033[K"), drawn + 1); /* cleared once, not twice */
    assert_null(strchr(out, '\n'));
    assert_non_null(strstr(out, ".txt"));
    for (char *bar = strtok(out, "\r"); bar; bar = strtok(NULL, "\r"))
        assert_true(text_columns(bar + 3, strlen(bar + 3)) < 60);
}

static void progress__is_silent_when_asked_to_be(void **state)
{
    (void)state;
    char out[8192];
    on_stderr(draw_quietly, out, sizeof out);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_columns__counts_wide_characters_twice),
        cmocka_unit_test(put_text__masks_what_drives_a_terminal),
        cmocka_unit_test(put_lines__keeps_lines_and_tabs_alone),
        cmocka_unit_test(put_text__lets_no_control_through),
        cmocka_unit_test(terminal_has_colour__honours_the_environment),
        cmocka_unit_test(terminal_columns__asks_the_terminal_then_the_environment),
        cmocka_unit_test(progress__draws_seldom_within_the_width_and_clears),
        cmocka_unit_test(progress__is_silent_when_asked_to_be),
    };
    return cmocka_run_group_tests_name("terminal", tests, NULL, NULL);
}
