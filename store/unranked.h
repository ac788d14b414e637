// SPDX-License-Identifier: GPL-2.0-or-later
/* Which passages of a segment do not rank: those that their reader calls furniture (passage.is_furniture), and short
 * lines that recur in many reports of one folder, as a site's menu does.
 *
 * Such a passage stays what it is: read, found by every word in it, counted. Its postings have wdf 0, so that it
 * comes behind whatever else matches.
 *
 *   版权所有 云陵日报社       in 40 of the 60 reports of a folder: recurring
 *   云陵市政府工作报告        in 40 of them, as the title or the first passage: not
 *   第一章 总则               a heading: not
 *   本办法自公布之日起施行。  a sentence: not
 *
 * A line is counted once a report, by the hash of folder and text; bounded in number, whatever comes in: past that,
 * lines not met before are not counted. What recurs is known only at the end, and anew in each merge. */
#ifndef DUAN_STORE_UNRANKED_H
#define DUAN_STORE_UNRANKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "store/record.h"

enum {
    RECURRING_REPORTS_MIN = 5, /* and */
    RECURRING_SHARE = 5,       /* one in so many of the folder's reports */
    RECURRING_BYTES_MAX = 120, /* a longer line is text */
    RECURRING_LINES_MAX = 1 << 18,
    RECURRING_PASSAGES_MAX = 1 << 20,
};

struct unranked;

enum status unranked_open(struct unranked **out, struct error *err);
void unranked_close(struct unranked *u);

/* What comes in, in the order of docids. source and report are borrowed for the call. */
void unranked_begin_source(struct unranked *u, const struct source *source);
enum status unranked_begin_report(
    struct unranked *u, const struct report *report, struct error *err);
enum status unranked_add(
    struct unranked *u, uint32_t docid, const struct passage *passage, struct error *err);

/* After the last passage: decides what recurs. */
enum status unranked_finish(struct unranked *u, struct error *err);

/* Then: rising docids, borrowed. */
struct docid_list {
    const uint32_t *docids;
    size_t n;
};
struct docid_list unranked_furniture(const struct unranked *u);
struct docid_list unranked_recurring(const struct unranked *u);

#endif
