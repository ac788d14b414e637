// SPDX-License-Identifier: GPL-2.0-or-later
/* Title and date of a report, from its first lines and its file's name.
 *
 * The title is the first line that is short, no sentence and no furniture of a web page (下载 打印
 * 【字号： …); one of a few characters only gives way to a longer one that names no value (民法 stays
 * before 法規性質：法律). In Markdown a heading with # comes first; that, and a first line without a comma, may be longer. It is cleaned for reading (tokenizer/folded_text.h). Where there is none it is the
 * file's name without folders and ending; and where that holds the title and says more, it is the
 * title: 2026_广东省_政府工作报告.
 *
 * The date is the most exact one of: the file's name, the short lines among the first ones; of
 * equals, a day in the name (rules are filed under the day of their version), then the lines, then
 * the name. Of lines that each begin with a day and say of what revision it is (…第二次修正), the last is the text's own. That of a record of jsonl stands in the lines above its first sentence, or opens this
 * sentence: 计划2025年6月完工 is not the date of a project, nor is anything in its id. */
#ifndef DUAN_INDEXER_TITLE_H
#define DUAN_INDEXER_TITLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/buf.h"

struct seen_lines;

enum { TITLE_CHARS_MAX = 60, LONG_TITLE_CHARS_MAX = 120, TITLE_LINES = 16 };

struct title_input {
    const char *head; /* the text's first bytes, UTF-8 */
    size_t head_len;
    const char *name; /* of the file or of the report: the fallback; may hold a path */
    size_t name_len;
    bool is_markdown;
    bool is_record; /* of jsonl: the name is its id */
    struct seen_lines
        *seen; /* NULL, or an empty one to put the lines into that were read (line.h) */
};

/* Writes the title to *title (cleared first; at most TITLE_BYTES_MAX of schema.h) and returns the
 * date as schema_date, 0 where unknown. False only when memory is out. */
bool title_find(const struct title_input *in, struct buf *title, uint32_t *date);

#endif
