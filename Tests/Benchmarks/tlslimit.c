// tlslimit - what OpenSSL alone takes, set up as our server sets it up (TLS 1.3, P-256, tickets, released buffers).
//
//   tlslimit idle -n N         memory of a process with N silent connections, each an SSL on a TCP socket
//   tlslimit seal -n N -s S    CPU time of SSL_write of S bytes, in turn over N sessions, to a sink instead of a socket
//   tlslimit fan -n N -s S     CPU time of send() of S bytes sealed, and of SSL_write of S bytes, in turn over N sockets that
//                              a process on CPU 1 drains: the difference is what sealing takes between system calls
//   tlslimit shake -k ec|rsa [-r] [-v 1.2]   handshakes a second of a server, its client's work not counted; -r: resumed
//
// One JSON line on stdout. Ends by itself. The clients of `idle` are a process of their own.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void die(const char *what) { perror(what); ERR_print_errors_fp(stderr); exit(2); }
static double cpu(void) { struct timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return (double)t.tv_sec + (double)t.tv_nsec / 1e9; }
static long resident(void) {
  long total, pages; FILE *f = fopen("/proc/self/statm", "r");
  if (!f || fscanf(f, "%ld %ld", &total, &pages) != 2) die("statm");
  fclose(f); return pages * sysconf(_SC_PAGESIZE);
}

static SSL_CTX *server(const char *kind) {
  SSL_CTX *c = SSL_CTX_new(TLS_server_method());
  EVP_PKEY *key = strcmp(kind, "rsa") ? EVP_EC_gen("P-256") : EVP_RSA_gen(2048);
  X509 *x = X509_new();
  X509_set_version(x, 2); ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_gmtime_adj(X509_getm_notBefore(x), -60); X509_gmtime_adj(X509_getm_notAfter(x), 86400);
  X509_set_pubkey(x, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_UTF8, (const unsigned char *)"localhost", -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  if (!X509_sign(x, key, EVP_sha256()) || SSL_CTX_use_certificate(c, x) != 1 || SSL_CTX_use_PrivateKey(c, key) != 1) die("certificate");
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS); SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(c, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_ciphersuites(c, "TLS_AES_128_GCM_SHA256"); SSL_CTX_set1_groups_list(c, "X25519:P-256:P-384");
  return c;
}
static SSL_CTX *client(void) {
  SSL_CTX *c = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS); return c;
}

static int idle(int n) {
  struct rlimit r; getrlimit(RLIMIT_NOFILE, &r); r.rlim_cur = r.rlim_max; setrlimit(RLIMIT_NOFILE, &r);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}; socklen_t l = sizeof a;
  int s = socket(AF_INET, SOCK_STREAM, 0);
  if (bind(s, (void *)&a, sizeof a) || listen(s, 128) || getsockname(s, (void *)&a, &l)) die("listen");
  pid_t child = fork();
  if (!child) {
    prctl(PR_SET_PDEATHSIG, SIGKILL); close(s); SSL_CTX *c = client();
    for (int i = 0; i < n; i++) {
      int d = socket(AF_INET, SOCK_STREAM, 0); if (connect(d, (void *)&a, sizeof a)) die("connect");
      SSL *ssl = SSL_new(c); SSL_set_fd(ssl, d); if (SSL_connect(ssl) != 1) die("SSL_connect");
    }
    pause(); _exit(0);
  }
  SSL_CTX *c = server("ec"); long before = 0;
  for (int i = 0; i < n + 100; i++) { // the first hundred are warm-up
    if (i == n) break;
    if (i == 100) before = resident();
    int d = accept(s, NULL, NULL); if (d < 0) die("accept");
    SSL *ssl = SSL_new(c); SSL_set_fd(ssl, d); if (SSL_accept(ssl) != 1) die("SSL_accept");
  }
  printf("{\"connections\":%d,\"rss_per_conn\":%.0f}\n", n, (double)(resident() - before) / (n - 100));
  kill(child, SIGKILL); waitpid(child, NULL, 0); return 0;
}

// A pair of sessions in memory, after the handshake.
static void pair(SSL_CTX *sc, SSL_CTX *cc, SSL_SESSION *again, SSL **server, SSL **other, double *spent) {
  SSL *a = SSL_new(sc), *b = SSL_new(cc); BIO *x, *y;
  BIO_new_bio_pair(&x, 65536, &y, 65536); SSL_set_bio(a, x, x); SSL_set_bio(b, y, y);
  SSL_set_accept_state(a); SSL_set_connect_state(b); if (again) SSL_set_session(b, again);
  for (int i = 0; i < 20; i++) {
    int done = SSL_do_handshake(b) == 1; double t = cpu(); done &= SSL_do_handshake(a) == 1; if (spent) *spent += cpu() - t;
    if (done) break;
  }
  if (!SSL_is_init_finished(a)) die("handshake");
  char byte; SSL_read(b, &byte, 1); // takes the tickets
  SSL_set_shutdown(b, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN); // else its end would spoil the session
  *server = a; *other = b;
}

