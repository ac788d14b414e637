// SPDX-License-Identifier: GPL-2.0-or-later
/* The Word files of 31 provinces, and the texts made from them: the same paragraphs. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/buf.h"
#include "common/utf8.h"
#include "extract/parsers.h"
#include "tests/blocks.h"
#include "tests/temp_dir.h"

/* The text's next line without its white space, in place; NULL at the end. */
static char *next_line(char **at, size_t skip)
{
    while (**at) {
        char *line = *at, *end = line + strcspn(line, "\n"), *out = line, *from = line;
        *at = *end ? end + 1 : end;
        for (size_t i = 0; i < skip && from < end; from++)
            i += *from == ' '; /* kind and page */
        while (from < end) {
            uint32_t c;
            size_t n = utf8_step(from, (size_t)(end - from), &c);
            if (c > ' ' && c != 0x3000 && c != 0xA0 && c != 0xFEFF &&
                !(c >= 0x2000 && c <= 0x200B)) {
                memmove(out, from, n);
                out += n;
            }
            from += n;
        }
        if (out > line) {
            *out = '\0';
            return line;
        }
    }
    return NULL;
}

static void compare(const char *docx, const char *txt, unsigned *n_same, unsigned *n_all)
{
    size_t n_docx, n_txt;
    struct buf out;
    struct error err;
    char *bytes = temp_dir_read(docx, &n_docx), *twin = temp_dir_read(txt, &n_txt), *text;
    if (blocks_of(parse_docx, bytes, n_docx, true, &out, &err) != STATUS_OK)
        fail_msg("%s: %s", docx, err.message);
    text = strndup(twin, n_txt);
    assert_non_null(text);
    char *ours = (char *)(uintptr_t)buf_terminate(&out), *theirs = text;
    while (strncmp(ours, "title=", 6) == 0 || strncmp(ours, "date=", 5) == 0 ||
           strncmp(ours, "author=", 7) == 0)
        ours = strchr(ours, '\n') + 1;
    for (char *a = next_line(&ours, 2), *b = next_line(&theirs, 0); a || b;
         a = next_line(&ours, 2), b = next_line(&theirs, 0)) {
        bool is_same = a && b && strcmp(a, b) == 0;
        if (!is_same)
            print_message("%s\n  docx: %.60s\n  text: %.60s\n", docx, a ? a : "-", b ? b : "-");
        *n_same += is_same;
        ++*n_all;
    }
    buf_release(&out);
    free(bytes);
    free(twin);
    free(text);
}

static void docx__gives_the_paragraphs_of_the_provinces_texts(void **state)
{
    const char *corpora = getenv("CORPORA");
    char dir[4096], docx[8192], txt[8192];
    unsigned n_same = 0, n_all = 0;
    (void)state;
    snprintf(dir, sizeof dir, "%s/reports-provinces-2025", corpora ? corpora : "");
    snprintf(docx, sizeof docx, "%s/docx", dir);
    DIR *d = corpora ? opendir(docx) : NULL;
    if (!d) {
        print_message("skipped: needs CORPORA\n");
        skip();
    }
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.' || strlen(e->d_name) < 6)
            continue;
        snprintf(docx, sizeof docx, "%s/docx/%s", dir, e->d_name);
        snprintf(txt, sizeof txt, "%s/%.*s.txt", dir, (int)strlen(e->d_name) - 5, e->d_name);
        compare(docx, txt, &n_same, &n_all);
    }
    closedir(d);
    print_message("%u of %u paragraphs are the same\n", n_same, n_all);
    assert_true(n_all > 1000 && n_same * 100.0 >= n_all * 99.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(docx__gives_the_paragraphs_of_the_provinces_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
