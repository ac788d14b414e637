// SPDX-License-Identifier: GPL-2.0-or-later
/* One event behind the other: its kind, the struct as it was given, then its strings. */
#include "indexer/recording.h"

#include <string.h>

enum event_kind { EVENT_REPORT, EVENT_PASSAGE, EVENT_FAULT };

struct fault {
    uint32_t line;
    size_t len;
};

void recording_init(struct recording *r, size_t max_bytes)
{
    *r = (struct recording){.is_stopped = NULL};
    buf_init(&r->bytes, max_bytes);
}

void recording_release(struct recording *r)
{
    buf_release(&r->bytes);
}

static bool put_event(struct buf *out, enum event_kind kind, const void *body, size_t n)
{
    return buf_append_byte(out, (char)kind) && buf_append(out, body, n);
}

static enum status record_report(void *arg, struct report *r, struct error *err)
{
    struct buf *out = &((struct recording *)arg)->bytes;
    bool is_ok = put_event(out, EVENT_REPORT, r, sizeof *r) && buf_append(out, r->id, r->id_len) &&
                 buf_append(out, r->title, r->title_len) &&
                 buf_append(out, r->fields, r->fields_len) &&
                 buf_append(out, r->stuffed, r->stuffed_len);
    return is_ok ? STATUS_OK : error_no_memory(err);
}

static enum status record_passage(void *arg, const struct passage *p, struct error *err)
{
    struct buf *out = &((struct recording *)arg)->bytes;
    bool is_ok =
        put_event(out, EVENT_PASSAGE, p, sizeof *p) && buf_append(out, p->text, p->text_len);
    return is_ok ? STATUS_OK : error_no_memory(err);
}

static enum status record_fault(void *arg, uint32_t line, const char *what, struct error *err)
{
    struct buf *out = &((struct recording *)arg)->bytes;
    const struct fault fault = {.line = line, .len = strlen(what) + 1};
    bool is_ok =
        put_event(out, EVENT_FAULT, &fault, sizeof fault) && buf_append(out, what, fault.len);
    return is_ok ? STATUS_OK : error_no_memory(err);
}

static enum status record_tick(void *arg, struct error *err)
{
    const struct recording *r = arg;
    bool is_stopped = r->is_stopped && r->is_stopped(r->arg);
    return is_stopped ? error_set(err, STATUS_INTERRUPTED, "interrupted") : STATUS_OK;
}

struct report_sink recording_sink(struct recording *r)
{
    return (struct report_sink){r, record_report, record_passage, record_fault, record_tick};
}

/* The next n bytes of the recording. */
static const char *take(const char **at, size_t n)
{
    const char *bytes = *at;
    *at += n;
    return bytes;
}

static enum status play_report(const char **at, const struct report_sink *sink, struct error *err)
{
    struct report r;
    memcpy(&r, take(at, sizeof r), sizeof r);
    r.id = take(at, r.id_len);
    r.title = take(at, r.title_len);
    r.fields = take(at, r.fields_len);
    r.stuffed = take(at, r.stuffed_len);
    return sink->report(sink->arg, &r, err);
}

static enum status play_passage(const char **at, const struct report_sink *sink, struct error *err)
{
    struct passage p;
    memcpy(&p, take(at, sizeof p), sizeof p);
    p.text = take(at, p.text_len);
    return sink->passage(sink->arg, &p, err);
}

static enum status play_fault(const char **at, const struct report_sink *sink, struct error *err)
{
    struct fault fault;
    memcpy(&fault, take(at, sizeof fault), sizeof fault);
    return sink->fault(sink->arg, fault.line, take(at, fault.len), err);
}

enum status recording_play(
    const struct recording *r, const struct report_sink *sink, struct error *err)
{
    const struct bytes all = buf_bytes(&r->bytes);
    const char *at = all.at;
    enum status status = STATUS_OK;
    while (at < all.end && status == STATUS_OK) {
        switch ((enum event_kind) * take(&at, 1)) {
        case EVENT_REPORT:
            status = play_report(&at, sink, err);
            break;
        case EVENT_PASSAGE:
            status = play_passage(&at, sink, err);
            break;
        case EVENT_FAULT:
            status = play_fault(&at, sink, err);
            break;
        }
    }
    return status;
}
