// SPDX-License-Identifier: GPL-2.0-or-later
/* Running heads and page numbers: the highest and the lowest line of a page, with what is beside it, where they are a page number
 * (— 3 —, 第 3 页) or, behind page 1, recur on half of the first PDF_SAMPLED_PAGES, digits apart. No page loses all its lines to that. */
#ifndef DUAN_EXTRACT_PDF_EDGES_H
#define DUAN_EXTRACT_PDF_EDGES_H

#include "extract/pdf_page.h"

enum { PDF_SAMPLED_PAGES = 60 };

struct pdf_edges {
    GHashTable
        *seen; /* the first and last lines of the sampled pages, digits apart, and on how many */
    int n_sampled;
};

/* Of a sampled page, as poppler has it. */
void pdf_edges_note(struct pdf_edges *edges, const struct pdf_page *p, bool is_foot);
void pdf_edges_drop(const struct pdf_edges *edges, struct pdf_page *p, guint number, bool is_foot);

#endif
