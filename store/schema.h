// SPDX-License-Identifier: GPL-2.0-or-later
/* How an index is laid out: in prose, and in the constants that all of store/ share.
 *
 * An index is a folder:
 *   manifest       which segments are live, in JSON, its checksum behind it; replaced by rename (manifest.h)
 *   lock           held by the one writer (flock)
 *   seg-000001/    a segment: a complete Xapian glass database, never changed once the manifest names it, and
 *                  `checksums` of its tables, block by block (checksums.h), and `champions` (champions.h) where it is large
 *   tmp-004711/    a segment being built, by the process of that number; removed by the next writer if its own was killed
 *
 * Input is *sources* (files, or standard input). A source holds *reports*: one, or for tsv and jsonl one a line.
 * A report is cut into *passages*; the raw text of a report's passages, one behind the other, is the decoded text of
 * the report, whole. Headings are passages too (level > 0). Sources and reports are numbered once for the life of an
 * index, from 1; a changed file is a new source.
 *
 * In a segment a passage is one Xapian document (xdoc); docids run from 1 without a gap, in the order of sources,
 * reports and passages. Of each:
 *   terms     what passage_tokens_next gives, as they are (folded, so none starts with A-Z); the wdf is the
 *             *length-normalised* frequency round(8 tf / (1 - b + b len/ref_len)), at least 1, where b = 0.6, len is
 *             the number of tokens in the passage and ref_len the segment's average of len. So queries use the stock
 *             BM25 with b = 0 and k1 = 8 * 0.9, and Xapian never reads a document length. No positions.
 *   data      empty, but for the first passage of a *text block*: there it is the block (text_block.h), which holds
 *             this passage and those that follow up to the next block.
 * Metadata of a segment (Xapian's user metadata):
 *   "format"     SEGMENT_FORMAT and ANALYZER_VERSION, as varints
 *   "stats"      struct segment_stats as varints in the order of its members
 *   "chars"      of each CHAR_HAN: code point (gap), number of passages, number of occurrences: for ranking
 *   "dictionaries" first docid (gaps) of the passages whose text blocks refer to each dictionary; absent where there
 *                are none
 *   "D%08x"      dictionary i (text_dictionary.h), zstd
 *   "furniture"  docids (gaps) of passages that their reader called so; "recurring": of lines that recur from report to
 *                report (unranked.h). The wdf of all their terms is 0. "stuffed": numbers (gaps) of the reports that have
 *                report.stuffed. Absent where there are none
 *   "spans"      of each report that has passages: number (gap), number of passages, number of its source (gap), date.
 *                So a report, a date, a dropped source are ranges of docids, and no passage says to whom it belongs
 *   "texts"      first docid (gaps) of each text block: finds the block of a passage
 *   "titles", "T%04x%04x"  which reports have a term in their title (title_terms.h)
 *   "reports"    of each report block: first docid (gap), first report number (gap)
 *   "R%08x"      report block i (report_codec.h), under zstd where that pays (record_blocks.h)
 *   "S%08x"      source block i (record.h), likewise; their number is in "stats"
 * There is no termlist table (nothing is ever deleted from a segment) and no position table.
 *
 * All our integers are varints (buf.h) unless said otherwise. zstd frames carry their checksum. */
#ifndef DUAN_STORE_SCHEMA_H
#define DUAN_STORE_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

enum {
    SEGMENT_FORMAT = 8,
    WDF_SCALE = 8,
    TEXT_BLOCK_BYTES = 27 * 512,   /* raw text a block aims at; a passage is never parted */
    SOURCE_BLOCK_BYTES = 4 * 1024, /* records a block of sources aims at */
    REPORT_BLOCK_BYTES = 2 * 1024, /* of reports, which are gone through to the one asked for, */
    REPORT_BLOCK_REPORTS = 256,    /* so that no block has many more of them than this */
    PASSAGE_BYTES_MAX = 64 * 1024, /* longest raw passage a builder takes */
    TITLE_BYTES_MAX = 1024,
    PATH_BYTES_MAX = 4096,
    FIELDS_BYTES_MAX = 64 * 1024, /* of the JSON object with a report's own fields */
    STUFFED_BYTES_MAX = 64,
};

/* BM25's parameters. b lives in the wdf, k1 in the query. */
#define BM25_B 0.6
#define BM25_K1 0.9

/* The wdf of a term that occurs tf times in a passage of len tokens; ref_len > 0. At least 1; 0 where len is
 * LEN_UNRANKED. */
#define LEN_UNRANKED UINT32_MAX
uint32_t schema_wdf(uint32_t tf, uint32_t len, double ref_len);

/* A date as its 23 bits: comparable, 0 for none. Month or day 0: unknown. */
enum { DATE_BITS = 23 };
static inline uint32_t schema_date(unsigned year, unsigned month, unsigned day)
{
    return (uint32_t)(year << 9 | month << 5 | day);
}
static inline unsigned schema_date_year(uint32_t date)
{
    return date >> 9;
}
static inline unsigned schema_date_month(uint32_t date)
{
    return date >> 5 & 15;
}
static inline unsigned schema_date_day(uint32_t date)
{
    return date & 31;
}

#endif
