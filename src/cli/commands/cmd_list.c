/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "cli/commands/commands.h"

#include "base/mem.h"
#include "base/text_safe.h"
#include "cli/hints.h"
#include "cli/print_result.h"
#include "images/image_location.h"
#include "io/json/json_write.h"
#include "ops/look/look.h"
#include "registry/catalog.h"
#include "registry/registry_source.h"
#include "render/render_images.h"
#include "render/render_omitted.h"

#include <string.h>
#include <unistd.h>

#define LIST_JSON_MAX 1000000 /* names of a result in JSON, which is built in memory */

struct list_command {
    struct common_options common;
    struct registry_options registry;
    bool raw;
};

#define T struct list_command
static const struct opt table[] = {
    GROUP("List"),
    FLAG(T, raw, 0, "raw", "print the exact bytes of the index or manifest of NAME",
         .family = "json report"),
    REGISTRY_OPTIONS(T),
    COMMON_OPTIONS(T),
    {.kind = OPT_END},
};
#undef T

/* ---- what the operand is ---- */

/* "reg.corp", "reg:5000", "localhost", also with a '/' at the end. */
static bool
is_registry(const char *text, size_t len)
{
    CLEANUP(mem_free_string) char *word = NULL;

    len -= len > 0 && text[len - 1] == '/';
    word = xstrndup(text, len);
    return reference_is_host(word) && reference_looks_like_host(word, len) &&
           (strpbrk(word, ".:") || strcmp(word, "localhost") == 0);
}

/* A registry is a reference without a path. */
static int
read_place(const char *text, struct reference *out, struct err *err)
{
    size_t scheme = reference_scheme(text, strlen(text));
    const char *rest = text + scheme;
    size_t len = strlen(rest);

    if (image_location_is_local(text, strlen(text)))
        return err_because(err, ERR_USAGE, REASON_TRANSPORT,
                           "only registries can be listed");
    *out = (struct reference){.host = ""};
    if (is_registry(rest, len))
        return reference_host(out->host, rest, len - (rest[len - 1] == '/'), err);
    if (reference_parse(out, text, strlen(text), err) < 0)
        return -1;
    if (out->is_default)
        memset(out->tag, 0, sizeof(out->tag));
    return 0;
}

/* ---- names, as they arrive ---- */

struct name_printing {
    struct runtime *rt;
    struct result *result;
    struct jsout *array; /* owned by the result; NULL: no JSON is requested */
    size_t count;
};

static int
print_name(void *ctx, const char *name, struct err *err)
{
    struct name_printing *p = ctx;
    const struct common_options *o = p->rt->common;

    if (p->array && p->count == LIST_JSON_MAX)
        return err_set(err, ERR_LIMIT, "more than %d names in a JSON result",
                       LIST_JSON_MAX);
    p->count++;
    if (p->array)
        jsout_append_text(p->array, name);
    if (o->json || o->quiet)
        return 0;
    result_say(p->result, "%s\n", name);
    progress_finish(p->rt->progress);
    return result_print_text(p->result, err);
}

static struct name_sink
name_printer(struct name_printing *p, const char *member)
{
    if (p->rt->common->json || p->rt->common->report) {
        p->array = jsout_array();
        jsout_put(p->result->json, member, p->array);
    }
    return (struct name_sink){.take = print_name, .ctx = p};
}

static int
list_registry(const struct registry_access *access, const struct reference *place,
              struct name_printing *p, struct err *err)
{
    struct name_sink sink;

    jsout_put_text(p->result->json, "registry", place->host);
    sink = name_printer(p, "repositories");
    return catalog_read(client_session(access->client, 0), place->host, &sink, err);
}

static int
list_repository(const struct registry_access *access, const struct reference *place,
                struct name_printing *p, struct err *err)
{
    const struct image_source source = registry_source(access->client);
    char name[REFERENCE_TEXT_MAX];
    struct name_sink sink;

    reference_name(place, name);
    jsout_put_text(p->result->json, "repository", name);
    sink = name_printer(p, "tags");
    return source.list_tags(source.ctx, 0, place, &sink, err) < 0
               ? err_wrap(err, "%s", name)
               : 0;
}

/* ---- a name ---- */

/* Whether it is text that cannot control a terminal. */
static bool
is_printable(const struct buf *bytes)
{
    for (size_t i = 0; i < bytes->len; i++) {
        unsigned char c = (unsigned char)bytes->data[i];

        if ((c < ' ' && !strchr("\t\r\n", c)) || c >= 0x7f)
            return false;
    }
    return true;
}

static int
print_raw(const struct image_source *source, const struct reference *name,
          struct result *r, struct err *err)
{
    CLEANUP(image_document_release) struct image_document top = IMAGE_DOCUMENT_INIT;

