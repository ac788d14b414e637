// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "search/search_parts.h"
#include "store/section.h"

enum {
    RESULTS_BYTES_MAX = 512 << 20,
    SECTION_DEPTH_MAX = 16,
};

static enum status copy_report(
    struct search *s, struct search_hit *hit, const struct stored_report *from, struct arena *arena)
{
    hit->report = from->report;
    hit->report.title = arena_copy(arena, from->report.title, from->report.title_len);
    hit->report.id = arena_copy(arena, from->report.id, from->report.id_len);
    hit->report.fields = arena_copy(arena, from->report.fields, from->report.fields_len);
    hit->path = arena_copy(arena, from->source.path, from->source.path_len);
    hit->path_len = from->source.path_len;
    hit->place_unit = from->source.place_unit;
    bool ok = hit->report.title && hit->report.id && hit->report.fields && hit->path;
    return ok ? STATUS_OK : error_no_memory(s->err);
}

/* Follows the headings upwards from passage number `section` of the hit's report. */
static enum status collect_section(
    struct search *s, struct search_hit *hit, uint32_t section, struct arena *arena)
{
    const char *labels[SECTION_DEPTH_MAX];
    size_t n = 0;
    while (section && n < SECTION_DEPTH_MAX) {
        struct stored_passage heading;
        char label[SECTION_LABEL_MAX];
        enum status status = index_passage(
            s->ix, hit->segment, hit->report.first_docid + section - 1, &heading, s->err);
        if (status != STATUS_OK)
            return status;
        size_t len = section_label(heading.passage.text, heading.passage.text_len, label);
        labels[n] = arena_copy(arena, label, len);
        if (!labels[n++])
            return error_no_memory(s->err);
        section = heading.passage.section < section ? heading.passage.section : 0;
    }
    hit->section = arena_alloc(arena, (n + 1) * sizeof *hit->section);
    if (!hit->section)
        return error_no_memory(s->err);
    for (size_t i = 0; i < n; i++)
        hit->section[i] = labels[n - 1 - i];
    hit->n_section = n;
    return STATUS_OK;
}

/* An article that goes on in its line (第一条 为了…) opens a section, but is body text all the
 * same. */
static bool is_heading(const struct passage *p)
{
    struct opener o;
    if (p->level == 0)
        return false;
    return !opener_parse(p->text, p->text_len, &o) || o.level != OPENER_ARTICLE ||
           o.text >= p->text_len;
}

static enum status describe(
    struct search *s, bool is_brief, struct arena *arena, struct search_hit *hit)
{
    struct stored_report report;
    struct stored_passage p;
    enum status status = index_report_of(s->ix, hit->segment, hit->docid, &report, s->err);
    if (status == STATUS_OK)
        status = copy_report(s, hit, &report, arena);
    if (status != STATUS_OK)
        return status;
    hit->passage = hit->docid - hit->report.first_docid + 1;
    if (is_brief)
        return STATUS_OK;
    status = index_passage(s->ix, hit->segment, hit->docid, &p, s->err);
    if (status != STATUS_OK)
        return status;
    hit->line = p.passage.line;
    if (hit->place_unit == PLACE_PAGE && hit->line)
        hit->last_page = hit->line + passage_pages(p.passage.text, p.passage.text_len);
    hit->is_heading = is_heading(&p.passage);
    return collect_section(s, hit, p.passage.section, arena);
}

enum status search_describe(struct index *ix, uint32_t segment, uint32_t docid, struct arena *arena,
    struct search_hit *out, struct error *err)
{
    struct search s = {.ix = ix, .err = err};
    *out = (struct search_hit){.segment = segment, .docid = docid};
    return describe(&s, false, arena, out);
}

/* Narrows the pages of the passage down to those that its marks stand on. */
static void find_pages(struct search_hit *hit, const char *text, const struct ranges *marks)
{
    if (hit->last_page == hit->line || marks->n == 0)
        return;
    hit->last_page = hit->line + passage_pages(text, marks->at[marks->n - 1].end);
    hit->line += passage_pages(text, marks->at[0].start);
}

static enum status show(struct search *s, bool is_raw, struct arena *arena, struct search_hit *hit)
{
    struct stored_passage p;
    struct ranges marks;
    enum status status = search_fold_passage(s, hit->segment, hit->docid, &p);
    const char *text = p.passage.text;
    size_t n = p.passage.text_len;
    if (status == STATUS_OK)
        status = highlight_find(s->query, &s->plan, &s->folded, text, n, arena, &marks, s->err);
    if (status == STATUS_OK)
        find_pages(hit, text, &marks);
    if (status == STATUS_OK)
        status = shown_text_make(text, n, &marks, is_raw, arena, &hit->shown, s->err);
    return status;
}

/* Those of hit number `of`: from *next on, which then is where those of the following hits begin. */
static enum status describe_twins(struct search *s, const struct twins *twins, size_t of,
    size_t *next, struct arena *arena, struct search_hit *hit)
{
    const size_t first = *next;
    while (*next < twins->n && twins->at[*next].of == of)
        ++*next;
    struct search_hit *all = arena_alloc(arena, (*next - first + 1) * sizeof *all);
    enum status status = all ? STATUS_OK : error_no_memory(s->err);
    for (size_t i = first; status == STATUS_OK && i < *next; i++) {
        struct search_hit *to = &all[hit->n_twins++];
        *to = (struct search_hit){.segment = twins->at[i].segment, .docid = twins->at[i].docid};
        status = describe(s, true, arena, to);
    }
    hit->twins = all;
    return status;
}

enum status search_make_page(struct search *s, const struct search_options *options,
    const struct xhits *hits, const struct twins *twins, struct search_results *out)
{
    arena_init(&out->arena, RESULTS_BYTES_MAX);
    size_t n = hits->n > options->offset ? hits->n - options->offset : 0;
    if (n > options->limit)
        n = options->limit;
    out->hits = arena_alloc(&out->arena, (n + 1) * sizeof *out->hits);
    enum status status = out->hits ? STATUS_OK : error_no_memory(s->err);
    size_t twin = 0;
    while (twin < twins->n && twins->at[twin].of < options->offset)
        twin++;
    for (size_t i = 0; status == STATUS_OK && i < n; i++) {
        const struct xhit *from = &hits->hits[options->offset + i];
        struct search_hit *hit = &out->hits[i];
        *hit = (struct search_hit){
            .segment = from->segment, .docid = from->docid, .score = from->score};
        status = describe(s, options->is_brief, &out->arena, hit);
        if (status == STATUS_OK)
            status = describe_twins(s, twins, options->offset + i, &twin, &out->arena, hit);
        if (status == STATUS_OK && !options->is_brief)
            status = show(s, options->is_raw, &out->arena, hit);
    }
    out->n = n;
    if (status != STATUS_OK)
        search_results_release(out);
    return status;
}
