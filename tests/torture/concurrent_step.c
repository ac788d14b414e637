// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a writer and stops it before and behind each system call that changes what readers see; while it stands, another
 * command must succeed.
 *
 *     concurrent_step READER-COMMAND WRITER ARGUMENTS…
 *
 * Prints `stops N` and ends with the writer's status; with 1 at the first stop at which the command fails, which it names,
 * and with 77 where nothing may be traced. */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOT_POSSIBLE = 77 };

static const struct {
    long number;
    const char *name;
} stops[] = {
#ifdef SYS_rename
    {SYS_rename, "rename"},
    {SYS_unlink, "unlink"},
    {SYS_rmdir, "rmdir"},
    {SYS_mkdir, "mkdir"},
#endif
    {SYS_renameat2, "renameat2"},
    {SYS_renameat, "renameat"},
    {SYS_unlinkat, "unlinkat"},
    {SYS_mkdirat, "mkdirat"},
    {SYS_fsync, "fsync"},
    {SYS_fdatasync, "fdatasync"},
    {SYS_ftruncate, "ftruncate"},
    {SYS_flock, "flock"},
    {SYS_pwrite64, "pwrite64"},
};

static const char *stop_name(long number)
{
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++)
        if (stops[i].number == number)
            return stops[i].name;
    return NULL;
}

static pid_t start(char **argv)
{
    pid_t pid = fork();
    if (pid != 0)
        return pid;
    if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
        _exit(NOT_POSSIBLE);
    setenv("LSAN_OPTIONS", "detect_leaks=0", 1); /* LeakSanitizer cannot work under a tracer */
    raise(SIGSTOP);
    execvp(argv[0], argv);
    _exit(127);
}

static bool is_command_fine(const char *command)
{
    pid_t pid = fork();
    int status;
    if (pid == 0) {
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    return waitpid(pid, &status, 0) == pid && status == 0;
}

/* At a stop for a system call: looks whether it is one of ours, and if so runs the command. */
static void at_call(pid_t pid, const char *command, unsigned *n_stops)
{
    struct __ptrace_syscall_info info;
    static long pending; /* the writer has one thread that changes anything at a time */
    if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, (void *)sizeof info, &info) <= 0)
        return;
    bool is_entry = info.op == PTRACE_SYSCALL_INFO_ENTRY;
    if (is_entry)
        pending = (long)info.entry.nr;
    const char *name = stop_name(pending);
    if (!name)
        return;
    ++*n_stops;
    if (!is_command_fine(command)) {
        printf("a reader failed %s %s, stop %u\n", is_entry ? "before" : "behind", name, *n_stops);
        exit(1);
    }
    if (!is_entry)
        pending = -1;
}

int main(int argc, char **argv)
{
    unsigned n_stops = 0;
    int status, options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    if (argc < 3)
        return 2;
    pid_t writer = start(argv + 2), pid;
    if (writer < 0 || waitpid(writer, &status, 0) != writer || !WIFSTOPPED(status) ||
        ptrace(PTRACE_SETOPTIONS, writer, NULL, (void *)(long)options) != 0)
        return NOT_POSSIBLE;
    ptrace(PTRACE_SYSCALL, writer, NULL, NULL);
    while ((pid = waitpid(-1, &status, __WALL)) > 0) {
        if (!WIFSTOPPED(status)) {
            if (pid == writer)
                break;
            continue;
        }
        int signal_number = WSTOPSIG(status);
        if (signal_number == (SIGTRAP | 0x80))
            at_call(pid, argv[1], &n_stops);
        bool is_ours = signal_number == (SIGTRAP | 0x80) || signal_number == SIGTRAP ||
                       signal_number == SIGSTOP;
        ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)(is_ours ? 0 : signal_number));
    }
    printf("stops %u\n", n_stops);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