    if (source->resolve(source->ctx, 0, name, &top, err) < 0)
        return -1;
    if (isatty(STDOUT_FILENO) == 1 && !is_printable(&top.bytes))
        return err_set(err, ERR_USAGE,
                       "the document has control characters or is not ASCII: standard "
                       "output must not be a terminal");
    return buf_add(&r->text, top.bytes.data ? top.bytes.data : "", top.bytes.len) < 0
               ? err_set(err, ERR_LIMIT, "the document is too long")
               : 0;
}

static int
list_name(const struct registry_access *access, const struct list_command *o,
          const struct reference *name, struct name_printing *p, struct err *err)
{
    const struct image_source source = registry_source(access->client);
    CLEANUP(look_release) struct name_content look = LOOK_INIT;
    char text[REFERENCE_TEXT_MAX];
    int rc;

    reference_name(name, text);
    jsout_put_text(p->result->json, "name", text);
    if (o->raw)
        return print_raw(&source, name, p->result, err) < 0 ? err_wrap(err, "%s", text)
                                                            : 0;
    rc = look_at_name(&look, name, &source, &p->rt->run, err);
    if (look.images) {
        render_images(p->result, &look.plan.set, look.images);
        result_missing(p->result, &look.plan.set.missing);
    }
    return rc < 0 ? err_wrap(err, "%s", text) : 0;
}

/* ---- the command ---- */

static int
check_raw(const struct list_command *o, const struct reference *place, struct err *err)
{
    if (!o->raw)
        return 0;
    if (o->common.json || o->common.report)
        return err_set(err, ERR_USAGE, "--raw and --%s are mutually exclusive",
                       o->common.json ? "json" : "report");
    return place->path[0] == '\0' || reference_is_repository(place)
               ? err_set(err, ERR_USAGE, "--raw requires a name with a tag or a digest")
               : 0;
}

/* A token server that refuses the catalog answers like one that refuses the password. */
static void
hint_at_catalog(const void *options, const struct reference *place, struct err *err)
{
    if (err->kind == ERR_AUTH && place->path[0] == '\0' &&
        (err->reason == REASON_LOGIN || err->reason == REASON_NO_LOGIN))
        hint_add(err->hint, &cmd_list, options, REASON_NO_CATALOG, place->host);
}

/* "redis:7" may be a registry at port 7. */
static void
hint_at_image(const char *operand, const struct reference *place, struct err *err)
{
    if (err->kind == ERR_NETWORK && place->path[0] == '\0' &&
        !strpbrk(place->host, ".[") && !strstr(place->host, "localhost"))
        err_hint(err, "for an image of Docker Hub: docker.io/library/%s", operand);
}

static int
run_list(const void *options, char **operands, size_t count, struct runtime *rt,
         struct result *r, struct err *err)
{
    const struct list_command *o = options;
    CLEANUP(registry_access_release)
    struct registry_access access = REGISTRY_ACCESS_INIT;
    CLEANUP(reference_list_release) struct reference_list names = REFERENCE_LIST_INIT;
    struct name_printing p = {.rt = rt, .result = r};
    struct reference place;
    int rc;

    (void)count;
    if (read_place(operands[0], &place, err) < 0 || check_raw(o, &place, err) < 0 ||
        reference_list_add_parsed(&names, &place, NULL, err) < 0 ||
        registry_access_open(&access, &o->registry, rt, false, err) < 0 ||
        registry_access_check_names(&access, &o->registry, &names, err) < 0)
        return -1;
    if (place.path[0] == '\0')
        rc = list_registry(&access, &place, &p, err);
    else if (reference_is_repository(&place))
        rc = list_repository(&access, &place, &p, err);
    else
        rc = list_name(&access, o, &place, &p, err);
    if (rc < 0) {
        hint_at_catalog(options, &place, err);
        hint_at_image(operands[0], &place, err);
    }
    return rc;
}

static void
files(const void *options, char **operands, size_t count, struct files *f)
{
    (void)options;
    (void)operands;
    (void)count;
    registry_options_files(f);
}

const struct command cmd_list = {
    .name = "list",
    .group = COMMAND_LOOK,
    .operands = "REGISTRY | REPOSITORY | NAME",
    .summary = "list repositories, tags, or what an image consists of",
    .about = "List the repositories of a REGISTRY, the tags of a REPOSITORY, or of a "
             "NAME with a\ntag or digest its platforms, sizes and digests, with its "
             "signatures, SBOMs and other\nreferrers below it.  A word without '/' that "
             "has a dot or a port, or is localhost,\nis a registry.",
    .examples =
        {
            {"List the tags of a repository", "sealift list docker.io/library/nginx"},
            {"Show platforms, digests and referrers of an image",
             "sealift list registry.corp:5000/base/nginx:1.27"},
        },
    .table = table,
    .options_size = sizeof(struct list_command),
    .operands_min = 1,
    .operands_max = 1,
    .files = files,
    .run = run_list,
};
