/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "base/text.h"
#include "cli/hints.h"
#include "cli/print_result.h"
#include "cli/warning_list.h"
#include "io/crypto/hash.h"
#include "io/http/http.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* A process that holds keys and passwords, and whose output may be a closed descriptor.
 */
static void
harden_process(void)
{
    const struct rlimit none = {0, 0};
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO); /* 0, 1 and 2 are never a bundle */
    if (fd >= 0)
        close(fd);
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    cancel_on_signals();
}

/* "sealift: verb: what went wrong", and what to do about it. */
static int
complain(const char *command, const struct err *err)
{
    fprintf(stderr, "sealift: %s%s%s\n", command ? command : "", command ? ": " : "",
            err->msg);
    if (err->hint[0] != '\0')
        fprintf(stderr, "hint: %s\n", err->hint);
    else if (err->kind == ERR_USAGE)
        fprintf(stderr, "hint: sealift help%s%s\n", command ? " " : "",
                command ? command : "");
    return err_exit_code(err);
}

static int
check_operands(const struct command *c, size_t count, struct err *err)
{
    if (count < c->operands_min)
        return err_set(err, ERR_USAGE, "missing operand: %s", c->operands);
    if (count > c->operands_max)
        return err_set(err, ERR_USAGE, "too many operands: expected %s",
                       c->operands[0] != '\0' ? c->operands : "none");
    return 0;
}

/* Everything between parsed options and the exit status.  *early: what is wrong already;
 * with it nothing is run, and no file written. */
static int
run_command(const struct command *c, const struct common_options *common,
            const void *options, char **operands, size_t count, const struct err *early)
{
    CLEANUP(result_release) struct result result = RESULT_INIT;
    struct err err = *early, late = ERR_INIT;
    struct progress progress;
    struct warning_list warnings;
    struct runtime rt = {.common = common, .progress = &progress, .run = RUN_INIT};
    int rc = early->kind == ERR_NONE ? 0 : -1;

    result_init(&result, c->name);
    if (progress_init(&progress, common->progress, common->quiet, common->verbose,
                      c->name, &late) < 0)
        return complain(c->name, rc < 0 ? &err : &late);
    warning_list_init(&warnings, &progress, c, options);
    rt.run.events = (struct events){.emit = warning_list_emit, .ctx = &warnings};
    rt.run.jobs = common->jobs.is_set ? (unsigned)common->jobs.value : JOBS_DEFAULT;
    if (rc == 0 && rt.run.jobs == 0)
        rc = err_set(&err, ERR_USAGE, "--jobs requires at least 1");
    if (rc == 0)
        rc = check_operands(c, count, &err);
    if (rc == 0)
        rc = http_global_init(&err);
    if (rc == 0)
        rc = c->run(options, operands, count, &rt, &result, &err);
    if (rc < 0)
        hint_add_to(&err, c, options);
    progress_finish(&progress);
    warning_list_finish(&warnings, &result);
    if (result_finish(&result, rc < 0 ? &err : NULL, common->json, common->quiet,
                      early->kind == ERR_NONE ? common->report : NULL, &late) < 0 &&
        rc == 0) {
        err = late;
        rc = -1;
    }
    http_global_cleanup();
    return rc < 0 ? complain(c->name, &err) : EXIT_SUCCESS;
}

/* Before anything is opened for writing, whatever else is wrong: the report, too. */
static void
check_files(const struct command *c, const void *options, char **operands, size_t count,
            struct err *err)
{
    CLEANUP(files_release) struct files files = FILES_INIT;

    files_add_options(&files, c->table, options);
    if (c->files)
        c->files(options, operands, count, &files);
    (void)!files_check(&files, err);
}

static int
start_command(const struct command *c, int argc, char **argv)
{
    void *options = xcalloc(1, c->options_size);
    const struct common_options *common = options; /* its first member */
    struct err err = ERR_INIT;
    char *name = xstrdup(c->name);
    int count = opt_parse(c->table, options, argc, argv, &err), status;

    if (count >= 0)
        check_files(c, options, argv, (size_t)count, &err);
    if (count < 0)
        status = complain(c->name, &err);
    else if (common->help)
        status = run_command(&cmd_help, common, options, &name, 1, &err);
    else
        status = run_command(c, common, options, argv, (size_t)count, &err);
    free(name);
    opt_release(c->table, options);
    free(options);
    return status;
}

/* For the shell's completion: actions and options of a command, or the commands. */
static int
print_completion(const struct command *c)
{
    CLEANUP(buf_release) struct buf out = BUF_INIT(RESULT_TEXT_MAX);

    for (const char *const *a = c ? c->actions : NULL; a && *a; a++)
        (void)!buf_addf(&out, "%s\n", *a);
    if (c)
        opt_complete(c->table, &out);
    for (const struct command *const *each = commands; !c && *each; each++)
        (void)!buf_addf(&out, "%s\n", (*each)->name);
    fputs(out.data, stdout);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : ERR_LOCAL;
}

int
main(int argc, char **argv)
{
    struct err err = ERR_INIT;
    const struct command *c;
    char safe[TEXT_SAFE_MAX];

    harden_process();
    hash_global_init();
    if (argc < 2) {
        err_set(&err, ERR_USAGE, "no command given");
        return complain(NULL, &err);
    }
    if (strcmp(argv[1], "--complete") == 0)
        return print_completion(NULL);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return start_command(&cmd_help, argc - 2, argv + 2);
    if (strcmp(argv[1], "--version") == 0)
        return start_command(&cmd_version, argc - 2, argv + 2);
    c = command_find(argv[1]);
    if (!c) {
        text_safe(safe, argv[1], strlen(argv[1]));
        err_set(&err, ERR_USAGE, "unknown command '%s'", safe);
        return complain(NULL, &err);
    }
    if (argc == 3 && strcmp(argv[2], "--complete") == 0)
        return print_completion(c);
    return start_command(c, argc - 2, argv + 2);
}
