// SPDX-License-Identifier: GPL-2.0-or-later
/* duan-extract: reads the text of foreign formats for duan, at arm's length.
 *
 * Standard input is a socket (extract/wire.h). The server forks a child for each request, which enters the sandbox, parses
 * one file and writes what it finds into its pipe. The libraries are loaded once, by the server; what a hostile file does to
 * one child dies with it. */
#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/message.h"
#include "extract/archive.h"
#include "extract/parsers.h"
#include "extract/sandbox.h"
#include "extract/wire.h"

enum { EXIT_UNFILTERED = 9 }; /* of a child that had no seccomp */

struct child {
    int out;
    bool is_unfiltered;
    struct document_input in;
};

/* ---- what a child writes ---- */

static enum status put_meta(
    void *arg, enum document_meta what, const char *text, size_t n, struct error *err)
{
    const struct child *c = arg;
    const unsigned char head[] = {(unsigned char)what};
    return wire_write(c->out, WIRE_META, head, sizeof head, text, n, err);
}

static enum status put_block(void *arg, const struct block *b, struct error *err)
{
    const struct child *c = arg;
    const unsigned char head[] = {(unsigned char)b->kind, b->level, (unsigned char)b->page,
        (unsigned char)(b->page >> 8), (unsigned char)(b->page >> 16),
        (unsigned char)(b->page >> 24)};
    return wire_write(c->out, WIRE_BLOCK, head, sizeof head, b->text, b->n, err);
}

static enum status put_member(void *arg, const char *name, size_t n, struct error *err)
{
    const struct child *c = arg;
    return wire_write(c->out, WIRE_MEMBER, NULL, 0, name, n, err);
}

static enum status put_data(void *arg, const char *bytes, size_t n, struct error *err)
{
    const struct child *c = arg;
    return wire_write(c->out, WIRE_DATA, NULL, 0, bytes, n, err);
}

static enum status put_fault(void *arg, const char *why, struct error *err)
{
    const struct child *c = arg;
    return wire_write(c->out, WIRE_FAULT, NULL, 0, why, strlen(why), err);
}

static void put_end(const struct child *c, enum status status, const struct error *err)
{
    const unsigned char head[] = {(unsigned char)status};
    struct error ignored;
    size_t n = status == STATUS_OK ? 0 : strlen(err->message);
    wire_write(c->out, WIRE_END, head, sizeof head, err->message, n, &ignored);
}

/* ---- a child's work ---- */

static enum status map_file(struct document_input *in, int fd, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return error_errno(err, "cannot read it");
    if (st.st_size == 0)
        return error_set(err, STATUS_BAD_INPUT, "empty");
    void *bytes = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (bytes == MAP_FAILED)
        return error_errno(err, "cannot read it");
    in->bytes = bytes;
    in->n = (size_t)st.st_size;
    return STATUS_OK;
}

static enum document_kind kind_of(const struct document_input *in, enum document_kind stated)
{
    enum document_kind kind = stated != DOCUMENT_NONE ? stated : document_sniff(in->bytes, in->n);
    return kind == DOCUMENT_ARCHIVE ? archive_look_inside(in) : kind;
}

static enum status say_kind(struct child *c, enum document_kind kind, struct error *err)
{
    struct detection found = {.encoding = ENCODING_UTF8, .certainty = 1};
    if (kind == DOCUMENT_HTML && c->in.encoding == ENCODING_UNKNOWN)
        encoding_detect(c->in.bytes, c->in.n < DETECT_SAMPLE ? c->in.n : DETECT_SAMPLE,
            c->in.n <= DETECT_SAMPLE, &found);
    else if (kind == DOCUMENT_HTML)
        found.encoding = c->in.encoding;
    c->in.encoding = found.encoding;
    const unsigned char head[] = {(unsigned char)kind, (unsigned char)found.encoding,
        (unsigned char)(found.certainty * 100 + 0.5)};
    return wire_write(c->out, WIRE_KIND, head, sizeof head, NULL, 0, err);
}

