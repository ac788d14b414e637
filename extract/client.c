// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/client.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/buf.h"

struct extractor {
    pid_t pid; /* of the server; 0: not running */
    int socket;
    int pipe;         /* what the child writes into; -1: no document is being read */
    struct buf bytes; /* read and not yet taken */
    size_t at;
    uint64_t n_bytes; /* of this document */
    int idle_ms, wall_ms;
    int64_t begun_ms;
    bool is_archive, is_ended;
    /* What is wrong with this document, once something is: status and message. */
    struct error failure;
};

enum { READ_BYTES = 128 * 1024 };

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

enum status extractor_open(struct extractor **out, struct error *err)
{
    struct extractor *ex = calloc(1, sizeof *ex);
    *out = ex;
    if (!ex)
        return error_no_memory(err);
    ex->socket = ex->pipe = -1;
    ex->idle_ms = EXTRACT_IDLE_SECONDS * 1000;
    ex->wall_ms = EXTRACT_WALL_SECONDS * 1000;
    ex->begun_ms = now_ms();
    buf_init(&ex->bytes, WIRE_HEADER + WIRE_PAYLOAD_MAX + READ_BYTES);
    return STATUS_OK;
}

void extractor_set_patience(struct extractor *ex, int idle_ms, int wall_ms)
{
    ex->idle_ms = idle_ms;
    ex->wall_ms = wall_ms;
}

