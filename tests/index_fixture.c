// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/index_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/schema.h"
#include "store/xapian_c.h"
#include "tests/temp_dir.h"

const struct builder_options fixture_options = {BUILDER_AUTO, 32 << 20, 1};

/* ---- building ---- */

struct index_writer *fixture_open_writer(void)
{
    struct index_writer *w = NULL;
    OK(index_writer_open(world.place, &fixture_options, &w, &world.err));
    return w;
}

void fixture_begin(struct index_writer *w, struct source *s, const char *name)
{
    *s = (struct source){.path = name,
        .path_len = strlen(name),
        .encoding = ENCODING_UTF8,
        .certainty = 99,
        .size = 7};
    OK(index_writer_begin_source(w, s, &world.err));
}

uint32_t fixture_add_report(struct index_writer *w, const char *title, const char *const *texts)
{
    struct report r = {.title = title, .title_len = strlen(title), .date = schema_date(2024, 5, 0)};
    OK(index_writer_begin_report(w, &r, &world.err));
    for (uint32_t i = 0; texts[i]; i++) {
        const struct passage p = {
            .text = texts[i], .text_len = strlen(texts[i]), .number = i + 1, .line = 2 * i + 1};
        OK(index_writer_add_passage(w, &p, &world.err));
    }
    return r.number;
}

uint32_t fixture_add(struct index_writer *w, const char *name, const char *const *texts)
{
    struct source s;
    fixture_begin(w, &s, name);
    uint32_t number = fixture_add_report(w, name, texts);
    OK(index_writer_end_source(w, &s, &world.err));
    return number;
}

void fixture_build_two(void)
{
    struct index_writer *w = fixture_open_writer();
    fixture_add(w, "/a", TEXTS("营商环境持续优化\n", "城市更新\n"));
    fixture_add(w, "/b", TEXTS("营商环境改革\n"));
    world_commit(w);
    w = fixture_open_writer();
    fixture_add(w, "/c", TEXTS("轿车下线仪式\n", "优化营商环境\n", "养老服务\n"));
    world_commit(w);
}

void fixture_drop(struct index_writer *w, uint32_t segment, uint32_t number)
{
    const struct source s = {.number = number};
    OK(index_writer_drop_source(w, segment, &s, &world.err));
}

/* ---- looking ---- */

const char *fixture_found(struct index *ix, const char *term)
{
    static char text[256];
    const struct xnode node = {.op = XOP_TERM, .term = term, .term_len = strlen(term)};
    const struct xsearch how = {.limit = 20, .is_boolean = true, .check_at_least = 100};
    struct xhits hits;
    OK(index_search(ix, &node, &how, &hits, &world.err));
    size_t n = 0;
    text[0] = '\0';
    for (size_t i = 0; i < hits.n; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u.%u", i ? " " : "",
            hits.hits[i].segment, hits.hits[i].docid);
    assert_int_equal(hits.n_estimated, hits.n);
    xhits_release(&hits);
    return text;
}

const char *fixture_sources(struct index *ix)
{
    static char text[256];
    struct index_cursor c;
    struct source s;
    uint32_t segment;
    bool has_more;
    size_t n = 0;
    text[0] = '\0';
    index_cursor_init(&c, ix);
    for (;;) {
        OK(index_next_source(&c, &s, &segment, &has_more, &world.err));
        if (!has_more)
            break;
        n += (size_t)snprintf(
            text + n, sizeof text - n, "%u:%u%.*s ", segment, s.number, (int)s.path_len, s.path);
    }
    index_cursor_release(&c);
    return text;
}

const char *fixture_reports(struct index *ix)
{
    static char text[256];
    struct index_cursor c;
    struct report r;
    uint32_t segment;
    bool has_more;
    size_t n = 0;
    text[0] = '\0';
    index_cursor_init(&c, ix);
    for (;;) {
        OK(index_next_report(&c, &r, &segment, &has_more, &world.err));
        if (!has_more)
            break;
        n += (size_t)snprintf(text + n, sizeof text - n, "%u:%u%.*s(%u) ", segment, r.number,
            (int)r.title_len, r.title, r.n_passages);
    }
    index_cursor_release(&c);
    return text;
}

struct search_results fixture_search(const char *text, const struct search_options *options)
{
    struct index *ix;
    struct query query;
    struct search_results results;
    OK(index_open(world.place, &ix, &world.err));
    OK(query_parse(text, strlen(text), &query, &world.err));
    OK(search_run(ix, &query, options, &results, &world.err));
    query_release(&query);
    index_close(ix);
    return results;
}

const char *fixture_folder(void)
{
    static char text[256];
    struct dirent **names;
    int n = scandir(world.place, &names, NULL, alphasort);
    assert_true(n >= 0);
    text[0] = '\0';
    for (int i = 0; i < n; i++) {
        const char *name = names[i]->d_name;
        if (*name != '.' && strcmp(name, "lock") != 0 && strcmp(name, "manifest") != 0) {
            strcat(text, name);
            strcat(text, " ");
        }
        free(names[i]);
    }
    free(names);
    return text;
}

const char *fixture_in(const char *name)
{
    return temp_dir_path(world.place, name);
}
