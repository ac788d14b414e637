// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/same_stats.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void assert_same_stats(const struct segment_stats *a, const struct segment_stats *b)
{
    assert_int_equal(a->n_sources, b->n_sources);
    assert_int_equal(a->n_reports, b->n_reports);
    assert_int_equal(a->n_passages, b->n_passages);
    assert_int_equal(a->n_tokens, b->n_tokens);
    assert_int_equal(a->text_bytes, b->text_bytes);
    assert_int_equal(a->n_source_blocks, b->n_source_blocks);
    assert_int_equal(a->n_report_blocks, b->n_report_blocks);
    assert_int_equal(a->n_text_blocks, b->n_text_blocks);
    assert_int_equal(a->n_replaced, b->n_replaced);
}