static void stop_server(struct extractor *ex, bool by_force)
{
    if (!ex->pid)
        return;
    close(ex->socket); /* the server ends, and its child with it */
    if (by_force)
        kill(ex->pid, SIGKILL);
    while (waitpid(ex->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    ex->pid = 0;
    ex->socket = -1;
}

void extractor_close(struct extractor *ex)
{
    if (!ex)
        return;
    extractor_end(ex);
    stop_server(ex, false);
    buf_release(&ex->bytes);
    free(ex);
}

/* ---- the server ---- */

/* $DUAN_EXTRACT, or beside this program, or where it is installed. */
static bool find_program(char *out, size_t room)
{
    static const char *const places[] = {"duan-extract", "../libexec/duan/duan-extract"};
    const char *stated = getenv("DUAN_EXTRACT");
    if (stated && *stated)
        return snprintf(out, room, "%s", stated) < (int)room && access(out, X_OK) == 0;
    char own[2048];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own);
    if (n <= 0 || (size_t)n == sizeof own)
        return false;
    while (n && own[n - 1] != '/')
        n--;
    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (snprintf(out, room, "%.*s%s", (int)n, own, places[i]) < (int)room &&
            access(out, X_OK) == 0)
            return true;
    return false;
}

/* The server has its end of the socket as standard input, our standard error, and nothing else. */
static enum status spawn(struct extractor *ex, const char *program, int its_end, struct error *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    char *argv[] = {(char *)"duan-extract", NULL};
    int failed = posix_spawn_file_actions_init(&actions);
    if (failed)
        return errno = failed, error_errno(err, "cannot start '%s'", program);
    failed = posix_spawnattr_init(&attributes);
    if (failed) {
        posix_spawn_file_actions_destroy(&actions);
        return errno = failed, error_errno(err, "cannot start '%s'", program);
    }
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    /* A group of its own: Ctrl-C is for us to handle. */
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(
        &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    failed = posix_spawn_file_actions_adddup2(&actions, its_end, STDIN_FILENO);
    if (!failed)
        failed = posix_spawn(&ex->pid, program, &actions, &attributes, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    if (failed) {
        ex->pid = 0;
        errno = failed;
        return error_errno(err, "cannot start '%s'", program);
    }
    return STATUS_OK;
}

static enum status start_server(struct extractor *ex, struct error *err)
{
    char program[4096];
    int ends[2];
    if (ex->pid)
        return STATUS_OK;
    if (!find_program(program, sizeof program))
        return error_set(
            err, STATUS_IO, "the program duan-extract, which reads such files, is not there");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return error_errno(err, "cannot start '%s'", program);
    enum status status = spawn(ex, program, ends[1], err);
    close(ends[1]);
    if (status == STATUS_OK)
        ex->socket = ends[0];
    else
        close(ends[0]);
    return status;
}

/* ---- a document ---- */

static bool send_request(int socket, const struct wire_request *request, int file, int out)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {{0}};
    struct iovec iov = {(void *)(uintptr_t)request, sizeof *request};
    struct msghdr message = {.msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(header), (int[]){file, out}, 2 * sizeof(int));
    ssize_t sent;
    while ((sent = sendmsg(socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR)
        ;
    return sent == (ssize_t)sizeof *request;
}

enum status extractor_begin(struct extractor *ex, int fd, enum document_kind stated,
    enum encoding encoding, struct error *err)
{
    const struct wire_request request = {(uint8_t)stated, (uint8_t)encoding};
    int ends[2];
    extractor_end(ex);
    enum status status = start_server(ex, err);
    if (status != STATUS_OK)
        return status;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_errno(err, "cannot make a pipe");
    bool is_sent = send_request(ex->socket, &request, fd, ends[1]);
    close(ends[1]);
    if (!is_sent) {
        close(ends[0]);
        stop_server(ex, true);
        return error_set(err, STATUS_IO, "the program duan-extract does not answer");
    }
    ex->pipe = ends[0];
    ex->at = ex->n_bytes = 0;
    ex->begun_ms = now_ms();
    ex->is_archive = ex->is_ended = false;
    ex->failure.status = STATUS_OK;
    buf_clear(&ex->bytes);
    return STATUS_OK;
}

/* How the child ended, as the server tells it. */
static enum status explain_end(struct extractor *ex, struct error *err)
{
    int wait_status = 0;
    struct pollfd at = {ex->socket, POLLIN, 0};
    int ready;
    while ((ready = poll(&at, 1, 1000)) < 0 && errno == EINTR)
        ;
    if (ready <= 0 ||
        recv(ex->socket, &wait_status, sizeof wait_status, 0) != (ssize_t)sizeof wait_status) {
        stop_server(ex, true);
        return error_set(err, STATUS_BAD_INPUT, "the parser was lost");
    }
    ex->is_ended = true;
    int number = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
    if (number == SIGXCPU || number == SIGALRM || number == SIGKILL)
        return error_set(err, STATUS_BAD_INPUT, "damaged, or too much: the parser took too long");
    if (number)
        return error_set(
            err, STATUS_BAD_INPUT, "damaged: the parser crashed (%s)", strsignal(number));
    return error_set(
        err, STATUS_BAD_INPUT, "damaged: the parser gave up (%d)", WEXITSTATUS(wait_status));
}

/* Reads until n bytes wait behind at. */
static enum status fill(struct extractor *ex, size_t n, struct error *err)
{
    if (ex->at && ex->bytes.len - ex->at < n) {
        memmove(ex->bytes.data, ex->bytes.data + ex->at, ex->bytes.len - ex->at);
        ex->bytes.len -= ex->at;
        ex->at = 0;
    }
    while (ex->bytes.len - ex->at < n) {
        struct pollfd at = {ex->pipe, POLLIN, 0};
        int ready = poll(&at, 1, ex->idle_ms);
        if (ready < 0 && errno == EINTR)
            continue;
        /* One byte now and then is no silence. */
        if (ready == 0 || (!ex->is_archive && now_ms() - ex->begun_ms > ex->wall_ms)) {
            stop_server(ex, true);
            return error_set(
                err, STATUS_BAD_INPUT, "damaged, or too much: the parser took too long");
        }
        if (!buf_reserve(&ex->bytes, READ_BYTES))
            return error_no_memory(err);
        ssize_t got = read(ex->pipe, ex->bytes.data + ex->bytes.len, READ_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, "cannot read from the parser");
        if (got == 0)
            return explain_end(ex, err);
        ex->bytes.len += (size_t)got;
        ex->n_bytes += (size_t)got;
    }
    return STATUS_OK;
}

static enum status next_frame(struct extractor *ex, struct wire_frame *out, struct error *err)
{
    size_t n;
    enum status status = fill(ex, WIRE_HEADER, err);
    if (status != STATUS_OK)
        return status;
    enum wire_type type = (enum wire_type)(unsigned char)ex->bytes.data[ex->at];
    status = wire_header((const unsigned char *)ex->bytes.data + ex->at, &n, err);
    if (status == STATUS_OK)
        status = fill(ex, WIRE_HEADER + n, err);
    if (status == STATUS_OK)
        status = wire_payload(type, ex->bytes.data + ex->at + WIRE_HEADER, n, out, err);
    if (status == STATUS_OK)
        ex->at += WIRE_HEADER + n;
    return status;
}

static enum status check_frame(
    struct extractor *ex, const struct wire_frame *frame, struct error *err)
{
    if (frame->type == WIRE_KIND)
        ex->is_archive = frame->kind == DOCUMENT_ARCHIVE;
    if (frame->type == WIRE_END && frame->status != STATUS_OK)
        return error_set(err, frame->status == STATUS_FOREIGN ? STATUS_FOREIGN : STATUS_BAD_INPUT,
            "%.*s", (int)frame->n, frame->text);
    if (!ex->is_archive && ex->n_bytes > EXTRACT_BYTES_MAX)
        return error_set(
            err, STATUS_BAD_INPUT, "more than %d MB of text", EXTRACT_BYTES_MAX / (1024 * 1024));
    return STATUS_OK;
}

/* What failed once fails for good: whoever asks again hears the same. */
enum status extractor_next(struct extractor *ex, struct wire_frame *out, struct error *err)
{
    enum status status = ex->failure.status;
    if (status != STATUS_OK) {
        *err = ex->failure;
        return status;
    }
    status = next_frame(ex, out, err);
    if (status == STATUS_OK)
        status = check_frame(ex, out, err);
    if (status == STATUS_CORRUPT) /* of the pipe, not of an index */
        status = err->status = STATUS_BAD_INPUT;
    if (status != STATUS_OK)
        ex->failure = *err;
    return status;
}

bool extractor_has_failed(const struct extractor *ex)
{
    return ex->failure.status != STATUS_OK;
}

void extractor_end(struct extractor *ex)
{
    struct error ignored;
    if (ex->pipe < 0)
        return;
    close(ex->pipe); /* a child that still writes ends by that */
    ex->pipe = -1;
    if (ex->pid && !ex->is_ended)
        explain_end(ex, &ignored);
}
