// SPDX-License-Identifier: GPL-2.0-or-later
/* The client against a server that went mad. This program is that server, too: DUAN_EXTRACT names it, and the file handed
 * over says what it shall do. Whatever that is, the client gives one error within its time, and the next file is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "extract/client.h"
#include "tests/temp_dir.h"

enum { PATIENCE_MS = 300, WALL_MS = 1000 };

/* ---- the server ---- */

static void put(int out, const char *bytes, size_t n)
{
    while (n) {
        ssize_t written = write(out, bytes, n);
        if (written <= 0)
            return;
        bytes += written;
        n -= (size_t)written;
    }
}

static const char kind_frame[] = {'K', 3, 0, 0, 0, DOCUMENT_HTML, ENCODING_UTF8, 99};
static const char archive_frame[] = {'K', 3, 0, 0, 0, DOCUMENT_ARCHIVE, ENCODING_UTF8, 99};
static const char block_frame[] = {
    'B', 12, 0, 0, 0, BLOCK_TEXT, 0, 1, 0, 0, 0, 'f', 'i', 'n', 'e', ' ', '!'};
static const char end_frame[] = {'E', 1, 0, 0, 0, STATUS_OK};
static const char member_frame[] = {'F', 1, 0, 0, 0, 'm'};
#define PUT(frame) put(out, frame, sizeof(frame))

static void flood(int out)
{
    enum { TEXT = BLOCK_BYTES_MAX, PAYLOAD = TEXT + 6 };
    static char frame[WIRE_HEADER + PAYLOAD] = {
        'B', PAYLOAD & 0xFF, PAYLOAD >> 8 & 0xFF, PAYLOAD >> 16 & 0xFF, 0, BLOCK_TEXT};
    memset(frame + WIRE_HEADER + 6, 'x', TEXT);
    for (int i = 0; i < EXTRACT_BYTES_MAX / TEXT + 8; i++)
        PUT(frame);
}

static void drip(int out)
{
    static const char meta[] = {'M', 2, 0, 0, 0, META_TITLE, 'x'};
    for (int i = 0; i < 100; i++) { /* ten times as long as is borne */
        PUT(meta);
        poll(NULL, 0, PATIENCE_MS / 3);
    }
}

static const struct {
    const char *what, *bytes;
    size_t n;
} written[] = {
    {"huge length", "B\xFF\xFF\xFF\xFF", 5},
    {"one too long", "B\x07\x00\x10\x00", 5},
    {"garbage", "\x93\x01\x00\x00\x00\x80 what is this?", 20},
    {"half a frame", block_frame, 9},
    {"server crash", block_frame, 9},
    {"half a head", block_frame, 3},
    {"control characters", "B\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x1b[", 13},
    {"not utf-8", "B\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\xe4\xb8", 13},
    {"an error",
        "E\x04\x00\x00\x00\x05"
        "bad",
        9},
};

/* Does what the file says, with the pipe; returns the child's wait status, -1 for none. */
static int misbehave(const char *what, int out)
{
    bool is_archive = strncmp(what, "archive ", 8) == 0;
    what += is_archive ? 8 : 0;
    if (strcmp(what, "no kind") == 0)
        return 0;
    if (is_archive) {
        PUT(archive_frame);
        PUT(member_frame);
    } else {
        PUT(kind_frame);
    }
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        if (strcmp(what, written[i].what) == 0)
            put(out, written[i].bytes, written[i].n);
    if (strcmp(what, "fine") == 0) {
        PUT(block_frame);
        PUT(end_frame);
    } else if (strcmp(what, "flood") == 0) {
        flood(out);
    } else if (strcmp(what, "drip") == 0) {
        drip(out);
    } else if (strcmp(what, "hang") == 0) {
        poll(NULL, 0, 60000);
    } else if (strcmp(what, "server crash") == 0) {
        raise(SIGKILL);
    } else if (strcmp(what, "server ends") == 0) {
        _exit(0);
    } else if (strcmp(what, "closes and stays") == 0) {
        close(out);
        poll(NULL, 0, 60000);
    }
    return strcmp(what, "no answer") == 0        ? -1
           : strcmp(what, "child crash") == 0    ? SIGSEGV
           : strcmp(what, "child slow") == 0     ? SIGXCPU
           : strcmp(what, "child gives up") == 0 ? 3 << 8
                                                 : 0;
}

