// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/unstuff.h"

#include <string.h>

#include "common/utf8.h"

void unstuffer_init(struct unstuffer *u, struct index *ix)
{
    *u = (struct unstuffer){.ix = ix};
    buf_init(&u->text, PASSAGE_BYTES_MAX);
}

void unstuffer_release(struct unstuffer *u)
{
    buf_release(&u->text);
}

/* Reads what was stuffed into the passage's report. */
static enum status load(struct unstuffer *u, const struct stored_passage *p, struct error *err)
{
    struct stored_report of;
    if (u->report == p->report && u->segment == p->segment)
        return STATUS_OK;
    enum status s = index_report_of(u->ix, p->segment, p->docid, &of, err);
    if (s != STATUS_OK)
        return s;
    u->segment = p->segment;
    u->report = p->report;
    u->n = 0;
    for (size_t at = 0; at < of.report.stuffed_len && u->n < STUFFED_BYTES_MAX;)
        at += utf8_step(of.report.stuffed + at, of.report.stuffed_len - at, &u->cps[u->n++]);
    return STATUS_OK;
}

/* Does a sentence end at place `at` of the folded passage? So does a passage. */
static bool ends_at(const struct folded_passage *f, size_t at)
{
    while (at < f->n && f->classes[at] == CHAR_SPACE)
        at++;
    return at == f->n || folded_ends_sentence(f->cps[at]);
}

/* Copies text without the stuffed places; false when memory is out. */
static bool copy_rest(struct unstuffer *u, struct folded_passage *f, const char *text, size_t n)
{
    size_t kept = 0;
    buf_clear(&u->text);
    for (size_t at = folded_passage_find(f, u->cps, u->n, false, 0); at < f->n;
         at = folded_passage_find(f, u->cps, u->n, false, at + 1)) {
        if (!ends_at(f, at + u->n))
            continue;
        if (!buf_append(&u->text, text + kept, f->ranges[at].start - kept))
            return false;
        kept = f->ranges[at + u->n - 1].end;
    }
    return buf_append(&u->text, text + kept, n - kept);
}

enum status unstuffer_fold(struct unstuffer *u, const struct stored_passage *p,
    struct folded_passage *f, const char **text, size_t *n, struct error *err)
{
    if (!folded_passage_set(f, *text, *n))
        return error_no_memory(err);
    if (!p->is_stuffed)
        return STATUS_OK;
    enum status s = load(u, p, err);
    if (s != STATUS_OK || u->n == 0)
        return s;
    if (!copy_rest(u, f, *text, *n))
        return error_no_memory(err);
    if (u->text.len == *n)
        return STATUS_OK;
    *text = u->text.data;
    *n = u->text.len;
    return folded_passage_set(f, *text, *n) ? STATUS_OK : error_no_memory(err);
}
