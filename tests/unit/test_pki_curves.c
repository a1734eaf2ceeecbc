/* SPDX-License-Identifier: Apache-2.0 */
/* Which signatures over which digest count, for each kind of key. */
#include "config.h"
#include "tests/unit/unit.h"

#include "base/text.h"
#include "io/crypto/hash.h"
#include "io/crypto/pki.h"
#include "tests/unit/pki_keys.h"
#include "io/crypto/pki_pem.h"
#include "io/crypto/pki_sign.h"

#include <string.h>

/* "sealift" and a newline, signed by openssl dgst -sha... -sign; in base64 */
static const char MESSAGE[] = "sealift\n";
static const char P384_BY_256[] =
    "MGUCMQCa40YJ2hHt8/oU9sG1vMRNqcVYv+GQSM2JYCxHY4nWsPzSM4pE4uOi56upapMog40CMGD5"
    "Qt+2gr3CE4v4kcAaEEzWBY5sx/KjVGxaqYVBQAdI03IrZ7+DyZ8icGMkGyCOKQ==";
static const char P384_BY_384[] =
    "MGUCMAP1S2XI8i1RP2rqSBV2eoFKH+5sETV6PFBsoMp+52sG0Q2HvxZhxjQnV1DhhQzVqwIxALSb"
    "45b1BNWlGvfIvHrRd+29CkRKj7Ike3g262tRGu8hI4WuxuXudVAHIpwvDNCvkA==";
static const char P384_BY_512[] =
    "MGUCMFGEJh2IW7gIruGiJQJ8hmG1NqpAvB8h5qT2FA3g+KLH2edkFR5D0O4hMKm1Liw+cQIxAJ37"
    "9/ioUw+j2j5BedLRj8etX2G0hLcGOJq80CzsV7qav3xDJTTgCwh5rMcStUsyRA==";
static const char P384_BY_SHA1[] =
    "MGUCMQD88Qf167ErDLDUYRlCRxegCoTagguPloHmxCvqi82nchFPF1d04S0z86TNYYj44yoCMCpH"
    "V7b95GrIJ+QuxWZpdP4N6M0UEohEaPx3odnUgWgzSkaWRIkXmHZ2aWNbOBF60Q==";
static const char P521_BY_256[] =
    "MIGIAkIAyIkT1pmwDJAcou87oLtckycrFvyljyD8RRB/l7TD9p0eOjBPmIVS94aJqb+yQ59AHMPc"
    "38ToHHipbQMBw5XKAF4CQgCzU6G7JSma3/OJyIYmHzlHo/hRzsSOKgbylvEvaxbgausSppHJCVzC"
    "0CbnGEmgMu9/oAu4MQDbHgqovyPhFCOfmw==";
static const char P521_BY_512[] =
    "MIGHAkIBcWrLqk4B3oDWovUbo4cM5eiSl8m2Fenh0RviIuE15Zc6aKo0v5chwy3m+y21MTsxTlKG"
    "768opaSOMSDoTdaQ8HwCQQ9JMH18elJ0TJ5S1KbYeWMX0lFWnY9Qfu5NBG2K1WVwP9a57AgVTNhb"
    "q8OJK3yRL9dfF9LYmidBxLdU6PfATh5H";
static const char P256_BY_256[] =
    "MEYCIQD9xDOjELRQ3WGrKWCFtJNXxw/5zH8Q+shZeCWlaGhx/wIhAJFGToxJjiZseLxBXB7MWqCr"
    "Az7NcLMLS6YHUnJpfk0h";
static const char P256_BY_384[] =
    "MEQCIH2+Qiy4pIqRk4IzCQm3PcaGWQe2+80A15lURhZrtfLPAiBJygCcYgJjf9/lS1alfyXTpTrA"
    "7tV7MWJB03bvqQdMcg==";
