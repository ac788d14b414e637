// SPDX-License-Identifier: GPL-2.0-or-later
/* Passages: rows of text and what they are cut into, rendered as one string; and what holds of any
 * text. */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <unistd.h>

#include "common/utf8.h"
#include "indexer/input.h"
#include "indexer/line.h"
#include "indexer/passage.h"
#include "tests/repeated.h"
#include "tests/rows.h"
#include "tests/temp_dir.h"

struct render {
    char text[4096];
    size_t n;
};

/* ` ¦ ` between passages; of each `line/level/section text`, line ends as ⏎ and ␍, F before furniture. */
static enum status render_passage(void *arg, const struct passage *p, struct error *err)
{
    struct render *r = arg;
    (void)err;
    r->n += (size_t)snprintf(r->text + r->n, sizeof r->text - r->n, "%s%s%u/%u/%u ",
        p->number > 1 ? " ¦ " : "", p->is_furniture ? "F" : "", p->line, p->level, p->section);
    for (size_t i = 0; i < p->text_len; i++) {
        const char *mark = p->text[i] == '\n' ? "⏎" : p->text[i] == '\r' ? "␍" : NULL;
        r->n += (size_t)(mark ? snprintf(r->text + r->n, sizeof r->text - r->n, "%s", mark)
                              : snprintf(r->text + r->n, sizeof r->text - r->n, "%c", p->text[i]));
    }
    return STATUS_OK;
}

static void check_row(void **state)
{
    const struct row *row = *state;
    struct render r = {.n = 0};
    struct passage_splitter *s;
    struct error err;
    assert_int_equal(passage_splitter_open(render_passage, &r, &s, &err), STATUS_OK);
    passage_splitter_begin(s, strcmp(row->kind, "markdown") == 0, 1);
    assert_int_equal(passage_splitter_feed(s, row->text, row->text_len, true, &err), STATUS_OK);
    passage_splitter_close(s);
    assert_string_equal(r.text, row->expected);
}

/* What any cutting must keep: nothing lost, nothing doubled, numbers and sections in order. */
struct keeper {
    const char *text;
    size_t n, at;
    uint32_t number, line;
    size_t longest;
};

static enum status keep(void *arg, const struct passage *p, struct error *err)
{
    struct keeper *k = arg;
    (void)err;
    assert_true(p->text_len > 0 && k->at + p->text_len <= k->n);
    for (size_t i = 0; i < p->text_len; i++) {
        char was = k->text[k->at + i];
        assert_true(p->text[i] == was || (p->text[i] == ' ' && !isalpha((unsigned char)was)));
    }
    assert_int_equal(p->number, ++k->number);
    assert_true(p->section < p->number);
    assert_true(p->line >= k->line);
    assert_true(p->level <= 9);
    k->line = p->line;
    k->at += p->text_len;
    assert_int_equal(utf8_floor(k->text, k->n, k->at), k->at);
    if (p->text_len > k->longest)
        k->longest = p->text_len;
    return STATUS_OK;
}

static struct keeper cut_in_steps(const char *text, size_t n, size_t step, bool is_markdown)
{
    struct keeper k = {.text = text, .n = n};
    struct passage_splitter *s;
    struct error err;
    assert_int_equal(passage_splitter_open(keep, &k, &s, &err), STATUS_OK);
    passage_splitter_begin(s, is_markdown, 1);
    for (size_t at = 0; at < n; at += step) {
        size_t part = n - at < step ? n - at : step;
        assert_int_equal(
            passage_splitter_feed(s, text + at, part, at + part == n, &err), STATUS_OK);
    }
    passage_splitter_close(s);
    assert_int_equal(k.at, n);
    return k;
}

/* n characters of s again and again. */
static void passage_splitter_feed__cuts_a_line_without_end_in_bounded_pieces(void **state)
{
    (void)state;
    static const char *const lines[] = {"云陵市", "云陵市建成，", "云陵市建成。", " ", "a", "𠮟責",
        "會(huì )", "\r", "第一章 总则 "};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *text = repeated(lines[i], 60000);
        struct keeper k = cut_in_steps(text, strlen(text), 50000, i % 2);
        assert_true(k.longest <= 17 * 1024);
        free(text);
    }
}

static void passage_splitter_feed__does_not_depend_on_where_the_text_is_cut(void **state)
{
    (void)state;
    const char *unit = "第 1 "
                       "條\r\n本辦法依雲陵縣自治條例第三條規定訂定之；其施行細則，由縣\r\n府定之。"
                       "\r\n\r\n一、茶業。\r\n二、陶瓷。\r\n\r\n";
    char *text = repeated(unit, 40);
    size_t n = strlen(text);
    struct keeper whole = cut_in_steps(text, n, n, false);
    for (size_t step = 1; step < 40; step += 3) {
        struct keeper k = cut_in_steps(text, n, step, false);
        assert_int_equal(k.number, whole.number);
        assert_int_equal(k.line, whole.line);
    }
    free(text);
}