static enum status parse(struct child *c, enum document_kind kind, struct error *err)
{
    const struct document_sink blocks = {c, put_meta, put_block};
    const struct archive_sink members = {c, put_member, put_data, put_fault};
    document_parser *parser = parser_of(kind);
    if (kind == DOCUMENT_ARCHIVE)
        return archive_read_members(&c->in, &members, err);
    if (!parser)
        return error_set(err, STATUS_FOREIGN, "not read yet: %s", document_kind_name(kind));
    return parser(&c->in, &blocks, err);
}

static enum status work(
    struct child *c, int file, const struct wire_request *request, struct error *err)
{
    const char *why;
    enum status status = map_file(&c->in, file, err);
    if (status != STATUS_OK)
        return status;
    c->in.encoding = (enum encoding)request->encoding;
    /* A zip's directory is looked at under the limits as well: those for an archive are the wider ones. */
    enum document_kind sniffed = document_sniff(c->in.bytes, c->in.n);
    const struct sandbox_needs needs = {
        .stream = sniffed == DOCUMENT_ARCHIVE, .file_bytes = c->in.n};
    if (!sandbox_enter(&needs, &why))
        return error_set(err, STATUS_IO, "%s", why);
    c->is_unfiltered = why != NULL;
    enum document_kind kind = kind_of(&c->in, (enum document_kind)request->kind);
    if (kind == DOCUMENT_NONE || kind >= DOCUMENT_KINDS)
        return error_set(err, STATUS_BAD_INPUT, "of no format that is read here");
    status = say_kind(c, kind, err);
    return status == STATUS_OK ? parse(c, kind, err) : status;
}

static void run_child(int file, int out, const struct wire_request *request)
{
    struct child c = {.out = out};
    struct error err = {.message = ""};
    signal(SIGPIPE, SIG_IGN);
    close(STDIN_FILENO);
    enum status status = work(&c, file, request, &err);
    put_end(&c, status, &err);
    _exit(c.is_unfiltered ? EXIT_UNFILTERED : 0);
}

/* ---- the server ---- */

/* False when duan is gone. */
static int receive(struct wire_request *request, int fds[2])
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec iov = {request, sizeof *request};
    struct msghdr message = {.msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes};
    ssize_t got;
    while ((got = recvmsg(STDIN_FILENO, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR)
        ;
    const struct cmsghdr *header = got == (ssize_t)sizeof *request ? CMSG_FIRSTHDR(&message) : NULL;
    if (!header || header->cmsg_type != SCM_RIGHTS || header->cmsg_len != CMSG_LEN(2 * sizeof(int)))
        return 0;
    memcpy(fds, CMSG_DATA(header), 2 * sizeof(int));
    return 1;
}

/* Once a server, and not before a file has met it. */
static void warn_unfiltered(int wait_status)
{
    static bool is_said;
    if (is_said || !WIFEXITED(wait_status) || WEXITSTATUS(wait_status) != EXIT_UNFILTERED)
        return;
    is_said = true;
    fputs(tr("duan-extract: no seccomp here: parsers run with limits only\n"), stderr);
}

static void serve(const struct wire_request *request, const int fds[2])
{
    int wait_status = 1 << 8;
    pid_t pid = fork();
    if (pid == 0)
        run_child(fds[0], fds[1], request);
    close(fds[0]);
    close(fds[1]);
    while (pid > 0 && waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
        ;
    warn_unfiltered(wait_status);
    if (send(STDIN_FILENO, &wait_status, sizeof wait_status, MSG_NOSIGNAL) < 0)
        exit(0);
}

int main(void)
{
    struct stat st;
    struct wire_request request;
    int fds[2];
    message_init();
    setlocale(LC_CTYPE, "C.UTF-8"); /* libarchive gives names by way of the locale */
    if (fstat(STDIN_FILENO, &st) != 0 || !S_ISSOCK(st.st_mode)) {
        fputs("duan-extract: run by duan, which talks to it over a socket\n", stderr);
        return 2;
    }
    while (receive(&request, fds))
        serve(&request, fds);
    return 0;
}
