// SPDX-License-Identifier: GPL-2.0-or-later
/* Which segments are due for a merge, by the policy of merge.h. A segment is what a row says; what
 * is due is shown as a word of `x` and `.`, a letter each. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "store/merge.h"

enum { SEGMENTS_MAX = 64 };

static struct manifest_segment segments[SEGMENTS_MAX];
static size_t n_segments;

static int set_up(void **state)
{
    (void)state;
    memset(segments, 0, sizeof segments);
    n_segments = 0;
    return 0;
}

/* n segments of so much text, 100 bytes and 30 tokens a passage, a passage a source. */
static struct manifest_segment *put(size_t n, uint64_t text_bytes)
{
    struct manifest_segment *first = &segments[n_segments];
    for (size_t i = 0; i < n; i++) {
        struct segment_stats *s = &segments[n_segments++].stats;
        s->text_bytes = text_bytes;
        s->n_sources = s->n_reports = s->n_passages = (uint32_t)(text_bytes / 100);
        s->n_tokens = 30 * (uint64_t)s->n_passages;
    }
    return first;
}

static void kill_passages(struct manifest_segment *s, uint32_t n)
{
    s->n_dead_reports = s->n_dead_passages = n;
    s->n_dead = 1;
}

static const char *due(bool wants_one)
{
    static char text[SEGMENTS_MAX + 1];
    const struct manifest m = {.segments = segments, .n_segments = n_segments};
    bool is_due[SEGMENTS_MAX];
    size_t n = merge_choose(&m, wants_one, is_due), n_shown = 0;
    for (size_t i = 0; i < n_segments; i++) {
        text[i] = is_due[i] ? 'x' : '.';
        n_shown += is_due[i];
    }
    text[n_segments] = '\0';
    assert_int_equal(n, n_shown);
    return text;
}

enum { KB = 1000, MB = 1000000 };

static void merge_choose__leaves_eight_of_a_size_alone(void **state)
{
    (void)state;
    put(8, 5 * KB);
    assert_string_equal(due(false), "........");
}

static void merge_choose__takes_nine_of_a_size(void **state)
{
    (void)state;
    put(9, 5 * KB);
    assert_string_equal(due(false), "xxxxxxxxx");
}

static void merge_choose__leaves_larger_ones_out(void **state)
{
    (void)state;
    put(1, 30 * MB);
    put(5, 5 * KB);
    put(2, 4 * MB);
    put(4, 90 * KB);
    assert_string_equal(due(false), ".xxxxx..xxxx");
}

static void merge_choose__counts_what_is_made_in_the_next_tier(void **state)
{
    (void)state;
    put(8, 2 * MB);
    put(9, 900 * KB);
    put(1, 100 * MB);
    assert_string_equal(due(false), "xxxxxxxxxxxxxxxxx.");
}

static void merge_choose__takes_a_segment_a_third_dead(void **state)
{
    (void)state;
    kill_passages(put(1, 30 * KB), 100);
    assert_string_equal(due(false), ".");
    kill_passages(&segments[0], 101);
    put(2, 30 * KB);
    assert_string_equal(due(false), "x..");
}

static void merge_choose__takes_a_segment_of_a_thousand_dead_sources(void **state)
{
    (void)state;
    struct manifest_segment *s = put(1, 100 * MB);
    kill_passages(s, 1000);
    s->n_dead = 1000;
    assert_string_equal(due(false), ".");
    s->n_dead = 1001;
    assert_string_equal(due(false), "x");
}

static void merge_choose__takes_all_when_an_eighth_is_adrift(void **state)
{
    (void)state;
    put(1, 700 * KB);
    struct segment_stats *s = &put(1, 99 * KB)->stats;
    s->n_tokens *= 2;
    assert_string_equal(due(false), "..");
    s->n_sources = s->n_reports = s->n_passages = 1001;
    s->n_tokens = 60 * 1001;
    assert_string_equal(due(false), "xx");
}

