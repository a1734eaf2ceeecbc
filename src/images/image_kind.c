/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "images/image_kind.h"

#include "base/text.h"
#include "images/tool_image.h"
#include "oci/graph_walk.h"
#include "oci/tag_filter.h"

#include <string.h>

#define EMPTY "application/vnd.oci.empty.v1+json" /* there is no config */

/* A type, or the beginning of one followed by a version or a format. */
static const struct {
    const char *type, *kind;
} kinds[] = {
    {"application/vnd.cncf.helm.", "chart"},
    {TOOL_ARTIFACT_TYPE, "program"},
    {"application/vnd.cncf.notary.signature", "signature"},
    {"application/vnd.dev.cosign.artifact.sig.", "signature"},
    {"application/vnd.dev.sigstore.bundle", "signature"},
    {"application/vnd.dev.cosign.artifact.att.", "attestation"},
    {"application/vnd.in-toto", "attestation"},
    {"application/vnd.dev.cosign.artifact.sbom.", "sbom"},
    {"application/spdx", "sbom"},
    {"text/spdx", "sbom"},
    {"application/vnd.cyclonedx", "sbom"},
    {"application/vnd.syft", "sbom"},
};

/* cosign without artifact types: by its tags. */
static const struct {
    const char *suffix, *kind;
} tags[] = {
    {".sig", "signature"},
    {".att", "attestation"},
    {".sbom", "sbom"},
};

const char *
image_artifact_type(const struct image_set *s, const struct image_entry *entry)
{
    const struct graph_object *o = graph_object(s->graph, entry->object);

    if (entry->is_image || entry->artifact_type[0] != '\0')
        return entry->artifact_type;
    for (uint32_t i = 0; i < o->edge_count; i++) {
        const char *type = graph_media_type(s->graph, &o->edges[i]);

        if (o->edges[i].kind == EDGE_CONFIG && strcmp(type, EMPTY) != 0 &&
            !image_config_type(type)) /* that of a signature under a tag says nothing */
            return type;
    }
    return "";
}

const char *
image_kind(const struct image_set *s, const struct image_entry *entry)
{
    const char *type = image_artifact_type(s, entry), *tag = entry->ref.tag;
    struct digest of;

    if (entry->is_image)
        return "image";
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        if (text_starts(type, kinds[i].type))
            return kinds[i].kind;
    }
    for (size_t i = 0; tag_digest_of_cosign(tag, &of) && i < COUNT_OF(tags); i++) {
        if (strcmp(tag + strlen(tag) - strlen(tags[i].suffix), tags[i].suffix) == 0)
            return tags[i].kind;
    }
    return "artifact";
}
