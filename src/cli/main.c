/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "cli/hints.h"
#include "cli/notice_list.h"
#include "cli/print_result.h"
#include "cli/settings.h"
#include "cli/terminal.h"
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

/* The process has keys and passwords, and its output may be a closed descriptor. */
static void
harden_process(void)
{
    const struct rlimit none = {0, 0};
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO); /* 0, 1 and 2 must not become a bundle */
    if (fd >= 0)
        close(fd);
    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    cancel_on_signals();
}

/* "sealift: verb: what went wrong", and a hint. */
static void
complain(const char *command, const struct err *err)
{
    fprintf(stderr, "sealift: %s%s%s\n", command ? command : "", command ? ": " : "",
            err->msg);
    if (err->hint[0] != '\0')
        fprintf(stderr, "hint: %s\n", err->hint);
    else if (err->kind == ERR_USAGE)
        fprintf(stderr, "hint: sealift help%s%s\n", command ? " " : "",
                command ? command : "");
}

/* For a command line that cannot be parsed, --json is recognised anywhere in it. */
static bool
wants_json(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}

/* The same for --progress json. */
static bool
wants_events(int argc, char **argv)
{
    bool wanted = false;

    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--progress=json") == 0 ||
            (strcmp(argv[i], "--progress") == 0 && i + 1 < argc &&
             strcmp(argv[i + 1], "json") == 0))
            wanted = true;
    }
    return wanted;
}

/* Report an error found before the command runs.  c: NULL when the command is invalid. */
static int
refuse(const struct command *c, const char *word, bool json, bool events,
       const struct err *err)
{
    CLEANUP(result_release) struct result result = RESULT_INIT;

    result_init(&result, word);
    if (result_finish(&result, err, json, true, NULL, err_ignored()) < 0)
        err = err_ignored();
    if (events)
        progress_summary(word, err);
    else
        complain(c ? c->name : NULL, err);
    return err_exit_code(err);
}

/* A command line, with the settings that apply to it. */
struct invocation {
    const struct command *command;
    void *options; /* struct common_options is its first member */
    unsigned char *sources;
    struct settings settings;
    char **operands; /* room for one more than given */
    size_t count;
    struct err early; /* found before the command runs: then nothing is run or written */
};

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

static uint64_t
log_interval(const struct common_options *common)
{
    return common->progress_interval.is_set ? common->progress_interval.value
                                            : PROGRESS_SECONDS;
}

/* Everything between parsed options and the exit status.  c: usually that of v. */
static int
run_command(const struct command *c, const struct invocation *v, char **operands,
            size_t count)
{
    CLEANUP(result_release) struct result result = RESULT_INIT;
    const struct common_options *common = v->options;
    bool is_early = v->early.kind != ERR_NONE;
    struct err err = v->early, late = ERR_INIT;
    struct progress progress;
    struct notice_list notices;
    struct runtime rt = {
        .common = common, .sources = v->sources, .progress = &progress, .run = RUN_INIT};
    int rc = is_early ? -1 : 0;

    result_init(&result, c->name);
    result.colour = terminal_has_colour(STDOUT_FILENO);
    result.columns = common->wide ? 0 : terminal_columns(STDOUT_FILENO);
    if (progress_init(&progress, common->progress, log_interval(common), common->quiet,
                      common->verbose > 0, c->name, &late) < 0 &&
        rc == 0) {
        err = late;
        rc = -1;
    }
    notice_list_init(&notices, &progress, c, v->options);
    rt.run.events = (struct events){
        .emit = notice_list_emit, .ctx = &notices, .detail = common->verbose};
    rt.run.jobs = common->jobs.is_set ? (unsigned)common->jobs.value : JOBS_DEFAULT;
    if (rc == 0 && rt.run.jobs == 0)
        rc = err_set(&err, ERR_USAGE, "--jobs requires at least 1");
    if (rc == 0)
        rc = check_operands(c, count, &err);
    if (rc == 0)
        rc = http_global_init(&err);
    if (rc == 0)
        rc = c->run(v->options, operands, count, &rt, &result, &err);
    if (rc < 0) {
        hint_add_to(&err, c, v->options);
        settings_explain(&v->settings, &err);
    }
    progress_finish(&progress);
    notice_list_finish(&notices, &result);
    if (result_finish(&result, rc < 0 ? &err : NULL, common->json, common->quiet,
                      is_early ? NULL : common->report, &late) < 0 &&
        rc == 0) {
        err = late;
        rc = -1;
    }
    http_global_cleanup();
    if (progress.mode == PROGRESS_JSON)
        progress_summary(c->name, rc < 0 ? &err : NULL);
    else if (rc < 0)
        complain(c->name, &err);
    return rc < 0 ? err_exit_code(&err) : EXIT_SUCCESS;
}

/* Before anything is opened for writing, and despite other errors: the report, too. */
static void
check_files(struct invocation *v)
{
    CLEANUP(files_release) struct files files = FILES_INIT;

    files_add_options(&files, v->command->table, v->options);
    if (v->command->files)
        v->command->files(v->options, v->operands, v->count, &files);
    (void)!files_check(&files, &v->early);
}

