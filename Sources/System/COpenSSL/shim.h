#pragma once
// The types of the C library come from its own module, so that each has one definition for Swift.
#pragma clang module import SwiftGlibc
#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/kdf.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

// What OpenSSL offers as macros or variadic functions, which Swift cannot import.

/// TLS 1.2 at least, no renegotiation, no session cache, and buffers given back whenever they are empty.
static inline int copenssl_harden(SSL_CTX *context) {
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return (int)SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

/// The name that a client asks for (RFC 6066 §3).
static inline int copenssl_ask_for_name(SSL *session, const char *name) {
    return (int)SSL_set_tlsext_host_name(session, name);
}

/// Takes back what ``copenssl_read_again`` said.
static inline void copenssl_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
/// Tells OpenSSL that reading from `bio` may be tried again once there is more.
static inline void copenssl_read_again(BIO *bio) { BIO_set_retry_read(bio); }

/// A new key on the curve P-256; NULL where there is no memory or no randomness.
static inline EVP_PKEY *copenssl_new_p256_key(void) { return EVP_EC_gen("P-256"); }

/// What a server's context agrees to: the ciphers and curves of Mozilla's "intermediate", the server's order but for
/// clients without AES in hardware, who ask for ChaCha first; no compression. Returns 1, or 0 for what OpenSSL refuses.
static inline int copenssl_make_server(SSL_CTX *context, int minimum_is_13, int kernel) {
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_RENEGOTIATION);
    if (kernel) SSL_CTX_set_options(context, SSL_OP_ENABLE_KTLS);
    if (minimum_is_13 && !SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION)) return 0;
    return SSL_CTX_set_max_proto_version(context, TLS1_3_VERSION)
        && SSL_CTX_set_ciphersuites(
               context, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256")
        && SSL_CTX_set_cipher_list(
               context, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
                        "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305")
        && SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384");
}

static inline void copenssl_set_app_data(SSL_CTX *context, void *data) { SSL_CTX_set_app_data(context, data); }
static inline void *copenssl_app_data(SSL *session) { return SSL_CTX_get_app_data(SSL_get_SSL_CTX(session)); }
static inline void copenssl_on_server_name(SSL_CTX *context, int (*chosen)(SSL *, int *, void *)) {
    SSL_CTX_set_tlsext_servername_callback(context, chosen);
}
static inline int copenssl_add_chain(SSL_CTX *context, X509 *certificate) {
    return (int)SSL_CTX_add1_chain_cert(context, certificate);
}
static inline void copenssl_clear_chain(SSL_CTX *context) { SSL_CTX_clear_chain_certs(context); }

/// Prepares OpenSSL's contexts for one ticket; `keys` are 16 bytes of name, 32 of cipher, 32 of authentication. A new
/// ticket gets its name and a start value. Returns 1, or -1 on failure.
static inline int copenssl_use_ticket_keys(
    unsigned char *keys, unsigned char *name, unsigned char *iv, EVP_CIPHER_CTX *cipher, EVP_MAC_CTX *mac,
    int encrypts) {
    int found = 1;
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, keys + 48, 32),
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)"SHA256", 0), OSSL_PARAM_construct_end()};
    if (encrypts) {
        memcpy(name, keys, 16);
        if (RAND_bytes(iv, 16) != 1) found = -1;
    }
    if (found > 0
        && (EVP_CipherInit_ex(cipher, EVP_aes_256_cbc(), NULL, keys + 16, iv, encrypts) != 1
            || EVP_MAC_CTX_set_params(mac, parameters) != 1))
        found = -1;
    return found;
}

typedef int (*copenssl_ticket_callback)(
    SSL *, unsigned char *, unsigned char *, EVP_CIPHER_CTX *, EVP_MAC_CTX *, int);
static inline int copenssl_use_tickets(SSL_CTX *context, copenssl_ticket_callback callback) {
    return (int)SSL_CTX_set_tlsext_ticket_key_evp_cb(context, callback);
}

static inline void copenssl_use_no_tickets(SSL_CTX *context) {
    SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
    SSL_CTX_set_num_tickets(context, 0);
}

/// Tells OpenSSL that writing to `bio` may be tried again once there is room.
static inline void copenssl_write_again(BIO *bio) { BIO_set_retry_write(bio); }
/// Whether the kernel encrypts what is written.
static inline int copenssl_kernel_encrypts(SSL *session) { return (int)BIO_get_ktls_send(SSL_get_wbio(session)); }
/// A new key of RSA with this many bits; NULL where there is no memory or no randomness.
static inline EVP_PKEY *copenssl_new_rsa_key(unsigned int bits) { return EVP_RSA_gen(bits); }
/// Speaks this one version.
static inline void copenssl_pin_version(SSL *session, int version) {
    SSL_set_min_proto_version(session, version);
    SSL_set_max_proto_version(session, version);
}

/// The names of a certificate (RFC 5280 §4.2.1.6), as X509_get_ext_d2i gives them.
static inline int copenssl_name_count(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }
/// The DNS name at a place; NULL when it is another kind of name.
static inline const unsigned char *copenssl_dns_name(const GENERAL_NAMES *names, int index, int *length) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    if (name->type != GEN_DNS) return NULL;
    *length = ASN1_STRING_length(name->d.dNSName);
    return ASN1_STRING_get0_data(name->d.dNSName);
}
static inline void copenssl_free_names(GENERAL_NAMES *names) { GENERAL_NAMES_free(names); }
