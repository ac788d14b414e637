// SPDX-License-Identifier: GPL-2.0-or-later
/* Private to segment_content.c, which gathers what comes in, and segment_metadata.c, which gives it out as metadata. */
#ifndef DUAN_STORE_SEGMENT_CONTENT_PARTS_H
#define DUAN_STORE_SEGMENT_CONTENT_PARTS_H

#include "store/record_blocks.h"
#include "store/report_codec.h"
#include "store/segment_content.h"
#include "store/text_block.h"
#include "store/title_terms.h"

struct segment_content {
    struct frame_codec codec;
    struct spool spool;
    struct text_block_writer *texts;
    struct unranked *unranked;
    struct buf stuffed; /* numbers of reports, gaps in varints */
    uint32_t last_stuffed;
    struct buf spans;                  /* of schema.h, as they are kept */
    uint32_t last_report, last_source; /* of spans */
    struct title_terms titles;
    struct record_blocks sources, reports;
    struct report_codec report_codec; /* of the block of reports being filled */
    struct buf text_directory, report_directory;
    uint32_t directory_docid, directory_report; /* of the last entry of the latter */
    struct buf frame; /* what was finished last; a text block may be raw */
    bool has_raw_texts;
    const struct text_dictionary *dictionaries, *dictionary; /* all; the next one to be walked */
    unsigned n_dictionaries;
    struct char_counter chars;
    struct segment_stats stats;

    bool is_in_source, is_in_report;
    struct source source; /* the one begun last; its strings are gone */
    struct report report; /* likewise; strings in report_strings */
    struct buf report_strings;
    uint32_t last_passage;       /* number within the report */
    uint32_t pending_text_docid; /* first docid of the text block being filled */

    unsigned metadata_at;
    struct buf value;
};

#endif
