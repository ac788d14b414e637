// SPDX-License-Identifier: GPL-2.0-or-later
/* The lists of a Word file of 1997 to 2003, as those of a .docx (docx_styles.h): PlfLst has the lists, their levels behind
 * it, PlfLfo what paragraphs point to, by number from 1. */
#include "common/utf8.h"
#include "extract/doc_file.h"

enum {
    ENTRY_LISTS = 73,
    ENTRY_USES = 74,
    LIST_BYTES = 28,
    LEVEL_BYTES = 28,
    USE_BYTES = 16,
    OVERRIDE_BYTES = 8,
    ARENA_BYTES_MAX = 64 << 20,
};

/* In UTF-16, a level's number by the character of its index. */
static void read_text(struct doc_span text, char out[NUMBER_AFFIX_MAX])
{
    size_t n = 0;
    for (size_t at = 0; at + 1 < text.n && n + UTF8_MAX_BYTES < NUMBER_AFFIX_MAX; at += 2) {
        unsigned c = doc_u16(text, at);
        if (c < NUMBER_LEVELS) {
            out[n++] = '%';
            out[n++] = (char)('1' + c);
        } else if (c < 0xD800 ||
                   c > 0xF8FF) { /* no half of a pair, no sign of a font of pictures */
            n += utf8_encode(c, out + n);
        }
    }
    out[n] = '\0';
}

/* Reads level i of a list; returns the bytes that it takes. */
static size_t read_level(struct doc_span at, unsigned i, struct number_level *level)
{
    enum {
        START = 0,
        STYLE = 4,
        FLAGS = 5,
        N_CHARACTER = 24,
        N_PARAGRAPH = 25,
        RESTART = 26,
        LEGAL = 4,
        HAS_RESTART = 8,
    };
    size_t n_text = LEVEL_BYTES + doc_u8(at, N_CHARACTER) + (size_t)doc_u8(at, N_PARAGRAPH),
           n = 2 * (size_t)doc_u16(at, n_text);
    uint32_t start = doc_u32(at, START);
    level->start = start < 0x8000 ? start : 0;
    level->style = number_style_nfc(doc_u8(at, STYLE));
    level->is_legal = doc_u8(at, FLAGS) & LEGAL;
    level->restart = i;
    if ((doc_u8(at, FLAGS) & HAS_RESTART) && doc_u8(at, RESTART) < i)
        level->restart = doc_u8(at, RESTART);
    read_text(doc_part(at, n_text + 2, n), level->text);
    return n_text + 2 + n;
}

static enum status read_lists(struct doc_file *f, struct error *err)
{
    enum { IS_SIMPLE = 1, SIMPLE = 26 };
    struct doc_span heads = doc_table_part(f, ENTRY_LISTS);
    unsigned n = doc_u16(heads, 0);
    /* the levels lie behind what the header says is there */
    size_t n_heads = 2 + (size_t)n * LIST_BYTES;
    size_t start = n ? (size_t)(heads.bytes - f->table.bytes) : 0;
    struct doc_span all = doc_part(f->table, start, f->table.n),
                    levels = doc_part(all, n_heads, all.n);
    for (unsigned i = 0; i < n && i < DOCX_LISTS_MAX && levels.n; i++) {
        struct docx_list *list = arena_alloc(&f->lists.arena, sizeof *list);
        size_t head = 2 + (size_t)i * LIST_BYTES;
        if (!list)
            return error_no_memory(err);
        list->id = (int)doc_u32(all, head);
        list->next = f->lists.lists;
        f->lists.lists = list;
        unsigned n_levels = doc_u8(all, head + SIMPLE) & IS_SIMPLE ? 1 : NUMBER_LEVELS;
        for (unsigned level = 0; level < n_levels; level++) {
            size_t n_level = read_level(levels, level, &list->levels[level]);
            levels = doc_part(levels, n_level, levels.n);
        }
    }
    return STATUS_OK;
}

static struct docx_list *list_of(const struct doc_file *f, int id)
{
    struct docx_list *at = f->lists.lists;
    while (at && at->id != id)
        at = at->next;
    return at;
}

/* Where the levels of a use start, and levels of its own; the bytes that this takes. num->own has room for them. */
static size_t read_overrides(struct doc_span at, unsigned n, struct docx_num *num)
{
    enum { HAS_START = 0x10, HAS_LEVEL = 0x20 };
    size_t from = 4;
    for (unsigned i = 0; i < n; i++) {
        unsigned flags = doc_u8(at, from + 4), level = flags & 0xF;
        if ((flags & HAS_START) && level < NUMBER_LEVELS && doc_u32(at, from) < 0x8000)
            num->starts[level] = (int)doc_u32(at, from);
        from += OVERRIDE_BYTES;
        if (flags & HAS_LEVEL) {
            struct number_level ignored, *to = level < NUMBER_LEVELS ? &num->own[level] : &ignored;
            from += read_level(doc_part(at, from, at.n), level, to);
            num->has_own |= level < NUMBER_LEVELS ? 1u << level : 0;
        }
    }
    return from;
}

static enum status read_uses(struct doc_file *f, struct error *err)
{
    struct doc_span uses = doc_table_part(f, ENTRY_USES);
    uint32_t n = doc_u32(uses, 0);
    n = n < DOCX_LISTS_MAX ? n : DOCX_LISTS_MAX;
    struct doc_span rest = doc_part(uses, 4 + (size_t)n * USE_BYTES, uses.n);
    for (uint32_t i = 0; i < n && 4 + (size_t)i * USE_BYTES < uses.n; i++) {
        size_t use = 4 + (size_t)i * USE_BYTES;
        unsigned n_overrides = doc_u8(uses, use + 12);
        struct docx_num *num = arena_alloc(&f->lists.arena, sizeof *num);
        if (num && n_overrides)
            num->own = arena_alloc(&f->lists.arena, NUMBER_LEVELS * sizeof *num->own);
        if (!num || (n_overrides && !num->own))
            return error_no_memory(err);
        num->id = (int)i + 1;
        num->list_id = (int)doc_u32(uses, use);
        num->list = list_of(f, num->list_id);
        for (unsigned level = 0; level < NUMBER_LEVELS; level++)
            num->starts[level] = DOCX_UNSET;
        size_t n_over = read_overrides(rest, n_overrides, num);
        rest = doc_part(rest, n_over, rest.n);
        num->next = f->lists.nums;
        f->lists.nums = num;
    }
    return STATUS_OK;
}

enum status doc_lists_read(struct doc_file *f, struct error *err)
{
    arena_init(&f->lists.arena, ARENA_BYTES_MAX);
    enum status status = read_lists(f, err);
    return status == STATUS_OK ? read_uses(f, err) : status;
}