/* Of each passage "page first-character pages-that-end-in-it; ". */
static enum status note_pages(void *arg, const struct passage *p, struct error *err)
{
    struct render *r = arg;
    (void)err;
    r->n += (size_t)snprintf(r->text + r->n, sizeof r->text - r->n, "%u %.3s %u; ", p->line,
        p->text, passage_pages(p->text, p->text_len));
    return STATUS_OK;
}

static void expect_pages(uint32_t page, const char *text, const char *expected)
{
    struct render r = {.n = 0};
    struct passage_splitter *s;
    struct error err;
    const struct paragraph_hint hint = {.page = page};
    assert_int_equal(passage_splitter_open(note_pages, &r, &s, &err), STATUS_OK);
    passage_splitter_begin_document(s);
    assert_int_equal(passage_splitter_paragraph(s, &hint, text, strlen(text), &err), STATUS_OK);
    assert_int_equal(passage_splitter_paragraph(s, &hint, "末段。", 9, &err), STATUS_OK);
    assert_int_equal(passage_splitter_end(s, &err), STATUS_OK);
    passage_splitter_close(s);
    assert_string_equal(r.text, expected);
}

static void passage_splitter_paragraph__names_the_page_that_each_piece_begins_on(void **state)
{
    (void)state;
    char *a = repeated("云陵市建成。", 67), *b = repeated("养老床位。", 80);
    char *c = repeated("茶", 1000), *d = repeated("陶", 1000), *e = repeated("瓷", 26000);
    char *text = malloc(100000);
    assert_non_null(text);
    sprintf(
        text, "%s%s\f%s", a, "新建\f成。", b); /* in the second piece, and inside that once more */
    expect_pages(3, text, "3 云 0; 3 新 2; 3 末 0; ");
    sprintf(text, "%s\f%s", a, b); /* between two pieces */
    expect_pages(3, text, "3 云 1; 4 养 0; 3 末 0; ");
    sprintf(text, "%s%s\f%s%s", c, c, d, d); /* without any place to cut but the page's end */
    expect_pages(8, text, "8 茶 1; 9 陶 0; 8 末 0; ");
    sprintf(text, "%s\f%s", e, a); /* too long to wait for its end */
    expect_pages(8, text,
        "8 瓷 0; 8 瓷 0; 8 瓷 0; 8 瓷 0; 8 瓷 0; 8 瓷 0; 8 瓷 0; 8 瓷 0; 8 瓷 0; 8 瓷 0; "
        "8 瓷 0; 8 瓷 0; 8 瓷 1; 9 云 0; 8 末 0; ");
    free(a), free(b), free(c), free(d), free(e), free(text);
}

/* A note behind the text stands under no heading, and makes none of the line before it. */
static void passage_splitter_paragraph__puts_notes_under_no_heading(void **state)
{
    static const struct {
        const char *text;
        struct paragraph_hint hint;
    } rows[] = {{"第一章 总则", {.level = 1}}, {"本办法所称床位。", {.level = 0}},
        {"云陵市人民政府", {.level = 0}},
        {"床位是指已经建成、验收合格并且投入使用的养老床位，不包括正在建设和已经停用的床位。",
            {.is_note = true}},
        {"一、批注", {.is_note = true}}, {"又一条。", {.is_note = true}}};
    struct render r = {.n = 0};
    struct passage_splitter *s;
    struct error err;
    (void)state;
    assert_int_equal(passage_splitter_open(render_passage, &r, &s, &err), STATUS_OK);
    passage_splitter_begin_document(s);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(
            passage_splitter_paragraph(s, &rows[i].hint, rows[i].text, strlen(rows[i].text), &err),
            STATUS_OK);
    assert_int_equal(passage_splitter_end(s, &err), STATUS_OK);
    passage_splitter_close(s);
    assert_string_equal(r.text,
        "0/1/0 第一章 总则⏎ ¦ 0/0/1 本办法所称床位。⏎ ¦ 0/0/1 云陵市人民政府⏎ ¦ 0/0/0 "
        "床位是指已经建成、验收合格并且投入使用的养老床位，不包括正在建设和已经停用的床位。⏎ ¦ "
        "0/0/0 一、批注⏎ ¦ 0/0/0 又一条。⏎");
}

