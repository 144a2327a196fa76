#ifndef COpenSSL_SHIM_H
#define COpenSSL_SHIM_H
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

// Swift does not import macros with arguments; these are the ones that TLS needs.

static inline int slipway_ssl_ctx_require_tls12(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
}

static inline int slipway_ssl_set_server_name(SSL *ssl, const char *name) {
    return (int)SSL_set_tlsext_host_name(ssl, name);
}

/* An empty memory BIO has no bytes yet, which is something else than the end of the stream. */
static inline BIO *slipway_bio_new(void) {
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio) BIO_set_mem_eof_return(bio, -1);
    return bio;
}

static inline size_t slipway_bio_pending(BIO *bio) {
    return BIO_ctrl_pending(bio);
}

#endif