static bool receive(int fds[2])
{
    struct wire_request request;
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control;
    struct iovec iov = {&request, sizeof request};
    struct msghdr message = {.msg_iov = &iov,
        .msg_iovlen = 1,
        .msg_control = control.bytes,
        .msg_controllen = sizeof control.bytes};
    if (recvmsg(STDIN_FILENO, &message, 0) != (ssize_t)sizeof request)
        return false;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header)
        return false;
    memcpy(fds, CMSG_DATA(header), 2 * sizeof(int));
    return true;
}

static int serve(void)
{
    int fds[2];
    signal(SIGPIPE, SIG_IGN);
    while (receive(fds)) {
        char text[1024] = "";
        ssize_t n = pread(fds[0], text, sizeof text - 1, 0);
        const char *what = n > 0 ? strstr(text, "do: ") : NULL;
        text[strcspn(text, "\n")] = '\0';
        int status = misbehave(what ? what + 4 : "fine", fds[1]);
        close(fds[0]);
        close(fds[1]);
        if (status >= 0 && send(STDIN_FILENO, &status, sizeof status, MSG_NOSIGNAL) < 0)
            break;
    }
    return 0;
}

/* ---- the client ---- */

static char self[4096];
static struct extractor *ex;
static struct error err;

static int set_up(void **state)
{
    (void)state;
    setenv("DUAN_EXTRACT", self, 1);
    if (extractor_open(&ex, &err) != STATUS_OK)
        return 1;
    extractor_set_patience(ex, PATIENCE_MS, WALL_MS);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    extractor_close(ex);
    return 0;
}

static enum status begin(const char *what)
{
    char text[128];
    int fd = memfd_create("file", MFD_CLOEXEC), n = snprintf(text, sizeof text, "do: %s", what);
    assert_true(fd >= 0 && write(fd, text, (size_t)n) == n);
    enum status s = extractor_begin(ex, fd, DOCUMENT_NONE, ENCODING_UNKNOWN, &err);
    close(fd);
    return s;
}

/* Reads all frames; n_blocks of them are blocks. */
static enum status read_all(size_t *n_blocks)
{
    struct wire_frame frame;
    enum status s;
    *n_blocks = 0;
    while ((s = extractor_next(ex, &frame, &err)) == STATUS_OK && frame.type != WIRE_END)
        *n_blocks += frame.type == WIRE_BLOCK;
    return s;
}

static void assert_fine(void)
{
    size_t n_blocks;
    assert_int_equal(begin("fine"), STATUS_OK);
    assert_int_equal(read_all(&n_blocks), STATUS_OK);
    assert_int_equal(n_blocks, 1);
    assert_false(extractor_has_failed(ex));
    extractor_end(ex);
}

/* The file fails with that message, again if asked again, and the next is fine. */
static void assert_fails(const char *what, const char *message)
{
    size_t n_blocks;
    assert_int_equal(begin(what), STATUS_OK);
    enum status s = read_all(&n_blocks);
    if (s != STATUS_BAD_INPUT || !strstr(err.message, message))
        fail_msg("%s: %d, '%s', not '%s'", what, s, err.message, message);
    assert_true(extractor_has_failed(ex));
    assert_int_equal(read_all(&n_blocks), STATUS_BAD_INPUT);
    assert_non_null(strstr(err.message, message));
    extractor_end(ex);
    assert_fine();
}

static void extractor_next__names_what_a_child_did(void **state)
{
    (void)state;
    assert_fine();
    assert_fails("child crash", "the parser crashed (");
    assert_fails("child slow", "the parser took too long");
    assert_fails("child gives up", "the parser gave up (3)");
    assert_fails("no kind", "the parser gave up (0)");
    assert_fails("half a frame", "the parser gave up (0)");
    assert_fails("half a head", "the parser gave up (0)");
    assert_fails("an error", "bad");
    assert_fails("archive early", "the parser gave up (0)");
}

static void extractor_next__takes_no_garbage(void **state)
{
    (void)state;
    assert_fails("garbage", "the parser sent garbage");
    assert_fails("huge length", "the parser sent garbage");
    assert_fails("one too long", "the parser sent garbage");
    assert_fails("control characters", "the parser sent garbage");
    assert_fails("not utf-8", "the parser sent garbage");
    assert_fails("archive garbage", "the parser sent garbage");
    assert_fails("archive huge length", "the parser sent garbage");
}

static void extractor_next__outlives_its_server(void **state)
{
    (void)state;
    assert_fails("server crash", "the parser was lost");
    assert_fails("server ends", "the parser was lost");
    assert_fails("no answer", "the parser was lost");
    assert_fails("closes and stays", "the parser was lost");
}