struct levels {
    unsigned n, n_headings;
    uint32_t last_section;
};

static enum status count_levels(void *arg, const struct passage *p, struct error *err)
{
    struct levels *l = arg;
    (void)err;
    l->n++;
    l->n_headings += p->level > 0;
    l->last_section = p->section;
    return STATUS_OK;
}

/* An article of many passages, given out before its end is there: the first of them is what the others stand under. */
static void passage_splitter_feed__makes_one_heading_of_a_long_paragraph(void **state)
{
    (void)state;
    struct levels l = {.n = 0};
    struct passage_splitter *s;
    struct error err;
    char *text = repeated("云陵市建成十个茶园。", 20000);
    memcpy(text, "第一条 云", strlen("第一条 云"));
    assert_int_equal(passage_splitter_open(count_levels, &l, &s, &err), STATUS_OK);
    passage_splitter_begin(s, false, 1);
    for (size_t at = 0, n = strlen(text), part; at < n; at += part) {
        part = n - at < 50000 ? n - at : 50000;
        assert_int_equal(
            passage_splitter_feed(s, text + at, part, at + part == n, &err), STATUS_OK);
    }
    passage_splitter_close(s);
    assert_true(l.n > 100);
    assert_int_equal(l.n_headings, 1);
    assert_int_equal(l.last_section, 1);
    free(text);
}

static void passage_splitter_feed__keeps_random_text_whole(void **state)
{
    (void)state;
    static const char *const bits[] = {"\n", "\r\n", "\r\r\n", "\r", "\n\n", "\f", "\xE2\x80\xA8",
        " ", "　", "一、", "（二）", "第三条 ", "第", "章", "12.", "*.", "# ", "**", "```\n", "│",
        "| ", "云陵", "。", "，", "；", "”", "（", "huì", ")", "- ", "建成并投入使用", "\t", "①",
        "。\n", "abc ", "¥", "😀"};
    srand(7);
    for (int round = 0; round < 300; round++) {
        char text[8192];
        size_t n = 0;
        while (n < 6000) {
            const char *bit = bits[(size_t)rand() % (sizeof bits / sizeof *bits)];
            memcpy(text + n, bit, strlen(bit));
            n += strlen(bit);
        }
        cut_in_steps(text, n, 1 + (size_t)rand() % 700, round % 2);
    }
}

static void passage_splitter_feed__bounds_blank_lines(void **state)
{
    (void)state;
    char *text = repeated("\n", 300000);
    struct keeper k = cut_in_steps(text, 300000, 65536, false);
    assert_true(k.longest <= 64 * 1024);
    free(text);
}

static void passage_splitter_feed__takes_an_empty_text(void **state)
{
    (void)state;
    struct keeper k = {.n = 0};
    struct passage_splitter *s;
    struct error err;
    assert_int_equal(passage_splitter_open(keep, &k, &s, &err), STATUS_OK);
    assert_int_equal(passage_splitter_feed(s, "", 0, true, &err), STATUS_OK);
    assert_int_equal(k.number, 0);
    passage_splitter_close(s);
}

static void passage_splitter_feed__joins_what_was_broken_by_hand(void **state)
{
    (void)state;
    const char *unit = "所有的帳號，都由系統管理者建立，使用者只能使用自己的 shell\n"
                       "與檔案，所以帳號及群組的管理，是系統上\n"
                       "不可或缺的重點。\n";
    char *text = repeated(unit, 20);
    struct keeper k = cut_in_steps(text, strlen(text), 5000, false);
    assert_in_range(k.number, 20, 21); /* the first line may be a title, and is left alone */
    free(text);
}

static void passage_splitter_feed__joins_no_list_of_titles(void **state)
{
    (void)state;
    const char *unit = "雲陵市第二屆人民代表大會第一次會議關於工作報告的決議全文\n"
                       "雲陵縣古窯保存自治條例施行細則修正草案總說明\n"
                       "雲陵市老舊小區改造及既有住宅加裝電梯辦法\n";
    char *text = repeated(unit, 20);
    assert_int_equal(cut_in_steps(text, strlen(text), 5000, false).number, 60);
    free(text);
}

/* The decoded text of a file; NULL where it is none. */
static char *read_decoded(const char *path, size_t *n)
{
    struct input *in;
    struct buf text;
    struct error err;
    bool is_binary, is_last = false;
    const char *kind;
    buf_init(&text, 256 << 20);
    assert_int_equal(input_open_file(path, &in, &err), STATUS_OK);
    assert_int_equal(input_detect(in, ENCODING_UNKNOWN, &is_binary, &kind, &err), STATUS_OK);
    while (!is_binary && !is_last)
        assert_int_equal(input_read(in, &text, &is_last, &err), STATUS_OK);
    input_close(in);
    *n = text.len;
    if (is_binary)
        buf_release(&text);
    return text.data;
}