static void merge_choose__bears_a_drift_of_a_fifth(void **state)
{
    (void)state;
    put(1, 100 * KB);
    struct segment_stats *s = &put(1, 100 * KB)->stats;
    s->n_tokens = 20 * (uint64_t)s->n_passages; /* 20 and 30: a fifth off 25 */
    assert_string_equal(due(false), "..");
    s->n_tokens -= s->n_passages;
    assert_string_equal(due(false), "xx");
}

static void merge_choose__estimates_the_average_from_what_is_alive(void **state)
{
    (void)state;
    kill_passages(put(1, 100 * KB), 330);
    /* 45 each, 670 alive, and 1000 of 31: the average is 36.6 and not 38. */
    segments[0].stats.n_tokens = 45000;
    put(1, 100 * KB)->stats.n_tokens = 31000;
    assert_string_equal(due(false), "xx");
    segments[0].n_dead_passages = 0;
    assert_string_equal(due(false), "..");
}

static void merge_choose__takes_everything_when_one_is_wanted(void **state)
{
    (void)state;
    put(1, 100 * MB);
    put(2, KB);
    assert_string_equal(due(true), "xxx");
}

static void merge_choose__never_rewrites_a_lone_live_segment(void **state)
{
    (void)state;
    put(1, MB);
    assert_string_equal(due(true), ".");
    kill_passages(&segments[0], 1);
    assert_string_equal(due(true), "x");
}

static void merge_choose__leaves_out_what_does_not_fit_a_segment(void **state)
{
    (void)state;
    put(3, 10 * KB);
    segments[0].stats.n_passages = 1500000000;
    segments[2].stats.n_passages = 1400000000;
    assert_string_equal(due(true), ".xx");
}

static void merge_choose__takes_nothing_of_an_empty_index(void **state)
{
    (void)state;
    assert_string_equal(due(true), "");
}

/* Run after run of one size, each merge made at once: the segments stay few, and what was written
 * is a small multiple of what came in. */
static void merge_choose__keeps_segments_few_and_writes_little(void **state)
{
    (void)state;
    const uint64_t each = 300 * KB;
    uint64_t written = 0;
    size_t n_most = 0;
    for (int run = 0; run < 5000; run++) {
        bool is_due[SEGMENTS_MAX];
        const struct manifest m = {.segments = segments, .n_segments = n_segments + 1};
        put(1, each);
        uint64_t made = 0;
        size_t n_kept = 0;
        merge_choose(&m, false, is_due);
        for (size_t i = 0; i < m.n_segments; i++) {
            if (is_due[i])
                made += segments[i].stats.text_bytes;
            else
                segments[n_kept++] = segments[i];
        }
        n_segments = n_kept;
        if (made)
            put(1, made);
        written += made;
        n_most = n_segments > n_most ? n_segments : n_most;
    }
    assert_in_range(n_most, 9, 8 * 5);
    assert_in_range(written / (5000 * each), 2, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(merge_choose__leaves_eight_of_a_size_alone, set_up),
        cmocka_unit_test_setup(merge_choose__takes_nine_of_a_size, set_up),
        cmocka_unit_test_setup(merge_choose__leaves_larger_ones_out, set_up),
        cmocka_unit_test_setup(merge_choose__counts_what_is_made_in_the_next_tier, set_up),
        cmocka_unit_test_setup(merge_choose__takes_a_segment_a_third_dead, set_up),
        cmocka_unit_test_setup(merge_choose__takes_a_segment_of_a_thousand_dead_sources, set_up),
        cmocka_unit_test_setup(merge_choose__takes_all_when_an_eighth_is_adrift, set_up),
        cmocka_unit_test_setup(merge_choose__bears_a_drift_of_a_fifth, set_up),
        cmocka_unit_test_setup(merge_choose__estimates_the_average_from_what_is_alive, set_up),
        cmocka_unit_test_setup(merge_choose__takes_everything_when_one_is_wanted, set_up),
        cmocka_unit_test_setup(merge_choose__never_rewrites_a_lone_live_segment, set_up),
        cmocka_unit_test_setup(merge_choose__leaves_out_what_does_not_fit_a_segment, set_up),
        cmocka_unit_test_setup(merge_choose__takes_nothing_of_an_empty_index, set_up),
        cmocka_unit_test_setup(merge_choose__keeps_segments_few_and_writes_little, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