/* Give values to the options, and to the last operand, that the command line lacks. */
static int
use_settings(struct invocation *v, struct err *err)
{
    const struct command *c = v->command;
    const char *last;

    if (settings_load_system(&v->settings, err) < 0 ||
        settings_load_user(&v->settings, err) < 0 ||
        settings_add_variables(&v->settings, c, err) < 0 ||
        settings_apply(&v->settings, c, v->options, v->sources, err) < 0)
        return -1;
    last = c->last_operand
               ? opt_text(c->table, v->options, c->last_operand, strlen(c->last_operand))
               : NULL;
    if (last && v->count + 1 == c->operands_min)
        v->operands[v->count++] = (char *)(uintptr_t)last;
    return 0;
}

/* Returns: the number of operands, or -1. */
static int
read_command_line(struct invocation *v, int argc, char **argv, struct err *err)
{
    const struct common_options *common = v->options;
    struct err why = ERR_INIT;
    int count = opt_parse(v->command->table, v->options, v->sources, argc, argv, err);

    v->operands = xcalloc((size_t)argc + 1, sizeof(*v->operands));
    for (int i = 0; i < count; i++)
        v->operands[v->count++] = argv[i];
    if (use_settings(v, &why) < 0 && count >= 0 && !v->command->needs_no_settings &&
        !common->help) {
        *err = why;
        return -1;
    }
    return count;
}

static int
start_command(const struct command *c, int argc, char **argv)
{
    struct invocation v = {.command = c,
                           .options = xcalloc(1, c->options_size),
                           .sources = opt_sources_new(c->table),
                           .settings = SETTINGS_INIT,
                           .early = ERR_INIT};
    const struct common_options *common = v.options;
    bool json = wants_json(argc, argv), events = wants_events(argc, argv);
    char *name = xstrdup(c->name);
    struct err err = ERR_INIT;
    int count = read_command_line(&v, argc, argv, &err), status;

    if (count >= 0)
        check_files(&v);
    if (count < 0)
        status = refuse(c, c->name, json || common->json, events, &err);
    else if (common->help && c != &cmd_help)
        status = run_command(&cmd_help, &v, &name, 1);
    else
        status = run_command(c, &v, v.operands, v.count);
    free(name);
    opt_release(c->table, v.options);
    settings_release(&v.settings);
    free(v.operands);
    free(v.sources);
    free(v.options);
    return status;
}

/*
 * For shell completion: values of an option of a command, its actions and options, or the
 * commands.
 */
static int
print_completion(const struct command *c, const char *option)
{
    CLEANUP(buf_release) struct buf out = BUF_INIT(RESULT_TEXT_MAX);

    if (option)
        opt_complete_value(c->table, option, &out);
    for (const char *const *a = c && !option ? c->actions : NULL; a && *a; a++)
        (void)!buf_addf(&out, "%s\n", *a);
    if (c && !option)
        opt_complete(c->table, &out);
    for (const struct command *const *each = commands; !c && *each; each++)
        (void)!buf_addf(&out, "%s\n", (*each)->name);
    fputs(out.data, stdout);
    return fflush(stdout) == 0 ? EXIT_SUCCESS : ERR_LOCAL;
}

struct leading_options {
    struct common_options common;
};

/* Options allowed before a command, besides --version and --complete. */
static const struct opt leading[] = {
    COMMON_OPTIONS(struct leading_options),
    {.kind = OPT_END},
};

/* Handle a command line without a command: help if requested. */
static int
start_without_command(int argc, char **argv, struct err *err)
{
    struct leading_options options = {.common = {.help = false}};

    if (argc > 0 && opt_parse(leading, &options, NULL, argc, argv, err) >= 0 &&
        options.common.help)
        return start_command(&cmd_help, argc, argv);
    if (err->kind == ERR_NONE)
        err_set(err, ERR_USAGE, "no command given");
    return refuse(NULL, "", wants_json(argc, argv), wants_events(argc, argv), err);
}

/* argv: the words after the program name. */
static int
start(int argc, char **argv)
{
    struct err err = ERR_INIT;
    int count = opt_count_leading(leading, argc, argv, &err);
    const struct command *c;
    char *word;

    if (count < 0 || count == argc)
        return start_without_command(argc, argv, &err);
    word = argv[count];
    c = command_find(word);
    if (!c) {
        command_unknown(word, &err);
        return refuse(NULL, word, wants_json(argc, argv), wants_events(argc, argv), &err);
    }
    if (count == 0 && (argc == 2 || argc == 3) && strcmp(argv[1], "--complete") == 0)
        return print_completion(c, argc == 3 ? argv[2] : NULL);
    /* Options before the command are options of the command. */
    memmove(argv + 1, argv, (size_t)count * sizeof(*argv));
    return start_command(c, argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
    harden_process();
    hash_global_init();
    if (argc == 2 && strcmp(argv[1], "--complete") == 0)
        return print_completion(NULL, NULL);
    if (argc >= 2 && strcmp(argv[1], "--version") == 0)
        return start_command(&cmd_version, argc - 2, argv + 2);
    return start(argc - 1, argv + 1);
}
