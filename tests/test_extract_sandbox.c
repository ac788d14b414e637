// SPDX-License-Identifier: GPL-2.0-or-later
/* What SECURITY.md promises of the process that parses: tried from inside, one attempt a child. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utime.h>

#include "extract/sandbox.h"
#include "tests/temp_dir.h"

static char *dir;

static int set_up(void **state)
{
    (void)state;
    dir = temp_dir_make();
    temp_dir_write(temp_dir_path(dir, "file"), "text", 4);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    temp_dir_remove(dir);
    return 0;
}

/* ---- attempts: what errno each ends with, 0 if it worked ---- */

static int outcome(long result)
{
    return result < 0 ? errno : 0;
}

static int reads_a_file(void)
{
    return outcome(open(temp_dir_path(dir, "file"), O_RDONLY));
}

static int writes_a_file(void)
{
    return outcome(open(temp_dir_path(dir, "file"), O_WRONLY));
}

static int changes_a_file(void)
{
    return outcome(open(temp_dir_path(dir, "file"), O_RDWR));
}

static int makes_a_file(void)
{
    return outcome(creat(temp_dir_path(dir, "new"), 0600));
}

static int removes_a_file(void)
{
    return outcome(unlink(temp_dir_path(dir, "file")));
}

static int renames_a_file(void)
{
    return outcome(rename(temp_dir_path(dir, "file"), temp_dir_path(dir, "other")));
}

static int makes_a_link(void)
{
    return outcome(symlink("/etc/passwd", temp_dir_path(dir, "link")));
}

static int makes_a_folder(void)
{
    return outcome(mkdirat(AT_FDCWD, temp_dir_path(dir, "folder"), 0700));
}

static int makes_a_socket(void)
{
    return outcome(socket(AF_INET, SOCK_STREAM, 0));
}

static int makes_a_local_socket(void)
{
    return outcome(socket(AF_UNIX, SOCK_STREAM, 0));
}

static int forks(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    return outcome(pid);
}

static int runs_a_program(void)
{
    execl("/bin/true", "true", (char *)NULL);
    return errno;
}

static int kills(void)
{
    return outcome(kill(getppid(), 0));
}

static int kills_a_thread(void)
{
    return outcome(syscall(SYS_tgkill, getppid(), getppid(), 0));
}

static int queues_a_signal(void)
{
    return outcome(sigqueue(getppid(), 0, (union sigval){0}));
}

static int signals_by_a_file(void)
{
    return outcome(fcntl(STDERR_FILENO, F_SETOWN, getppid()));
}

/* Are standard output and error what /dev/null is? */
static int is_silent(void)
{
    struct stat out, error, null;
    bool is_ok = fstat(STDOUT_FILENO, &out) == 0 && fstat(STDERR_FILENO, &error) == 0 &&
                 stat("/dev/null", &null) == 0;
    return is_ok && out.st_rdev == null.st_rdev && error.st_rdev == null.st_rdev ? 0 : EINVAL;
}

static int limits_its_parent(void)
{
    struct rlimit r;
    return outcome(prlimit(getppid(), RLIMIT_CPU, NULL, &r));
}

static int signals_itself(void)
{
    signal(SIGUSR1, SIG_IGN);
    return raise(SIGUSR1) == 0 ? 0 : EPERM;
}

static int dates_a_file(void)
{
    const struct utimbuf then = {0, 0};
    return outcome(utime(temp_dir_path(dir, "file"), &then));
}

static int opens_many_files(void)
{
    for (int i = 0; i < 2 * SANDBOX_FILES; i++)
        if (open("/dev/null", O_RDONLY) < 0)
            return errno;
    return 0;
}

static int takes_memory(void)
{
    size_t n = (size_t)(SANDBOX_MEMORY_MB + 1) << 20;
    void *at = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at == MAP_FAILED ? errno : 0;
}

static bool is_limited(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit r;
    return getrlimit(what, &r) == 0 && r.rlim_cur <= most && r.rlim_max <= most;
}

/* A hard limit, which no child can raise again, is the promise; that it ends an endless loop is the kernel's. */
static int has_limits(void)
{
    bool is_ok = is_limited(RLIMIT_CPU, SANDBOX_CPU_SECONDS) && is_limited(RLIMIT_CORE, 0) &&
                 is_limited(RLIMIT_NOFILE, SANDBOX_FILES) && alarm(0) > 0;
    return is_ok ? 0 : EINVAL;
}

/* Runs an attempt in a sandboxed child, and gives its errno. */
static int attempt(int (*what)(void))
{
    const struct sandbox_needs needs = {false, 0};
    const char *why;
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(sandbox_enter(&needs, &why) && !why ? what() : 255);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_not_equal(WEXITSTATUS(status), 255);
    return WEXITSTATUS(status);
}

