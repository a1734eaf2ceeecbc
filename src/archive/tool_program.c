/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "archive/tool_program.h"

#include "base/mem.h"
#include "images/tool_image.h"
#include "io/archive/tar.h"
#include "io/file/file.h"
#include "io/json/json_write.h"

#include <ctype.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The empty config of an artifact: OCI image-spec v1.1, "Guidance for an Empty
 * Descriptor". */
static const char EMPTY_TYPE[] = "application/vnd.oci.empty.v1+json";
static const char EMPTY[] = "{}";

enum { VERSION_LEN_MAX = 40 };

/* Its blobs and its manifest. */
enum part { PART_MANIFEST, PART_CONFIG, PART_LAYER, PART_COUNT };

struct tool_program {
    struct byte_block parts[PART_COUNT];
    struct digest digests[PART_COUNT];
    struct buf layer, manifest;
};

/* ---- what the program is ---- */

/* "amd64", "arm64", or NULL: another kind of file. */
static const char *
elf_arch(const struct buf *program)
{
    Elf64_Ehdr head;

    if (program->len < sizeof(head))
        return NULL;
    memcpy(&head, program->data, sizeof(head));
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 ||
        head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB)
        return NULL;
    return head.e_machine == EM_X86_64    ? "amd64"
           : head.e_machine == EM_AARCH64 ? "arm64"
                                          : NULL;
}

/* It asks for an interpreter, which loads libraries; or its headers are outside. */
static bool
elf_is_dynamic(const struct buf *program)
{
    Elf64_Ehdr head;
    Elf64_Phdr part;

    memcpy(&head, program->data, sizeof(head));
    for (size_t i = 0; i < head.e_phnum; i++) {
        if (head.e_phoff > program->len ||
            (i + 1) * sizeof(part) > program->len - head.e_phoff)
            return true;
        memcpy(&part, program->data + head.e_phoff + i * sizeof(part), sizeof(part));
        if (part.p_type == PT_INTERP)
            return true;
    }
    return false;
}

/* The version in the text "sealift/1.2.3" that the program has for its bundles. */
static bool
find_version(const struct buf *program, char out[VERSION_LEN_MAX + 1])
{
    static const char mark[] = "\0sealift/";
    const char *at = program->data, *end = program->data + program->len;

    while ((at = memmem(at, (size_t)(end - at), mark, sizeof(mark) - 1)) != NULL) {
        size_t len = 0;

        at += sizeof(mark) - 1;
        while (len <= VERSION_LEN_MAX && at + len < end &&
               (isalnum((unsigned char)at[len]) || strchr(".-_", at[len])) &&
               at[len] != '\0')
            len++;
        if (len > 0 && len <= VERSION_LEN_MAX && at + len < end && at[len] == '\0' &&
            isdigit((unsigned char)at[0])) {
            memcpy(out, at, len);
            out[len] = '\0';
            return true;
        }
    }
    return false;
}

/* ---- its bytes ---- */

static int
find_part(const struct tool_program *t, const struct digest *digest, struct err *err)
{
    for (int i = 0; i < PART_COUNT; i++) {
        if (digest_equal(&t->digests[i], digest))
            return i;
    }
    return err_set(err, ERR_NOT_FOUND, "no such object");
}

/* Its bytes, to be read. */
static int
source_of_part(const struct tool_program *t, const struct digest *digest,
               struct byte_block *block, struct byte_source *out, struct err *err)
{
    int part = find_part(t, digest, err);

    if (part < 0)
        return -1;
    *block = t->parts[part];
    *out = byte_block_source(block);
    return 0;
}

static int
fetch_tool_document(void *ctx, unsigned worker, const struct image_object *what,
                    struct image_document *out, struct err *err)
{
    struct byte_block block;
    struct byte_source source;

    (void)worker;
    return source_of_part(ctx, what->digest, &block, &source, err) < 0
               ? -1
               : local_fetch_document(&source, what, out, err);
}

static int
fetch_tool_blob(void *ctx, unsigned worker, const struct image_object *what,
                struct blob_prefix *prefix, const struct byte_sink *sink, struct err *err)
{
    struct byte_block block;
    struct byte_source source;

    (void)worker;
    return source_of_part(ctx, what->digest, &block, &source, err) < 0
               ? -1
               : local_fetch_blob(&source, what, prefix, sink, err);
}

static void
open_tool_blob(void *ctx, unsigned worker, const struct image_object *what,
               struct byte_source *out)
{
    struct tool_program *t = ctx;
    int part = find_part(t, what->digest, err_ignored());
    struct byte_block *block = xcalloc(1, sizeof(*block));

    (void)worker;
    if (part >= 0)
        *block = t->parts[part];
    *out = byte_block_source(block);
}

static void
close_tool_blob(struct byte_source *blob)
{
    free(blob->ctx);
    blob->ctx = NULL;
}

static bool
has_tool_object(void *ctx, const struct digest *digest)
{
    return find_part(ctx, digest, err_ignored()) >= 0;
}

static void
close_tool_program(void *ctx)
{
    struct tool_program *t = ctx;

    buf_release(&t->layer);
    buf_release(&t->manifest);
    free(t);
}

/* ---- making the image ---- */

static int
set_part(struct tool_program *t, enum part part, const void *bytes, size_t len,
         struct err *err)
{
    t->parts[part] = (struct byte_block){bytes, len};
    return hash_bytes(DIGEST_SHA256, bytes, len, &t->digests[part], err);
}