/* All files of an archive, one behind the other. */
static char *read_archive(const char *path, size_t *n)
{
    char command[4200];
    struct buf text;
    buf_init(&text, 256 << 20);
    snprintf(command, sizeof command, "tar -xJOf '%s'", path);
    FILE *pipe = popen(command, "r");
    assert_non_null(pipe);
    do
        assert_true(buf_reserve(&text, 1 << 20));
    while ((*n = fread(text.data + text.len, 1, 1 << 20, pipe)) > 0 && (text.len += *n));
    assert_int_equal(pclose(pipe), 0);
    *n = text.len;
    return text.data;
}

/* What ends a line at text, byte by byte; 0 for nothing. */
static size_t end_at(const char *text, size_t n)
{
    static const char *const ends[] = {
        "\r\r\n", "\r\n", "\r", "\n", "\v", "\f", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strlen(ends[i]) <= n && memcmp(text, ends[i], strlen(ends[i])) == 0)
            return strlen(ends[i]);
    return 0;
}

static void line_length__ends_at_the_first_line_end(void **state)
{
    (void)state;
    static const char *const pieces[] = {"中", "“", "a", "\t", "国", "\xC2\xB7", "\xE2\x80", "\xC2",
        "\r", "\n", "\r\n", "\v", "\f", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"};
    srand(7);
    for (int round = 0; round < 20000; round++) {
        char text[96];
        size_t n = 0, at = 0, most = (size_t)rand() % 90 + 1;
        while (n + 3 < most)
            n += (size_t)sprintf(text + n, "%s", pieces[rand() % (rand() % 20 ? 8 : 16)]);
        while (at < n && !end_at(text + at, n - at))
            at++;
        size_t end = at < n ? end_at(text + at, n - at) : 0;
        assert_int_equal(line_length(text, n, true), end ? at + end : 0);
        bool may_grow =
            end && text[at] == '\r' && (at + 1 == n || (at + 2 == n && text[at + 1] == '\r'));
        assert_int_equal(line_length(text, n, false), end && !may_grow ? at + end : 0);
    }
}

static unsigned n_corpus_files;

static int check_corpus_file(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)where;
    size_t n;
    const char *ending = strrchr(path, '.');
    if (type != FTW_F)
        return 0;
    char *text =
        ending && strcmp(ending, ".xz") == 0 ? read_archive(path, &n) : read_decoded(path, &n);
    if (text && n) {
        bool is_markdown = (ending && strcmp(ending, ".md") == 0) || strstr(path, "laws-cn");
        cut_in_steps(text, n, 10007, is_markdown);
        n_corpus_files++;
    }
    free(text);
    return 0;
}

static void passage_splitter_feed__loses_no_byte_of_any_corpus(void **state)
{
    (void)state;
    const char *corpora = getenv("CORPORA") ? getenv("CORPORA") : "../shared/corpora";
    if (access(corpora, F_OK) != 0) {
        print_message("no corpora at %s\n", corpora);
        skip();
    }
    assert_int_equal(nftw(corpora, check_corpus_file, 16, FTW_PHYS), 0);
    assert_true(n_corpus_files > 250); /* five folders of reports, two of other encodings, laws */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(passage_splitter_feed__cuts_a_line_without_end_in_bounded_pieces),
        cmocka_unit_test(passage_splitter_feed__does_not_depend_on_where_the_text_is_cut),
        cmocka_unit_test(passage_splitter_paragraph__puts_notes_under_no_heading),
        cmocka_unit_test(passage_splitter_feed__makes_one_heading_of_a_long_paragraph),
        cmocka_unit_test(passage_splitter_paragraph__names_the_page_that_each_piece_begins_on),
        cmocka_unit_test(passage_splitter_feed__keeps_random_text_whole),
        cmocka_unit_test(passage_splitter_feed__bounds_blank_lines),
        cmocka_unit_test(passage_splitter_feed__takes_an_empty_text),
        cmocka_unit_test(line_length__ends_at_the_first_line_end),
        cmocka_unit_test(passage_splitter_feed__joins_what_was_broken_by_hand),
        cmocka_unit_test(passage_splitter_feed__joins_no_list_of_titles),
        cmocka_unit_test(passage_splitter_feed__loses_no_byte_of_any_corpus),
    };
    return rows_run("passages.test", check_row) + cmocka_run_group_tests(tests, NULL, NULL);
}