#define REFUSED(what) assert_int_equal(attempt(what), EPERM)

static void sandbox_enter__lets_files_be_read_and_none_written(void **state)
{
    (void)state;
    assert_int_equal(attempt(reads_a_file), 0);
    REFUSED(writes_a_file);
    REFUSED(changes_a_file);
    REFUSED(makes_a_file);
    REFUSED(removes_a_file);
    REFUSED(renames_a_file);
    REFUSED(makes_a_link);
    REFUSED(makes_a_folder);
    REFUSED(dates_a_file);
    assert_int_equal(writes_a_file(), 0); /* out here it can */
}

static void sandbox_enter__refuses_networks_processes_and_programs(void **state)
{
    (void)state;
    REFUSED(makes_a_socket);
    REFUSED(makes_a_local_socket);
    REFUSED(forks);
    REFUSED(runs_a_program);
    REFUSED(kills);
    REFUSED(kills_a_thread);
    REFUSED(queues_a_signal);
    REFUSED(signals_by_a_file);
    REFUSED(limits_its_parent);
    if (!SANDBOX_HAS_SHADOW)
        assert_int_equal(attempt(is_silent), 0);
    assert_int_equal(attempt(signals_itself), 0);
}

static void sandbox_enter__limits_files_time_and_memory(void **state)
{
    (void)state;
    assert_int_equal(attempt(has_limits), 0);
    assert_int_equal(attempt(opens_many_files), EMFILE);
    if (!SANDBOX_HAS_SHADOW)
        assert_int_equal(attempt(takes_memory), ENOMEM);
}

/* Below what the sandbox would set, by a user who cannot raise it again. */
static void sandbox_enter__keeps_a_lower_limit(void **state)
{
    (void)state;
    enum { FEW = SANDBOX_FILES / 2 };
    const struct rlimit few = {FEW, FEW};
    const struct sandbox_needs needs = {false, 0};
    const char *why;
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(setrlimit(RLIMIT_NOFILE, &few) == 0 && (getuid() != 0 || setuid(65534) == 0) &&
                      sandbox_enter(&needs, &why) && has_limits() == 0 &&
                      is_limited(RLIMIT_NOFILE, FEW)
                  ? 0
                  : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* ---- a kernel without seccomp ---- */

/* Pretends so to this process and all it starts. */
static bool lose_seccomp(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool is_ok = filter &&
                 seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(seccomp), 0) == 0 &&
                 seccomp_rule_add(filter, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                     SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP, 0)) == 0 &&
                 seccomp_load(filter) == 0;
    seccomp_release(filter);
    return is_ok;
}

static void sandbox_enter__says_that_there_is_no_seccomp(void **state)
{
    (void)state;
    const struct sandbox_needs needs = {false, 0};
    const char *why;
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(lose_seccomp() && sandbox_enter(&needs, &why) && why && has_limits() == 0 &&
                      makes_a_file() == 0
                  ? 0
                  : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* Runs `duan index` over three pages in a folder, without seccomp; its standard error goes to `said`. */
static int index_without_seccomp(const char *duan, const char *said)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        int out = open(said, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        setenv("DUAN_LANG", "en", 1);
        if (chdir(dir) != 0 || dup2(out, STDERR_FILENO) < 0 || !lose_seccomp())
            _exit(99);
        execl(duan, "duan", "index", "-t", "1", "-i", "x", "1.html", "2.html", "3.html",
            (char *)NULL);
        _exit(99);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void duan_extract__says_once_that_there_is_no_seccomp(void **state)
{
    (void)state;
    static const char *const names[] = {"1.html", "2.html", "3.html"};
    static const char page[] = "<!DOCTYPE html><p>营商环境";
    const char *duan = getenv("DUAN");
    size_t n;
    if (!duan)
        skip();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        temp_dir_write(temp_dir_path(dir, names[i]), page, sizeof page - 1);
    char *path = strdup(temp_dir_path(dir, "said"));
    assert_non_null(path);
    assert_int_equal(index_without_seccomp(duan, path), 0);
    char *said = temp_dir_read(path, &n);
    const char *first = strstr(said, "no seccomp here");
    assert_non_null(first);
    assert_null(strstr(first + 1, "no seccomp here"));
    assert_non_null(strstr(said, "added 3,"));
    free(said);
    free(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sandbox_enter__lets_files_be_read_and_none_written),
        TEST(sandbox_enter__refuses_networks_processes_and_programs),
        TEST(sandbox_enter__limits_files_time_and_memory),
        TEST(sandbox_enter__keeps_a_lower_limit),
        TEST(sandbox_enter__says_that_there_is_no_seccomp),
        TEST(duan_extract__says_once_that_there_is_no_seccomp),
    };
    return cmocka_run_group_tests_name("sandbox", tests, NULL, NULL);
}
