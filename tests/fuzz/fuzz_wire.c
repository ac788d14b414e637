// SPDX-License-Identifier: GPL-2.0-or-later
/* What a parser that went mad could send: frames that are taken are as wire.h says and would be written as they came, and
 * a report made of them is one that a builder takes. First byte: 0 frame by frame, 1 as a document, 2 as an archive. */
#include <sys/mman.h>

/* The client as it is, with its struct, so that a file can stand for the pipe of a child. */
#include "extract/client.c" // NOLINT

#include "common/utf8.h"
#include "indexer/document.h"
#include "tests/fuzz/fuzz.h"

/* ---- the other side ---- */

static int file_of(const uint8_t *bytes, size_t n)
{
    int fd = memfd_create("frames", MFD_CLOEXEC);
    MUST(fd >= 0 && (n == 0 || write(fd, bytes, n) == (ssize_t)n) && lseek(fd, 0, SEEK_SET) == 0);
    return fd;
}

/* A child that wrote the bytes and ended well. */
static struct extractor *open_child(const uint8_t *bytes, size_t n, int *server)
{
    struct extractor *ex;
    struct error err;
    int ends[2], wait_status = 0;
    MUST(extractor_open(&ex, &err) == STATUS_OK);
    MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    MUST(send(ends[1], &wait_status, sizeof wait_status, 0) == (ssize_t)sizeof wait_status);
    ex->socket = ends[0];
    ex->pipe = file_of(bytes, n);
    *server = ends[1];
    return ex;
}

static void close_child(struct extractor *ex, int server)
{
    close(ex->socket);
    close(server);
    extractor_close(ex);
}

/* ---- frames ---- */

static void check_text(const struct wire_frame *f)
{
    bool is_raw = f->type == WIRE_MEMBER || f->type == WIRE_DATA;
    const char *text = f->type == WIRE_BLOCK ? f->block.text : f->text;
    size_t n = f->type == WIRE_BLOCK ? f->block.n : f->n;
    MUST(is_raw || f->type == WIRE_KIND || utf8_valid(text, n) == n);
    MUST(f->type != WIRE_BLOCK || (n > 0 && n <= BLOCK_BYTES_MAX && f->block.level <= 9));
    MUST(f->type != WIRE_MEMBER || n <= WIRE_NAME_MAX);
}

/* Writes the frame as main.c does. */
static void write_frame(int fd, const struct wire_frame *f)
{
    struct error err;
    const struct block *b = &f->block;
    unsigned char head[6] = {0};
    size_t n_head = f->type == WIRE_BLOCK                         ? 6
                    : f->type == WIRE_KIND                        ? 3
                    : f->type == WIRE_META || f->type == WIRE_END ? 1
                                                                  : 0;
    if (f->type == WIRE_BLOCK) {
        head[0] = (unsigned char)b->kind;
        head[1] = b->level;
        for (int i = 0; i < 4; i++)
            head[2 + i] = (unsigned char)(b->page >> 8 * i);
    } else if (f->type == WIRE_KIND) {
        head[0] = (unsigned char)f->kind;
        head[1] = (unsigned char)f->encoding;
        head[2] = f->certainty;
    } else {
        head[0] = (unsigned char)(f->type == WIRE_META ? (int)f->meta : (int)f->status);
    }
    MUST(wire_write(fd, f->type, head, n_head, f->type == WIRE_BLOCK ? b->text : f->text,
             f->type == WIRE_BLOCK ? b->n : f->n, &err) == STATUS_OK);
}

static void read_frames(struct extractor *ex, const uint8_t *bytes, size_t n)
{
    struct wire_frame f;
    struct error err = {.message = ""};
    int copy = file_of(NULL, 0);
    enum status s;
    while ((s = extractor_next(ex, &f, &err)) == STATUS_OK) {
        check_text(&f);
        write_frame(copy, &f);
    }
    MUST((s == STATUS_BAD_INPUT || s == STATUS_FOREIGN) && err.message[0]);
    MUST(extractor_has_failed(ex) && extractor_next(ex, &f, &err) == s);
    off_t n_copy = lseek(copy, 0, SEEK_END);
    char *again = n_copy ? mmap(NULL, (size_t)n_copy, PROT_READ, MAP_PRIVATE, copy, 0) : NULL;
    MUST((size_t)n_copy <= n && (!n_copy || memcmp(again, bytes, (size_t)n_copy) == 0));
    if (again)
        munmap(again, (size_t)n_copy);
    close(copy);
}

/* ---- reports ---- */

static enum status take_report(void *arg, struct report *r, struct error *err)
{
    (void)err;
    MUST(++*(uint32_t *)arg == 1 && r->title_len > 0 && r->title_len <= TITLE_BYTES_MAX);
    MUST(utf8_valid(r->title, r->title_len) == r->title_len);
    return STATUS_OK;
}

static enum status take_passage(void *arg, const struct passage *p, struct error *err)
{
    (void)err;
    MUST(*(uint32_t *)arg == 1 && p->text_len > 0 && p->text_len <= PASSAGE_BYTES_MAX);
    MUST(
        p->level <= 9 && p->section < p->number && utf8_valid(p->text, p->text_len) == p->text_len);
    return STATUS_OK;
}

static enum status take_fault(void *arg, uint32_t line, const char *what, struct error *err)
{
    (void)arg;
    (void)line;
    (void)what;
    (void)err;
    return STATUS_OK;
}

static void read_document(struct extractor *ex, enum document_kind kind)
{
    uint32_t n_reports = 0;
    struct error err = {.message = ""};
    const struct report_sink sink = {&n_reports, take_report, take_passage, take_fault, NULL};
    const struct reader_options options = {source_format_of_kind(kind), "a.html", 6, 1 << 20};
    enum status s = document_read(ex, kind, &options, &sink, &err);
    MUST(s == STATUS_OK ? n_reports == 1 : err.message[0] != '\0');
}

/* Reads of each member as much as its name says. */
static enum status take_member(
    void *arg, const char *name, size_t n, struct input *in, struct error *err)
{
    struct buf text;
    bool is_binary, is_last = false;
    const char *kind;
    (void)arg;
    MUST(n <= WIRE_NAME_MAX);
    if (n && name[0] == 's')
        return STATUS_OK;
    enum status s = input_detect(in, ENCODING_UNKNOWN, &is_binary, &kind, err);
    buf_init(&text, 1 << 20);
    while (s == STATUS_OK && !is_binary && !is_last && text.len < 1 << 19)
        s = input_read(in, &text, &is_last, err);
    buf_release(&text);
    return s;
}

static void read_archive(struct extractor *ex)
{
    struct error err = {.message = ""};
    enum status s = document_each_member(ex, take_member, NULL, &err);
    MUST(s == STATUS_OK || (err.status == s && err.message[0]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input in = {data, size};
    uint8_t what = fuzz_byte(&in);
    int server;
    struct extractor *ex = open_child(in.at, in.n, &server);
    if (what == 0)
        read_frames(ex, in.at, in.n);
    else if (what == 1)
        read_document(ex, DOCUMENT_HTML);
    else
        read_archive(ex);
    close_child(ex, server);
    return 0;
}