static int seal(int n, int size) {
  SSL_CTX *sc = server("ec"), *cc = client(); SSL **all = calloc((size_t)n, sizeof *all), *b;
  for (int i = 0; i < n; i++) { pair(sc, cc, NULL, &all[i], &b, NULL); SSL_set0_wbio(all[i], BIO_new(BIO_s_null())); SSL_free(b); }
  char *bytes = calloc(1, (size_t)size); long count = 0; double t = 0, began = 0;
  for (int round = 0; round < 300; round++) {
    if (round == 20) began = cpu();
    for (int i = 0; i < n; i++) { if (SSL_write(all[i], bytes, size) != size) die("SSL_write"); if (round >= 20) count++; }
    if (round > 20 && cpu() - began > 3) break;
  }
  t = cpu() - began; printf("{\"size\":%d,\"seal_us\":%.4f}\n", size, t / (double)count * 1e6); return 0;
}

static void drain(int n, struct sockaddr_in *a) { // the other side of `fan`; never returns
  prctl(PR_SET_PDEATHSIG, SIGKILL); cpu_set_t one; CPU_ZERO(&one); CPU_SET(1, &one); sched_setaffinity(0, sizeof one, &one);
  SSL_CTX *c = client(); int ep = epoll_create1(0); static char bytes[65536];
  for (int i = 0; i < n; i++) {
    int d = socket(AF_INET, SOCK_STREAM, 0); if (connect(d, (void *)a, sizeof *a)) die("connect");
    SSL *ssl = SSL_new(c); SSL_set_fd(ssl, d); if (SSL_connect(ssl) != 1) die("SSL_connect");
    struct epoll_event e = {.events = EPOLLIN, .data.fd = d}; epoll_ctl(ep, EPOLL_CTL_ADD, d, &e);
  }
  for (struct epoll_event e[256];;) for (int i = 0, k = epoll_wait(ep, e, 256, -1); i < k; i++) if (read(e[i].data.fd, bytes, sizeof bytes) < 0) _exit(1);
}
static int fan(int n, int size) {
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}; socklen_t l = sizeof a;
  int s = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  if (bind(s, (void *)&a, sizeof a) || listen(s, 128) || getsockname(s, (void *)&a, &l)) die("listen");
  pid_t child = fork(); if (!child) drain(n, &a);
  SSL_CTX *c = server("ec"); SSL **all = calloc((size_t)n, sizeof *all); char *bytes = calloc(1, (size_t)size + 22);
  for (int i = 0; i < n; i++) {
    int d = accept(s, NULL, NULL); setsockopt(d, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    all[i] = SSL_new(c); SSL_set_fd(all[i], d); if (SSL_accept(all[i]) != 1) die("SSL_accept");
  }
  double spent[2] = {0, 0}; long count = 0; // in turn, so that both meet the same machine; a record is 22 bytes longer
  for (int round = 0; round < 200; round++) {
    for (int kind = 0; kind < 2; kind++) {
      double t = cpu();
      for (int i = 0; i < n; i++)
        if (kind ? SSL_write(all[i], bytes, size) != size : send(SSL_get_fd(all[i]), bytes, (size_t)size + 22, MSG_NOSIGNAL) != size + 22) die("write");
      if (round >= 20) spent[kind] += cpu() - t;
      usleep(3000);
    }
    if (round >= 20) count += n;
  }
  kill(child, SIGKILL); waitpid(child, NULL, 0);
  printf("{\"size\":%d,\"send_us\":%.3f,\"write_us\":%.3f,\"seal_us\":%.3f}\n", size, spent[0] / (double)count * 1e6,
         spent[1] / (double)count * 1e6, (spent[1] - spent[0]) / (double)count * 1e6);
  return 0;
}

static int shake(const char *kind, int resumed, int old) {
  SSL_CTX *sc = server(kind), *cc = client(); SSL *a, *b; SSL_SESSION *s = NULL; double spent = 0; int count = 0;
  if (old) { SSL_CTX_set_max_proto_version(sc, TLS1_2_VERSION); }
  if (resumed) { pair(sc, cc, NULL, &a, &b, NULL); s = SSL_get1_session(b); SSL_free(a); SSL_free(b); }
  while (spent < 1.5) {
    double one = 0; pair(sc, cc, s, &a, &b, &one); spent += one; count++;
    if (resumed && !SSL_session_reused(a)) die("not resumed");
    SSL_free(a); SSL_free(b);
  }
  printf("{\"key\":\"%s\",\"resumed\":%d,\"per_s\":%.0f,\"us\":%.1f}\n", kind, resumed, count / spent, spent / count * 1e6); return 0;
}

int main(int argc, char **argv) {
  int n = 1000, size = 261, resumed = 0, old = 0; const char *kind = "ec"; if (argc < 2) return 2;
  optind = 2;
  for (int o; (o = getopt(argc, argv, "n:s:k:rv:")) != -1;)
    switch (o) {
      case 'n': n = atoi(optarg); break;
      case 's': size = atoi(optarg); break;
      case 'k': kind = optarg; break;
      case 'r': resumed = 1; break;
      case 'v': old = !strcmp(optarg, "1.2"); break;
      default: return 2;
    }
  if (!strcmp(argv[1], "idle")) return idle(n);
  if (!strcmp(argv[1], "seal")) return seal(n, size);
  if (!strcmp(argv[1], "fan")) return fan(n, size);
  if (!strcmp(argv[1], "shake")) return shake(kind, resumed, old);
  return 2;
}
