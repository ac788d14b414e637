// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/eq_field.h"

#include <string.h>

#include "common/utf8.h"
#include "extract/numbering.h"

/* ---- the text of an instruction ---- */

struct eq {
    const char *at, *end;
    struct buf *out;
    bool ok;
};

/* What the operands of a switch are. */
struct eq_switch {
    char letter; /* 0: brackets of no switch */
    bool is_aligned;
};

static bool is_letter(char c)
{
    return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static void skip_blanks(struct eq *e)
{
    while (e->at < e->end && *e->at == ' ')
        e->at++;
}

static void put(struct eq *e, const char *text, size_t n)
{
    e->ok = e->ok && buf_append(e->out, text, n);
}

/* Is that a switch, at the backslash, whose name begins so? */
static bool is_switch(const char *at, const char *end, const char *name)
{
    for (at++; *name; at++, name++)
        if (at >= end || (is_letter(*at) ? *at | 0x20 : *at) != *name)
            return false;
    return true;
}

/* \* jc2, \* "Font:宋体" */
static void skip_general(struct eq *e)
{
    e->at += 2;
    skip_blanks(e);
    bool is_quoted = e->at < e->end && *e->at == '"';
    e->at += is_quoted;
    while (e->at < e->end && (is_quoted ? *e->at != '"' : *e->at != ' ' && *e->at != '\\'))
        e->at++;
    e->at += is_quoted && e->at < e->end;
    skip_blanks(e);
}

/* A switch and its options, up to the brackets of the operands: \o\ad, \s\up 9, \b\lc\{ */
static void read_switch(struct eq *e, struct eq_switch *s)
{
    if (!s->letter)
        s->letter = (char)(e->at[1] | 0x20);
    s->is_aligned |= s->letter == 'o' && is_switch(e->at, e->end, "a");
    static const char *const of_characters[] = {"lc\\", "rc\\", "bc\\", "fc\\", "vc\\"};
    bool has_character = false;
    for (size_t i = 0; i < sizeof of_characters / sizeof *of_characters; i++)
        has_character |= is_switch(e->at, e->end, of_characters[i]);
    e->at++;
    while (e->at < e->end && is_letter(*e->at))
        e->at++;
    if (has_character && ++e->at < e->end) {
        uint32_t c;
        e->at += utf8_step(e->at, (size_t)(e->end - e->at), &c);
    }
    while (e->at < e->end && (*e->at == ' ' || *e->at == '-' || (*e->at >= '0' && *e->at <= '9')))
        e->at++;
}

enum enclosure { NO_ENCLOSURE, CIRCLE, OTHER_ENCLOSURE };

static enum enclosure enclosure_of(const char *text, size_t n)
{
    static const char *const enclosures[] = {"○", "◯", "〇", "□", "△", "◇"};
    for (size_t i = 0; i < sizeof enclosures / sizeof *enclosures; i++)
        if (n == strlen(enclosures[i]) && memcmp(text, enclosures[i], n) == 0)
            return i < 3 ? CIRCLE : OTHER_ENCLOSURE;
    return NO_ENCLOSURE;
}

/* A number in a circle is the character for it, where there is one: ㉑. */
static void encircle(struct eq *e, size_t start)
{
    unsigned v = 0;
    size_t at = start;
    for (; at < e->out->len && at - start < 2; at++)
        if (e->out->data[at] >= '0' && e->out->data[at] <= '9')
            v = v * 10 + (unsigned)(e->out->data[at] - '0');
        else
            return;
    if (at < e->out->len || v == 0 || v > 50)
        return;
    e->out->len = start;
    e->ok = e->ok && number_append(e->out, NUMBER_CIRCLE, v);
}

/* Of two characters over each other: the first is a reading, or what encloses the second. */
static void drop_first(
    struct eq *e, const char *first, const char *second, size_t start, size_t middle)
{
    if (middle == start || e->out->len == middle)
        return;
    enum enclosure enclosure = enclosure_of(e->out->data + start, middle - start);
    bool is_reading = *first == '\\' && is_switch(first, e->end, "s\\up") &&
                      !(*second == '\\' && is_switch(second, e->end, "s"));
    if (!enclosure && !is_reading)
        return;
    memmove(e->out->data + start, e->out->data + middle, e->out->len - middle);
    e->out->len -= middle - start;
    if (enclosure == CIRCLE)
        encircle(e, start);
}

static void read_run(struct eq *e, unsigned depth);

/* From the opening bracket past the closing one. */
static void read_operands(struct eq *e, struct eq_switch s, unsigned depth)
{
    const char *separator = s.letter == 'f'   ? "/"
                            : s.letter == 'l' ? ","
                            : s.letter == 'o' ? ""
                                              : " ";
    const char *operands[2] = {NULL, NULL};
    size_t start = e->out->len, middle = start;
    unsigned n = 0;
    do {
        e->at++;
        skip_blanks(e);
        if (n)
            put(e, separator, strlen(separator));
        if (n < 2)
            operands[n] = e->at;
        middle = n == 1 ? e->out->len : middle;
        read_run(e, depth + 1);
        n++;
    } while (e->ok && e->at < e->end && *e->at != ')');
    e->at += e->at < e->end;
    if (e->ok && s.is_aligned && n == 2)
        drop_first(e, operands[0], operands[1], start, middle);
}

/* Text and switches, up to what ends an operand. */
static void read_run(struct eq *e, unsigned depth)
{
    struct eq_switch s = {0, false};
    size_t n_kept = e->out->len; /* blanks behind it are dropped */
    const size_t start = e->out->len;
    while (e->ok && e->at < e->end) {
        char c = *e->at;
        if (depth && (c == ')' || c == ',' || c == ';'))
            break;
        bool is_escape = c == '\\' && e->end - e->at >= 2;
        if (is_escape && e->at[1] == '*') {
            skip_general(e);
        } else if (is_escape && is_letter(e->at[1])) {
            read_switch(e, &s);
        } else if (c == '(' && depth < EQ_DEPTH_MAX) {
            read_operands(e, s, depth);
            s = (struct eq_switch){0, false};
            n_kept = e->out->len;
        } else if (c == '(') {
            e->at = e->end;
        } else {
            e->at += is_escape;
            if (*e->at != ' ' || e->out->len > start)
                put(e, e->at, 1);
            n_kept = *e->at == ' ' ? n_kept : e->out->len;
            e->at++;
            s = (struct eq_switch){0, false};
        }
    }
    e->out->len = n_kept < e->out->len ? n_kept : e->out->len;
}

bool eq_field_text(const char *instruction, size_t n, struct buf *out)
{
    struct eq e = {instruction, instruction + n, out, true};
    while (e.at < e.end && (unsigned char)*e.at <= ' ')
        e.at++;
    if (e.end - e.at < 3 || (e.at[0] | 0x20) != 'e' || (e.at[1] | 0x20) != 'q' ||
        (e.at[2] != ' ' && e.at[2] != '\\'))
        return true;
    e.at += 2;
    read_run(&e, 0);
    return e.ok;
}

/* ---- fields in a stream ---- */

void eq_field_init(struct eq_field *f)
{
    *f = (struct eq_field){.depth = 0};
    buf_init(&f->instruction, EQ_INSTRUCTION_MAX);
    buf_init(&f->text, 2 * EQ_INSTRUCTION_MAX);
}

void eq_field_release(struct eq_field *f)
{
    buf_release(&f->instruction);
    buf_release(&f->text);
}

void eq_field_reset(struct eq_field *f)
{
    f->depth = f->followed = 0;
    f->is_instruction = false;
    buf_clear(&f->instruction);
    buf_clear(&f->text);
}

void eq_field_begin(struct eq_field *f)
{
    f->depth++;
    if (f->followed)
        return;
    f->followed = f->depth;
    f->is_instruction = true;
    buf_clear(&f->instruction);
    buf_clear(&f->text);
}

bool eq_field_put(struct eq_field *f, const char *text, size_t n)
{
    if (!f->is_instruction || f->followed != f->depth ||
        n > f->instruction.max - f->instruction.len)
        return true;
    return buf_append(&f->instruction, text, n);
}

bool eq_field_separate(struct eq_field *f, size_t n_shown)
{
    if (f->followed != f->depth || !f->is_instruction)
        return true;
    f->is_instruction = false;
    f->n_before = n_shown;
    bool ok =
        f->instruction.len == 0 || eq_field_text(f->instruction.data, f->instruction.len, &f->text);
    if (f->text.len == 0)
        f->followed = 0; /* of another kind: its result may have fields */
    return ok;
}

bool eq_field_end(struct eq_field *f, size_t n_shown)
{
    bool ok = eq_field_separate(f, n_shown);
    if (f->followed == 0 || f->followed != f->depth || n_shown != f->n_before)
        buf_clear(&f->text);
    if (f->followed == f->depth)
        f->followed = 0;
    f->depth -= f->depth > 0;
    return ok;
}
