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

/* Section numbers fall from heading to heading (record.h), else the text is damaged: then it ends. */
static enum status collect_terms(
    struct section_evidence *s, struct stored_passage heading, struct error *err)
{
    for (int depth = 0; heading.passage.section && depth < HEADINGS_MAX; depth++) {
        uint32_t number = heading.passage.number, section = heading.passage.section;
        if (section >= number || number - section >= heading.docid)
            break;
        uint32_t docid = heading.docid - (number - section);
        enum status status = index_passage(s->ix, heading.segment, docid, &heading, err);
        if (status != STATUS_OK)
            return status;
        const struct passage *p = &heading.passage;
        char label[SECTION_LABEL_MAX];
        const char *text = p->text;
        size_t n = p->text_len;
        if (p->level == 0) { /* text that leads to a list: what is shown of it */
            n = section_label(p->text, p->text_len, label);
            text = label;
        }
        status = unstuffer_fold(&s->unstuffer, &heading, &s->folded, &text, &n, err);
        if (status != STATUS_OK)
            return status;
        s->terms |= ranker_terms(s->ranker, &s->folded, text, n);
    }
    return STATUS_OK;
}

enum status section_evidence_terms(
    struct section_evidence *s, const struct stored_passage *p, uint64_t *terms, struct error *err)
{
    enum status status = STATUS_OK;
    uint32_t heading = p->docid + p->passage.section - p->passage.number;
    *terms = 0;
    if (p->passage.section == 0)
        return STATUS_OK;
    if (s->heading != heading || s->segment != p->segment) {
        s->terms = s->heading = 0;
        status = collect_terms(s, *p, err);
        if (status == STATUS_OK) {
            s->heading = heading;
            s->segment = p->segment;
        }
    }
    *terms = s->terms;
    return status;
}