static const char RSA_BY_256[] =
    "CUbfN4nBei5psEVxEDZoDc4mx79TO/G7BC/3z5A3/hMQGd0HjACxcL8A43q8A4BrY9Hbcv/fogI4"
    "J1qF2pxDdlI3MAwdmAau6o2NhOh61CXWJAhNJlb+Gb/kThwf6+0zYg3hiLpcmuOd9TZG1PYm7wRg"
    "QzBFE+wO/KTH472/XO3ub1jBbZU9HQhoNU0S88Ty94zG/tNnNStMRKmIvBdFOo7oQXeX6DZcgkm8"
    "BwbmPj8MlgjGkpRHue46fg06zjHlHIGJwfG/WCCHRmVKF577GH6qLE9AEDduNGMxcuYpoVCTUfuX"
    "PdrmSVngQQIvAnnHbrqKxlslKWtxgsb6RbJ5KPwi7Xx8LXEICYMmvCF/4GArRrdTv2UerbSrSlqG"
    "mJLjhRm+Cq183hmYuVdr0ApZpuwiKIrY3j1LSf6FnaFgr9iJOsEa95t6f7CMYsV+yN/efzl97kuZ"
    "2w8gyQk/AMJmXoJBzSynjJU4A9o/hCzrhmCH0GLbcALVuaXtoFWBxjP2";
static const char RSA_BY_512[] =
    "VMK5+E7yqn8cg47ZD4LgGnPw9VPuTgE05xosHxOKTGnEVlY4s5mMJTo+yTaufwpz8U5ai9bmRZAI"
    "hiBEiR6aO4MQiHd9In/pBW9A/mIt+kJBJC7xiLMi6jjN8LaTQoqKPXJAMhNNiD/H8nDqzBoMq48o"
    "vtkCIhiQVYC6PwjG6Jo4JEETrpuBJjwrvqgi/EplSyhbtBV7btUdWQaB2xEVb7xYd+zU2czyd8Ca"
    "t48p4zX0Kh/mdlG2z+KJoR8hmweec6jonJ7qA6S0vesZBo46bii6BYljbfcMsn94C8V1dDkE72KK"
    "Zm0XwnxLSPKXaEgmFkj5hthlk+Id+qFyoOTEaS5sDDv6/CFGwvmiyl/9nHHUIf4CSKRsrTj8XPDe"
    "nbM1LrZJOq7d75SZ9wKZx/F52OR9C0pt5J9ejkqZpyKUquWMIc+qt5pGBZkk/nJip2bJluRJ8Jyr"
    "PfmnxhEMk8UQFS2Eshdi30PHHPrJeMurvj+0bixEZSpaEB9SW6nD7P2t";
static const char RSA2048_BY_256[] =
    "UVhEcZ5DC8zGsBq5XGndFMnglMdcvoXsiw/aIQfrZ8nTohx4ExJ/X0JTWl9neZ0WbvHgM2yzGw9j"
    "evAg5ggC1crjjQX+rKhbL9y2IUZfrcsydcaByZIFZe28hRvi/O/4B6jR1CgUpSzFpdexZ/hWz+83"
    "yN8TEhe4e6sqgbfvwNxgIEV/CozGMNcHZAyPkB+mXioYUqJrD01jIe1WxZIbW3Qjidf045NuWx5K"
    "lhTxbWGQvG7O4wl5YiTvhER91fvHNDb5X5cN3klRTQ5ZtqnjEaDiYFduu0107Cc4uJ8zv5k/GpLb"
    "MtRNNQArve41O1miiXc6Qf3XCikj6VEmCc6DYQ==";
