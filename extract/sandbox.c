// SPDX-License-Identifier: GPL-2.0-or-later
#include "extract/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* Or lower, where the user has set it lower already: none but root can raise it again. */
static bool limit(__rlimit_resource_t what, rlim_t value)
{
    struct rlimit limits;
    if (getrlimit(what, &limits) != 0)
        return false;
    if (limits.rlim_max > value) /* also where it is RLIM_INFINITY */
        limits.rlim_max = value;
    limits.rlim_cur = limits.rlim_max;
    return setrlimit(what, &limits) == 0;
}

static bool set_limits(const struct sandbox_needs *needs)
{
    rlim_t seconds = SANDBOX_CPU_SECONDS + (needs->stream ? needs->file_bytes / 1000000 : 0);
    bool is_ok =
        limit(RLIMIT_CPU, seconds) && limit(RLIMIT_CORE, 0) && limit(RLIMIT_NOFILE, SANDBOX_FILES);
    if (!SANDBOX_HAS_SHADOW)
        is_ok =
            is_ok && limit(RLIMIT_AS, (rlim_t)SANDBOX_MEMORY_MB << 20) && limit(RLIMIT_FSIZE, 0);
    if (!needs->stream)
        alarm(SANDBOX_WALL_SECONDS);
    return is_ok;
}

static const int never[] = {
    SCMP_SYS(socket),
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(listen),
    SCMP_SYS(accept),
    SCMP_SYS(accept4),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(kill),
    SCMP_SYS(tkill),
    SCMP_SYS(rt_sigqueueinfo),
    SCMP_SYS(rt_tgsigqueueinfo),
    SCMP_SYS(pidfd_open),
    SCMP_SYS(pidfd_send_signal),
    SCMP_SYS(pidfd_getfd),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat),
    SCMP_SYS(renameat2),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
    SCMP_SYS(rmdir),
    SCMP_SYS(link),
    SCMP_SYS(linkat),
    SCMP_SYS(symlink),
    SCMP_SYS(symlinkat),
    SCMP_SYS(chmod),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchmodat),
    SCMP_SYS(chown),
    SCMP_SYS(fchown),
    SCMP_SYS(lchown),
    SCMP_SYS(fchownat),
    SCMP_SYS(truncate),
    SCMP_SYS(ftruncate),
    SCMP_SYS(mknod),
    SCMP_SYS(mknodat),
    SCMP_SYS(creat),
    SCMP_SYS(openat2),
    SCMP_SYS(mount),
    SCMP_SYS(umount2),
    SCMP_SYS(chroot),
    SCMP_SYS(pivot_root),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(bpf),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
    SCMP_SYS(keyctl),
    SCMP_SYS(init_module),
    SCMP_SYS(finit_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(reboot),
    SCMP_SYS(setuid),
    SCMP_SYS(setgid),
    SCMP_SYS(utime),
    SCMP_SYS(utimes),
    SCMP_SYS(futimesat),
    SCMP_SYS(utimensat),
    SCMP_SYS(setxattr),
    SCMP_SYS(lsetxattr),
    SCMP_SYS(fsetxattr),
    SCMP_SYS(removexattr),
    SCMP_SYS(lremovexattr),
    SCMP_SYS(fremovexattr),
};
static const int no_other_program[] = {
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork)};

static bool refuse(scmp_filter_ctx filter, const int *calls, size_t n)
{
    bool is_ok = true;
    for (size_t i = 0; i < n; i++)
        is_ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0) == 0 && is_ok;
    return is_ok;
}

/* fork of today's C libraries is clone without CLONE_VM; threads of a library stay possible. clone3, whose flags no filter
 * sees, is said not to exist, so that they fall back on clone. */
static bool refuse_processes(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
               SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_VM, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

/* What reaches other processes as signals do: abort needs tgkill, and setrlimit prlimit64, but of this process. */
static bool refuse_reach(scmp_filter_ctx filter)
{
    static const unsigned owners[] = {F_SETOWN, F_SETOWN_EX, F_SETSIG};
    bool is_ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 1,
                     SCMP_A0(SCMP_CMP_NE, (scmp_datum_t)getpid(), 0)) == 0 &&
                 seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), 1,
                     SCMP_A0(SCMP_CMP_NE, 0, 0)) == 0;
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++)
        is_ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(fcntl), 1,
                    SCMP_A1(SCMP_CMP_MASKED_EQ, UINT32_MAX, owners[i])) == 0 &&
                is_ok;
    return is_ok;
}

/* open and openat with any flag that writes or makes. */
static bool refuse_writing(scmp_filter_ctx filter)
{
    static const int flags[] = {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND};
    bool is_ok = true;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        scmp_datum_t mask = (scmp_datum_t)flags[i];
        is_ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(open), 1,
                    SCMP_A1(SCMP_CMP_MASKED_EQ, mask, mask)) == 0 &&
                is_ok;
        is_ok = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(openat), 1,
                    SCMP_A2(SCMP_CMP_MASKED_EQ, mask, mask)) == 0 &&
                is_ok;
    }
    return is_ok;
}

static bool filter_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    if (!filter)
        return false;
    bool is_ok = refuse(filter, never, sizeof never / sizeof *never);
    is_ok = refuse(filter, no_other_program, sizeof no_other_program / sizeof *no_other_program) &&
            refuse_processes(filter) && refuse_reach(filter) && refuse_writing(filter) && is_ok;
    is_ok = is_ok && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return is_ok;
}

/* What a library says of a file is not for the user, whose terminal may be at the other end. A sanitizer's report is. */
static void fall_silent(void)
{
    int nowhere = SANDBOX_HAS_SHADOW ? -1 : open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0)
        return;
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    if (nowhere > STDERR_FILENO)
        close(nowhere);
}

bool sandbox_enter(const struct sandbox_needs *needs, const char **why)
{
    *why = NULL;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    fall_silent();
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || !set_limits(needs)) {
        *why = "the limits of a parser cannot be set";
        return false;
    }
    if (!filter_calls())
        *why = "no seccomp here: parsers run with limits only";
    return true;
}
