/* SPDX-License-Identifier: Apache-2.0 */
#include "config.h"
#include "io/crypto/secretbox.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 64, WORDS = 16, ROUNDS = 20 };

/* ---- the Salsa20 core ---- */

static uint32_t
load(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
           (uint32_t)p[3] << 24;
}

static void
store(unsigned char *p, uint32_t word)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(word >> 8 * i);
}

static uint32_t
rotate(uint32_t word, int by)
{
    return word << by | word >> (32 - by);
}

static void
quarter_round(uint32_t x[WORDS], int a, int b, int c, int d)
{
    x[b] ^= rotate(x[a] + x[d], 7);
    x[c] ^= rotate(x[b] + x[a], 9);
    x[d] ^= rotate(x[c] + x[b], 13);
    x[a] ^= rotate(x[d] + x[c], 18);
}

/* The matrix: four constants on the diagonal, the key between them, the input in the
 * middle. */
static void
set_up(uint32_t x[WORDS], const unsigned char in[16], const unsigned char key[32])
{
    static const unsigned char constants[] = "expand 32-byte k";

    for (int i = 0; i < 4; i++) {
        x[5 * i] = load(constants + 4 * i);
        x[1 + i] = load(key + 4 * i);
        x[11 + i] = load(key + 16 + 4 * i);
        x[6 + i] = load(in + 4 * i);
    }
}

static void
mix(uint32_t x[WORDS])
{
    for (int i = 0; i < ROUNDS; i += 2) {
        quarter_round(x, 0, 4, 8, 12); /* columns */
        quarter_round(x, 5, 9, 13, 1);
        quarter_round(x, 10, 14, 2, 6);
        quarter_round(x, 15, 3, 7, 11);
        quarter_round(x, 0, 1, 2, 3); /* rows */
        quarter_round(x, 5, 6, 7, 4);
        quarter_round(x, 10, 11, 8, 9);
        quarter_round(x, 15, 12, 13, 14);
    }
}

static void
salsa20_block(unsigned char out[BLOCK], const unsigned char in[16],
              const unsigned char key[32])
{
    uint32_t before[WORDS], x[WORDS];

    set_up(before, in, key);
    memcpy(x, before, sizeof(x));
    mix(x);
    for (int i = 0; i < WORDS; i++)
        store(out + 4 * i, x[i] + before[i]);
    OPENSSL_cleanse(before, sizeof(before));
    OPENSSL_cleanse(x, sizeof(x));
}

/* Derive a key from 16 bytes: the diagonal and the middle, without the final sum. */
static void
hsalsa20(unsigned char out[32], const unsigned char in[16], const unsigned char key[32])
{
    uint32_t x[WORDS];

    set_up(x, in, key);
    mix(x);
    for (int i = 0; i < 4; i++) {
        store(out + 4 * i, x[5 * i]);
        store(out + 16 + 4 * i, x[6 + i]);
    }
    OPENSSL_cleanse(x, sizeof(x));
}

/* ---- XSalsa20 ---- */

struct stream {
    unsigned char key[32], in[16], block[BLOCK];
    uint64_t counter;
    size_t used; /* bytes of the block */
};

static unsigned char
next(struct stream *s)
{
    if (s->used == BLOCK) {
        store(s->in + 8, (uint32_t)s->counter);
        store(s->in + 12, (uint32_t)(s->counter >> 32));
        salsa20_block(s->block, s->in, s->key);
        s->counter++;
        s->used = 0;
    }
    return s->block[s->used++];
}

/* Begin; the first 32 bytes of the stream are the key of the tag. */
static void
start_stream(struct stream *s, unsigned char tag_key[32],
             const unsigned char nonce[SECRETBOX_NONCE],
             const unsigned char key[SECRETBOX_KEY])
{
    *s = (struct stream){.used = BLOCK};
    hsalsa20(s->key, nonce, key);
    memcpy(s->in, nonce + 16, 8);
    for (int i = 0; i < 32; i++)
        tag_key[i] = next(s);
}

static void
xor_stream(struct stream *s, unsigned char *out, const unsigned char *in, size_t len)
{
    for (size_t i = 0; i < len; i++)
        out[i] = in[i] ^ next(s);
}

/* ---- the box ---- */

static bool
compute_tag(unsigned char tag[SECRETBOX_TAG], const unsigned char *cipher, size_t len,
            const unsigned char key[32])
{
    size_t got = 0;

    return EVP_Q_mac(NULL, "POLY1305", NULL, NULL, NULL, key, 32, cipher, len, tag,
                     SECRETBOX_TAG, &got) == tag &&
           got == SECRETBOX_TAG;
}

bool
secretbox_seal(unsigned char *out, const unsigned char *plain, size_t len,
               const unsigned char nonce[SECRETBOX_NONCE],
               const unsigned char key[SECRETBOX_KEY])
{
    unsigned char tag_key[32];
    struct stream s;
    bool done;

    start_stream(&s, tag_key, nonce, key);
    xor_stream(&s, out + SECRETBOX_TAG, plain, len);
    done = compute_tag(out, out + SECRETBOX_TAG, len, tag_key);
    OPENSSL_cleanse(&s, sizeof(s));
    OPENSSL_cleanse(tag_key, sizeof(tag_key));
    return done;
}

bool
secretbox_open(unsigned char *out, const unsigned char *box, size_t len,
               const unsigned char nonce[SECRETBOX_NONCE],
               const unsigned char key[SECRETBOX_KEY])
{
    unsigned char tag_key[32], tag[SECRETBOX_TAG];
    struct stream s;
    bool good;

    if (len < SECRETBOX_TAG)
        return false;
    start_stream(&s, tag_key, nonce, key);
    good = compute_tag(tag, box + SECRETBOX_TAG, len - SECRETBOX_TAG, tag_key) &&
           CRYPTO_memcmp(tag, box, SECRETBOX_TAG) == 0;
    if (good)
        xor_stream(&s, out, box + SECRETBOX_TAG, len - SECRETBOX_TAG);
    OPENSSL_cleanse(&s, sizeof(s));
    OPENSSL_cleanse(tag_key, sizeof(tag_key));
    return good;
}