static int
make_layer(struct tool_program *t, const struct buf *program, struct err *err)
{
    static const unsigned char zeros[3 * TAR_BLOCK];
    unsigned char head[TAR_BLOCK];
    size_t end = (size_t)(tar_padded(program->len) - program->len) + 2 * TAR_BLOCK;

    if (tar_header(head, TOOL_MEMBER, program->len, 0, err) < 0)
        return -1;
    if (buf_add(&t->layer, head, sizeof(head)) < 0 ||
        buf_add(&t->layer, program->data, program->len) < 0 ||
        buf_add(&t->layer, zeros, end) < 0)
        return err_set(err, ERR_LIMIT, "more than %u bytes", TOOL_PROGRAM_MAX);
    return set_part(t, PART_LAYER, t->layer.data, t->layer.len, err);
}

static struct jsout *
describe_part(const struct tool_program *t, enum part part, const char *media_type)
{
    struct jsout *d = jsout_object();
    char text[DIGEST_TEXT_MAX];

    digest_text(&t->digests[part], text);
    jsout_put_text(d, "mediaType", media_type);
    jsout_put_text(d, "digest", text);
    jsout_put_u64(d, "size", t->parts[part].len);
    return d;
}

static int
make_tool_manifest(struct tool_program *t, const char *version, const char *arch,
                   struct err *err)
{
    struct jsout *root = jsout_object(), *layers = jsout_array();
    struct jsout *layer, *title = jsout_object(), *notes = jsout_object();
    CLEANUP(mem_free_string)
    char *file = xasprintf("sealift-%s-linux-%s.tar", version, arch);

    layer = describe_part(t, PART_LAYER, "application/vnd.oci.image.layer.v1.tar");
    jsout_put_text(title, "org.opencontainers.image.title", file);
    jsout_put(layer, "annotations", title);
    jsout_append(layers, layer);
    jsout_put_u64(root, "schemaVersion", 2);
    jsout_put_text(root, "mediaType", MEDIA_OCI_MANIFEST);
    jsout_put_text(root, "artifactType", TOOL_ARTIFACT_TYPE);
    jsout_put(root, "config", describe_part(t, PART_CONFIG, EMPTY_TYPE));
    jsout_put(root, "layers", layers);
    jsout_put_text(notes, "org.opencontainers.image.title", "sealift");
    jsout_put_text(notes, "org.opencontainers.image.version", version);
    jsout_put(root, "annotations", notes);
    if (jsout_write(root, &t->manifest, err) < 0)
        return -1;
    return set_part(t, PART_MANIFEST, t->manifest.data, t->manifest.len, err);
}

static int
name_tool(struct local_images *out, const struct tool_program *t, const char *version,
          const char *arch)
{
    struct local_image *image = xcalloc(1, sizeof(*image));

    out->items = image;
    out->count = 1;
    image->digest = t->digests[PART_MANIFEST];
    image->size = t->manifest.len;
    snprintf(image->media_type, sizeof(image->media_type), "%s", MEDIA_OCI_MANIFEST);
    snprintf(image->label, sizeof(image->label), "%s/%s:%s-linux-%s", TOOL_HOST,
             TOOL_PATH, version, arch);
    local_image_name(image, NULL);
    return 0;
}

static int
make_tool(struct tool_program *t, struct local_images *out, const struct buf *program,
          struct err *err)
{
    const char *arch = elf_arch(program);
    char version[VERSION_LEN_MAX + 1];

    if (!arch || !find_version(program, version))
        return err_set(err, ERR_USAGE, "it is not sealift for Linux on amd64 or arm64");
    if (elf_is_dynamic(program))
        return err_because(err, ERR_USAGE, REASON_NOT_STATIC,
                           "it needs libraries of its host: only the static program can "
                           "be carried along");
    if (make_layer(t, program, err) < 0 ||
        set_part(t, PART_CONFIG, EMPTY, sizeof(EMPTY) - 1, err) < 0 ||
        make_tool_manifest(t, version, arch, err) < 0)
        return -1;
    return name_tool(out, t, version, arch);
}

int
tool_program_open(struct local_images *out, const char *path, struct err *err)
{
    CLEANUP(buf_release) struct buf program = BUF_INIT(TOOL_PROGRAM_MAX);
    CLEANUP(local_images_release) struct local_images l = LOCAL_IMAGES_INIT;
    struct tool_program *t;

    if (file_slurp(path, &program, err) < 0)
        return -1;
    t = xcalloc(1, sizeof(*t));
    t->layer = (struct buf)BUF_INIT(TOOL_PROGRAM_MAX + 4 * TAR_BLOCK);
    t->manifest = (struct buf)BUF_INIT(DOCUMENT_BYTES_MAX);
    l.source = (struct image_source){.ctx = t,
                                     .list_referrers = local_no_referrers,
                                     .fetch_document = fetch_tool_document,
                                     .fetch_blob = fetch_tool_blob,
                                     .open_blob = open_tool_blob,
                                     .close_blob = close_tool_blob};
    l.has = has_tool_object;
    l.close = close_tool_program;
    if (make_tool(t, &l, &program, err) < 0)
        return -1;
    *out = l;
    l = (struct local_images)LOCAL_IMAGES_INIT;
    return 0;
}