static const char RSA2048_OURS[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAoJutwCMzy7B8RZ1DscCO\n"
    "YDKB72/RxU/AZWhAJ3LMmXqpBcmfq+kAEUiYTrbg8xTKASch3vBe9vfFsiIR14IG\n"
    "gJHhOMC2e7q9pMbpsLOaFuIH7ewuEGpSA9gWAch24U0rNXRwOUcwbrJb6Higaqcv\n"
    "vFwZyEETF23elOhrmZTAEj0uJEgJH9cZCQF7KJFeFSUmuFiu26xV9Z9C98l3dVsa\n"
    "M5/WZh3k3sKb+JT/VQhuRDt94rmrjTWqzb/MEA2zW7hcKoxOMLC3x9Uk6Een3Sqw\n"
    "leJuhPIh+xHZRKfDhhOXqy60FsKomjOGvb6MElQ3xeuFZx8bnfM+VkroXGUv0Thb\n"
    "AwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

static struct pki_key *
load(const char *pem)
{
    struct err err = ERR_INIT;
    struct pki_key *key = pki_public(pem, strlen(pem), "test.pub", &err);

    assert_non_null(key);
    return key;
}

static bool
verifies(const char *pem, enum digest_alg alg, const char *signature, const char *bytes)
{
    CLEANUP(pki_release) struct pki_key *key = load(pem);
    CLEANUP(buf_release) struct buf raw = BUF_INIT(PKI_SIGNATURE_MAX);
    struct pki_payload payload = pki_payload(bytes, strlen(bytes));

    assert_int_equal(base64_decode(signature, strlen(signature), &raw), 0);
    return pki_verify_over(key, alg, &payload, raw.data, raw.len);
}

static void
accepts_signatures_over_a_fitting_digest(void **state)
{
    static const struct {
        const char *pem, *signature;
        enum digest_alg alg;
    } table[] = {
        {P384_PUB, P384_BY_256, DIGEST_SHA256},
        {P384_PUB, P384_BY_384, DIGEST_SHA384},
        {P384_PUB, P384_BY_512, DIGEST_SHA512},
        {P521_PUB, P521_BY_256, DIGEST_SHA256},
        {P521_PUB, P521_BY_512, DIGEST_SHA512},
        {EC_PUB, P256_BY_256, DIGEST_SHA256},
        {RSA_PUB, RSA_BY_256, DIGEST_SHA256},
        {RSA2048_OURS, RSA2048_BY_256, DIGEST_SHA256},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        assert_true(verifies(table[i].pem, table[i].alg, table[i].signature, MESSAGE));
        assert_false(verifies(table[i].pem, table[i].alg, table[i].signature, "sealift"));
    }
}

/* Named wrongly, in both directions; and right, but not with this kind of key. */
static void
refuses_signatures_over_another_digest(void **state)
{
    static const struct {
        const char *pem, *signature;
        enum digest_alg alg;
    } table[] = {
        {P384_PUB, P384_BY_384, DIGEST_SHA256},  {P384_PUB, P384_BY_256, DIGEST_SHA384},
        {P384_PUB, P384_BY_384, DIGEST_SHA512},  {P384_PUB, P384_BY_SHA1, DIGEST_SHA256},
        {P384_PUB, P384_BY_SHA1, DIGEST_SHA384}, {P521_PUB, P521_BY_512, DIGEST_SHA256},
        {P521_PUB, P384_BY_384, DIGEST_SHA384},  {EC_PUB, P256_BY_384, DIGEST_SHA384},
        {EC_PUB, P256_BY_384, DIGEST_SHA256},    {RSA_PUB, RSA_BY_512, DIGEST_SHA512},
        {RSA_PUB, RSA_BY_512, DIGEST_SHA256},    {EC_PUB, P256_BY_256, DIGEST_SHA512},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++)
        assert_false(verifies(table[i].pem, table[i].alg, table[i].signature, MESSAGE));
}

static void
knows_the_digest_of_each_curve(void **state)
{
    static const struct {
        const char *pem;
        enum digest_alg alg;
    } table[] = {
        {EC_PUB, DIGEST_SHA256},   {ED_PUB, DIGEST_SHA256},
        {RSA_PUB, DIGEST_SHA256},  {P384_PUB, DIGEST_SHA384},
        {P521_PUB, DIGEST_SHA512}, {RSA2048_PUB, DIGEST_SHA256},
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        CLEANUP(pki_release) struct pki_key *key = load(table[i].pem);

        assert_int_equal(pki_digest(key), table[i].alg);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_signatures_over_a_fitting_digest),
        cmocka_unit_test(refuses_signatures_over_another_digest),
        cmocka_unit_test(knows_the_digest_of_each_curve),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
