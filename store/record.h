// SPDX-License-Identifier: GPL-2.0-or-later
/* What is kept of sources, reports and passages, and how it is written into blocks.
 *
 * Strings are pointer and length. In records given to a builder they are borrowed for the call; in records read
 * from an index they are borrowed as the reading function says. */
#ifndef DUAN_STORE_RECORD_H
#define DUAN_STORE_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "common/buf.h"
#include "common/error.h"
#include "store/schema.h"
#include "tokenizer/decode.h"

/* What a block of source or report records may hold at most: a target size and one record past it. */
enum {
    RECORD_BYTES_MAX =
        2 * (PATH_BYTES_MAX + TITLE_BYTES_MAX) + FIELDS_BYTES_MAX + STUFFED_BYTES_MAX + 128,
    RECORD_BLOCK_BYTES_MAX = 16 * 1024 + RECORD_BYTES_MAX, /* blocks have been of 16 KB */
};

/* What struct passage's `line` is, in the passages of a source. */
enum place_unit { PLACE_LINE, PLACE_PAGE, PLACE_NONE };

struct source {
    uint32_t number;  /* from 1, for the life of the index */
    const char *path; /* absolute, bytes as the file system has them; "-" for standard input */
    size_t path_len;
    uint64_t size;        /* bytes */
    int64_t mtime_ns;     /* since 1970 */
    uint64_t hash;        /* XXH3-64 of the file's bytes */
    uint8_t format;       /* enum source_format of indexer/; opaque here */
    uint64_t fields_hash; /* of what was given from outside; 0 for nothing */
    enum place_unit place_unit;
    enum encoding encoding;
    uint8_t certainty;   /* of the encoding, in percent */
    uint64_t n_replaced; /* bytes that no decoder took */
    /* Of tsv and jsonl: left out. Of an archive (PLACE_NONE): its files that failed or have such. */
    uint32_t n_bad_lines;
    uint32_t first_report, n_reports;
    uint32_t n_passages;
};

struct report {
    uint32_t number;
    uint32_t source; /* number */
    const char *id;  /* of tsv and jsonl; empty for files */
    size_t id_len;
    const char *title; /* clean text, never empty */
    size_t title_len;
    uint32_t date;      /* schema_date, 0 where unknown */
    const char *fields; /* a JSON object in text, or empty */
    size_t fields_len;
    /* Folded text stuffed in before the stops of its sentences; mostly empty. */
    const char *stuffed;
    size_t stuffed_len;
    uint32_t first_docid, n_passages; /* filled by the builder */
};

/* As of a tsv, whose lines have nothing better. */
static inline bool report_title_is_id(const struct report *r)
{
    return r->title_len == r->id_len && (r->id_len == 0 || memcmp(r->title, r->id, r->id_len) == 0);
}

struct passage {
    const char *text; /* raw, with the line ends and blank lines behind it: UTF-8, never empty */
    size_t text_len;
    uint32_t number; /* from 1 within the report */
    /* Of its first character in the source, from 1; or its page, or 0: see place_unit, PAGE_END. */
    uint32_t line;
    uint32_t section; /* number of the innermost heading it stands under, 0 for none; < number */
    uint8_t level;    /* of a heading 1 to 9; 0 for body text */
    /* Of a web page around the text: is found but does not rank. Not kept in a text block: index_passage says it. */
    bool is_furniture;
};

/* In a passage whose place is a page: here the page ends, and the paragraph goes on on the next. White space to folded text. */
#define PAGE_END '\f'
/* How many pages end within text[0..n) of a passage. */
uint32_t passage_pages(const char *text, size_t n);

/* Appends a source to a block under construction; false when the buffer is full. Reports: report_codec.h. */
bool source_encode(struct buf *out, const struct source *s);

/* Reads the next source of a block; strings point into the block. False at its end; in->is_broken when the
 * block is damaged. */
bool source_decode(struct bytes *in, struct source *out);

#endif
