// SPDX-License-Identifier: GPL-2.0-or-later
/* EQ fields of Word, whose text stands in their instruction: characters in a circle, combined and with a reading above.
 *
 *     eq \o(\s\up 5(联合),\s\do 2(发文))        联合发文
 *     EQ \* jc2 \o\ad(\s\up 9(hànzì),漢字)      漢字, without its reading, as of a w:ruby
 *     eq \o\ac(○,21)                            ㉑
 *
 * Operands come behind each other; a fraction is 1/2, and what stands apart (lists, arrays) is parted. */
#ifndef DUAN_EXTRACT_EQ_FIELD_H
#define DUAN_EXTRACT_EQ_FIELD_H

#include <stdbool.h>
#include <stddef.h>

#include "common/buf.h"

enum { EQ_INSTRUCTION_MAX = 1 << 16, EQ_DEPTH_MAX = 16 };

/* Appends what the instruction shows: nothing where it is not EQ's; of operands nested deeper than EQ_DEPTH_MAX nothing. False
 * when memory is out. */
bool eq_field_text(const char *instruction, size_t n, struct buf *out);

/* The field under way, in a stream of begin, instruction, separator, result, end: [MS-DOC] and OOXML have the same. Within the
 * instruction of another field none is followed. */
struct eq_field {
    unsigned depth, followed; /* of fields; depth of the one that is followed, 0 for none */
    bool is_instruction;      /* what comes is that one's */
    struct buf instruction, text;
    size_t n_before; /* bytes of the paragraph where its result begins */
};

void eq_field_init(struct eq_field *f);
void eq_field_release(struct eq_field *f);
/* Forgets all fields. */
void eq_field_reset(struct eq_field *f);

/* False when memory is out; n_shown: bytes of the paragraph so far. */
void eq_field_begin(struct eq_field *f);
bool eq_field_put(struct eq_field *f, const char *text, size_t n);
bool eq_field_separate(struct eq_field *f, size_t n_shown);
/* What is to be shown at the field's end is in f->text: nothing where its result had text. */
bool eq_field_end(struct eq_field *f, size_t n_shown);

#endif
