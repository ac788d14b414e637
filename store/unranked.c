// SPDX-License-Identifier: GPL-2.0-or-later
#include "store/unranked.h"

#include <stdlib.h>

#include "common/buf.h"
#include "common/hash.h"
#include "common/utf8.h"

enum { SLOTS_MIN = 1024, DOCIDS_BYTES_MAX = 1 << 30 };

/* A line within its folder, or (its text empty) the folder itself. */
struct line_count {
    uint64_t hash;
    uint32_t n_reports, last_report;
    uint32_t folder; /* which line_count counts its reports */
};

/* A passage that is such a line. */
struct line_place {
    uint32_t docid, line;
};

struct unranked {
    struct buf lines;  /* of struct line_count */
    struct buf places; /* of struct line_place */
    uint32_t *slots;   /* number of the line + 1; 0: free */
    size_t n_slots;
    struct buf furniture, recurring; /* docids, uint32_t */
    uint64_t folder_hash;
    uint32_t folder, report;
    uint64_t title_hash;
};

enum status unranked_open(struct unranked **out, struct error *err)
{
    struct unranked *u = calloc(1, sizeof *u);
    *out = u;
    if (!u)
        return error_no_memory(err);
    buf_init(&u->lines, RECURRING_LINES_MAX * sizeof(struct line_count));
    buf_init(&u->places, RECURRING_PASSAGES_MAX * sizeof(struct line_place));
    buf_init(&u->furniture, DOCIDS_BYTES_MAX);
    buf_init(&u->recurring, DOCIDS_BYTES_MAX);
    return STATUS_OK;
}

void unranked_close(struct unranked *u)
{
    if (!u)
        return;
    buf_release(&u->lines);
    buf_release(&u->places);
    buf_release(&u->furniture);
    buf_release(&u->recurring);
    free(u->slots);
    free(u);
}

static struct line_count *lines_of(const struct unranked *u)
{
    return (struct line_count *)(void *)u->lines.data;
}

static size_t n_lines(const struct unranked *u)
{
    return u->lines.len / sizeof(struct line_count);
}

/* ---- the table ---- */

static uint32_t *slot_of(const struct unranked *u, uint64_t hash)
{
    size_t i = hash & (u->n_slots - 1);
    while (u->slots[i] && lines_of(u)[u->slots[i] - 1].hash != hash)
        i = (i + 1) & (u->n_slots - 1);
    return &u->slots[i];
}

static bool grow(struct unranked *u)
{
    size_t n = u->n_slots ? 2 * u->n_slots : SLOTS_MIN;
    uint32_t *slots = calloc(n, sizeof *slots);
    if (!slots)
        return false;
    free(u->slots);
    u->slots = slots;
    u->n_slots = n;
    for (size_t i = 0; i < n_lines(u); i++)
        *slot_of(u, lines_of(u)[i].hash) = (uint32_t)i + 1;
    return true;
}

/* Counts a report for that hash. *line is its number + 1, 0 when there is no room for another. */
static enum status count(struct unranked *u, uint64_t hash, uint32_t *line, struct error *err)
{
    *line = 0;
    if ((n_lines(u) + 1) * 4 > u->n_slots * 3 && n_lines(u) < RECURRING_LINES_MAX && !grow(u))
        return error_no_memory(err);
    uint32_t *slot = slot_of(u, hash);
    if (*slot == 0) {
        const struct line_count fresh = {.hash = hash, .folder = u->folder};
        if (n_lines(u) == RECURRING_LINES_MAX)
            return STATUS_OK;
        if (!buf_append(&u->lines, &fresh, sizeof fresh))
            return error_no_memory(err);
        *slot = (uint32_t)n_lines(u);
    }
    struct line_count *l = &lines_of(u)[*slot - 1];
    l->n_reports += l->last_report != u->report;
    l->last_report = u->report;
    *line = *slot;
    return STATUS_OK;
}

/* ---- what comes in ---- */