static void extractor_next__waits_for_nobody_for_ever(void **state)
{
    (void)state;
    assert_fails("hang", "the parser took too long");
    assert_fails("archive hang", "the parser took too long");
    assert_fails("drip", "the parser took too long");
}

static void extractor_next__ends_a_flood(void **state)
{
    (void)state;
    extractor_set_patience(ex, 60000, 600000);
    assert_fails("flood", "more than 512 MB of text");
}

static void extractor_end__leaves_what_was_not_read(void **state)
{
    (void)state;
    struct wire_frame frame;
    assert_int_equal(begin("flood"), STATUS_OK);
    assert_int_equal(extractor_next(ex, &frame, &err), STATUS_OK);
    extractor_end(ex);
    assert_fine();
    assert_int_equal(begin("fine"), STATUS_OK); /* and one begun while another is at work */
    assert_fine();
}

static void extractor_begin__says_that_the_program_is_not_there(void **state)
{
    (void)state;
    setenv("DUAN_EXTRACT", "/nowhere/duan-extract", 1);
    assert_int_equal(begin("fine"), STATUS_IO);
    assert_non_null(strstr(err.message, "duan-extract"));
    setenv("DUAN_EXTRACT", "/bin/true", 1); /* which ends at once */
    size_t n_blocks;
    enum status s = begin("fine");
    if (s == STATUS_OK)
        s = read_all(&n_blocks);
    assert_true(s == STATUS_IO || s == STATUS_BAD_INPUT);
    extractor_end(ex);
    setenv("DUAN_EXTRACT", self, 1);
    assert_fine();
}

/* ---- the whole program ---- */

static void write_page(const char *dir, const char *name, const char *what)
{
    char text[256];
    int n = snprintf(text, sizeof text, "<!DOCTYPE html><!-- do: %s\n-->\n", what);
    temp_dir_write(temp_dir_path(dir, name), text, (size_t)n);
}

/* The server ends what it is told at the first line's end. */
static void duan_index__loses_one_file_by_each_mad_parser(void **state)
{
    (void)state;
    static const char *const acts[] = {"child crash", "garbage", "huge length", "half a frame",
        "server crash", "server ends", "no kind", "archive garbage", "an error", "not utf-8"};
    enum { ACTS = sizeof acts / sizeof *acts };
    char command[8192], name[24], expected[64], line[512], said[8192] = "";
    const char *duan = getenv("DUAN");
    if (!duan)
        skip();
    char *dir = temp_dir_make();
    for (int i = 0; i < ACTS; i++) {
        snprintf(name, sizeof name, "%02d-a.html", i);
        write_page(dir, name, acts[i]);
        snprintf(name, sizeof name, "%02d-b.html", i);
        write_page(dir, name, "fine");
    }
    snprintf(command, sizeof command,
        "cd '%s' && DUAN_LANG=en '%s' index -i ../x.%ld . 2>&1; echo exit $?; rm -rf ../x.%ld", dir,
        duan, (long)getpid(), (long)getpid());
    FILE *out = popen(command, "r");
    assert_non_null(out);
    while (fgets(line, sizeof line, out))
        strncat(said, line, sizeof said - strlen(said) - 1);
    pclose(out);
    snprintf(expected, sizeof expected, "added %d, changed 0, removed 0, unchanged 0, failed %d",
        ACTS, ACTS);
    if (!strstr(said, expected) || !strstr(said, "exit 2"))
        fail_msg("%s", said);
    temp_dir_remove(dir);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(extractor_next__names_what_a_child_did),
        TEST(extractor_next__takes_no_garbage),
        TEST(extractor_next__outlives_its_server),
        TEST(extractor_next__waits_for_nobody_for_ever),
        TEST(extractor_next__ends_a_flood),
        TEST(extractor_end__leaves_what_was_not_read),
        TEST(extractor_begin__says_that_the_program_is_not_there),
        TEST(duan_index__loses_one_file_by_each_mad_parser),
    };
    struct stat st;
    if (fstat(STDIN_FILENO, &st) == 0 && S_ISSOCK(st.st_mode) && getenv("DUAN_EXTRACT") &&
        readlink("/proc/self/exe", self, sizeof self - 1) > 0 &&
        strcmp(self, getenv("DUAN_EXTRACT")) == 0)
        return serve();
    if (readlink("/proc/self/exe", self, sizeof self - 1) <= 0)
        return 2;
    return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
