// SPDX-License-Identifier: GPL-2.0-or-later
#include "search/section_evidence.h"

#include "store/section.h"

enum { HEADINGS_MAX = 16 };

void section_evidence_init(
    struct section_evidence *s, struct index *ix, const struct ranker *ranker)
{
    *s = (struct section_evidence){.ix = ix, .ranker = ranker};
    folded_passage_init(&s->folded);
    unstuffer_init(&s->unstuffer, ix);
}

void section_evidence_release(struct section_evidence *s)
{
    folded_passage_release(&s->folded);
    unstuffer_release(&s->unstuffer);
}

static struct kept_heading *kept_at(struct section_evidence *s, uint32_t segment, uint32_t docid)
{
    return &s->kept[(docid + segment) % HEADINGS_KEPT];
}

/* The terms in one heading's own text. */
static enum status read_terms(struct section_evidence *s, const struct stored_passage *heading,
    uint64_t *terms, struct error *err)
{
    const struct passage *p = &heading->passage;
    char label[SECTION_LABEL_MAX];
    const char *text = p->text;
    size_t n = p->text_len;
    if (p->level == 0) { /* text that leads to a list: what is shown of it */
        n = section_label(p->text, p->text_len, label);
        text = label;
    }
    enum status status = unstuffer_fold(&s->unstuffer, heading, &s->folded, &text, &n, err);
    if (status == STATUS_OK)
        *terms = ranker_terms(s->ranker, &s->folded, text, n);
    return status;
}

/* Section numbers fall from heading to heading (record.h), else the text is damaged: then it ends. */
enum status section_evidence_terms(
    struct section_evidence *s, const struct stored_passage *p, uint64_t *terms, struct error *err)
{
    struct stored_passage heading = *p;
    struct kept_heading path[HEADINGS_MAX]; /* from the innermost out, each with its own terms */
    size_t n = 0;
    uint64_t above = 0;
    for (; heading.passage.section && n < HEADINGS_MAX; n++) {
        uint32_t number = heading.passage.number, section = heading.passage.section;
        if (section >= number || number - section >= heading.docid)
            break;
        uint32_t docid = heading.docid - (number - section);
        const struct kept_heading *known = kept_at(s, p->segment, docid);
        if (known->docid == docid && known->segment == p->segment) {
            above = known->terms;
            break;
        }
        enum status status = index_passage(s->ix, heading.segment, docid, &heading, err);
        path[n] = (struct kept_heading){.segment = p->segment, .docid = docid};
        if (status == STATUS_OK)
            status = read_terms(s, &heading, &path[n].terms, err);
        if (status != STATUS_OK)
            return status;
    }
    while (n > 0) {
        path[--n].terms |= above;
        above = path[n].terms;
        *kept_at(s, p->segment, path[n].docid) = path[n];
    }
    *terms = above;
    return STATUS_OK;
}