static uint64_t hash_line(const struct unranked *u, const char *text, size_t n)
{
    return (hash_bytes(text, n) ^ u->folder_hash) * 0x9E3779B97F4A7C15u;
}

void unranked_begin_source(struct unranked *u, const struct source *source)
{
    const char *slash = memrchr(source->path, '/', source->path_len);
    u->folder_hash = hash_bytes(source->path, slash ? (size_t)(slash - source->path) : 0);
}

enum status unranked_begin_report(
    struct unranked *u, const struct report *report, struct error *err)
{
    uint32_t line;
    u->report = report->number;
    u->title_hash = hash_line(u, report->title, report->title_len);
    enum status s = count(u, u->folder_hash, &line, err);
    u->folder = line;
    return s;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void trim(const char **text, size_t *n)
{
    for (; *n >= 3 && memcmp(*text, "\xE3\x80\x80", 3) == 0; *n -= 3)
        *text += 3;
    while (*n && is_blank(**text))
        ++*text, --*n;
    while (*n && is_blank((*text)[*n - 1]))
        --*n;
}

/* 。！？；：，、 and theirs of half width: part of a text, or what leads to one. */
static bool ends_in_stop(const char *text, size_t n)
{
    static const uint32_t stops[] = {0x3002, 0xFF01, 0xFF1F, 0xFF1B, 0xFF1A, 0xFF0C, 0x3001, '.',
        '!', '?', ';', ':', ',', 0x201D, 0xFF09};
    uint32_t cp;
    size_t last = utf8_floor(text, n, n - 1);
    utf8_decode(text + last, n - last, &cp);
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (cp == stops[i])
            return true;
    return false;
}

static bool may_recur(const struct passage *p, const char *text, size_t n)
{
    return p->level == 0 && p->number > 1 && n > 0 && n <= RECURRING_BYTES_MAX && text[0] != '|' &&
           !memchr(text, '\t', n) && !ends_in_stop(text, n);
}

enum status unranked_add(
    struct unranked *u, uint32_t docid, const struct passage *passage, struct error *err)
{
    const char *text = passage->text;
    size_t n = passage->text_len;
    if (passage->is_furniture)
        return buf_append(&u->furniture, &docid, sizeof docid) ? STATUS_OK : error_no_memory(err);
    if (n > 2 * RECURRING_BYTES_MAX)
        return STATUS_OK;
    trim(&text, &n);
    if (!may_recur(passage, text, n) || u->places.len == u->places.max || u->folder == 0)
        return STATUS_OK;
    struct line_place place = {.docid = docid};
    uint64_t hash = hash_line(u, text, n);
    if (hash == u->title_hash || count(u, hash, &place.line, err) != STATUS_OK)
        return hash == u->title_hash ? STATUS_OK : err->status;
    if (place.line == 0)
        return STATUS_OK;
    return buf_append(&u->places, &place, sizeof place) ? STATUS_OK : error_no_memory(err);
}

/* ---- the end ---- */

static bool recurs(const struct unranked *u, const struct line_count *l)
{
    return l->n_reports >= RECURRING_REPORTS_MIN &&
           (uint64_t)l->n_reports * RECURRING_SHARE >= lines_of(u)[l->folder - 1].n_reports;
}

enum status unranked_finish(struct unranked *u, struct error *err)
{
    const struct line_place *places = (const struct line_place *)(const void *)u->places.data;
    for (size_t i = 0; i < u->places.len / sizeof *places; i++) {
        if (recurs(u, &lines_of(u)[places[i].line - 1]) &&
            !buf_append(&u->recurring, &places[i].docid, sizeof places[i].docid))
            return error_no_memory(err);
    }
    return STATUS_OK;
}

static struct docid_list list_of(const struct buf *docids)
{
    return (struct docid_list){
        (const uint32_t *)(const void *)docids->data, docids->len / sizeof(uint32_t)};
}

struct docid_list unranked_furniture(const struct unranked *u)
{
    return list_of(&u->furniture);
}

struct docid_list unranked_recurring(const struct unranked *u)
{
    return list_of(&u->recurring);
}
