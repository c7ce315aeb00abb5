// wsload - WebSocket load generator for broadcast servers (Linux, C11, OpenSSL for --tls).
//
// Modes
//   fanout  N clients join; P of them (the first P) publish; every client counts deliveries.
//   echo    every (or the first --active) client sends and awaits its reply.
//   idle    open N connections, hold them (SIGUSR1 ends that), report the server's memory per connection.
//           With --recover S:T each one must be told S+1 ... T, once and in order, and is closed then: N recoveries.
//
// Several --port P[:COUNT] share the connections out in order, COUNT to each or as many to one as to another. With two
// ports and one worker the report has how much later a publication came by the second port than by the first.
// --tls: wss, TLS 1.3; certificates are not verified.
// --deflate: offers permessage-deflate (RFC 7692) and insists on it; what is compressed is inflated and checked like the rest.
// --apart TEMPLATE: the publishers are no members; they say this instead of --subscribe.
// --offsets: every "offset" that a connection is told must follow the one before.
//
// Templates (--path, --header, --subscribe, --publish-template) know these placeholders:
//   %ID%   connection number          %ROOM%  ID modulo --rooms          (fixed per connection)
//   %NUM%  3-digit number, 100 and on
//   %TOKEN%, %USER%  first and second word of line ID (modulo their number) of --tokens   (fixed per connection)
//   %TS%   19-digit send time         %SEQ%   10-digit sequence number
//   %PUB%  4-digit publisher number   %UUID%  a UUID made of ID and SEQ  %PAD%  filler up to -s bytes
// All numbers are fixed-width and start with 1, so they are valid JSON numbers. A delivery is found by the literal
// text that stands before %TS%, %SEQ% and %PUB% in the publish template, wherever the server puts it in its frame.
//
// Human-readable report on stderr, one JSON line on stdout. Workers are processes (each has its own fd limit).
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/ssl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef uint64_t u64;
typedef uint32_t u32;
#define MAXW 16
#define MAXPIDS 16
#define MAXPORTS 16
#define MAXPUB 4096
#define RING 8192
#define TSBASE 1000000000000000000ULL
#define SEQBASE 1000000000ULL
#define PUBBASE 1000

#include "histogram.h"
#include "inflate_message.h"
#include "process_stats.h"

// ---- options ----
enum { M_FANOUT, M_ECHO, M_IDLE };
static struct {
  int mode, port[MAXPORTS], until[MAXPORTS], nport, n, pubs, window, rooms, workers, conc, active, depth, ncpu, cpus[64];
  double rate, dur, warm, settle, drain, join_rate, join_limit;
  int size; bool tls, deflate, ack_own, noself, binary, reply_any, multi, noverify, offsets, recover; u64 since, top;
  const char *host, *path, *subscribe, *apart, *await_, *tmpl, *label, *hdr[8]; int nhdr;
  int pids[MAXPIDS], npid;
} o = {.mode = M_FANOUT, .n = 1000, .join_limit = 120, .pubs = 1, .window = 8, .rooms = 1, .workers = 1, .conc = 128,
       .depth = 1, .dur = 5, .warm = 1, .settle = 1, .drain = 5, .size = 200, .host = "127.0.0.1", .path = "/",
       .label = "", .tmpl = "{\"t\":%TS%,\"s\":%SEQ%,\"p\":%PUB%,\"d\":\"%PAD%\"}"};

// ---- shared state ----
enum { PH_CONNECT, PH_HOLD, PH_RUN, PH_DRAIN, PH_RESET, PH_QUIT };
typedef struct {
  _Atomic u64 connected, failed, closed, delivered, uniq, dup, ooo, gaps, early, refused, other, sent, replies, wire, packed, first_ns, last_ns, gen;
  hist lat, comp, conn, extra; // extra: how much later by the second port than by the first
} __attribute__((aligned(128))) wstat;
typedef struct {
  _Atomic int phase; _Atomic u64 gen; _Atomic u64 completed[MAXPUB]; _Atomic u64 nsent[MAXPUB];
  _Atomic u64 stalls; _Atomic u32 cnt[]; // MAXPUB' * RING
} shared;
static wstat *W; static shared *S; static int evfd;
static u64 room_members[65536];

static inline u64 now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (u64)t.tv_sec * 1000000000ULL + (u64)t.tv_nsec; }
static void die(const char *f, ...) { va_list a; va_start(a, f); vfprintf(stderr, f, a); va_end(a); fputc('\n', stderr); exit(2); }
#define LD(x) atomic_load_explicit(&(x), memory_order_relaxed)
#define INC(x, d) atomic_store_explicit(&(x), LD(x) + (d), memory_order_relaxed) // single writer

// ---- connections ----
enum { C_NEW, C_CONNECTING, C_TLS, C_UPGRADE, C_AWAIT, C_OPEN, C_DEAD };
typedef struct { u64 mask; u32 top; } seqwin; // window of the last 64 sequence numbers (as in IPsec replay protection)
typedef struct conn {
  int fd; u32 id; unsigned char st, port, odd; bool wantw, replied; u64 top; u32 rlen, olen, inflight; char *rest, *out; SSL *ssl; seqwin *sw; u64 t0, seq, sent_ns;
} conn;

static char **tokens, **users; static u32 ntokens; static size_t longest_token;
static void read_tokens(const char *path) { // a token a line, and perhaps whose it is; they stay for good
  FILE *f = fopen(path, "r"); if (!f) die("%s: %s", path, strerror(errno));
  char *line = NULL; size_t cap = 0; ssize_t n;
  while ((n = getline(&line, &cap, f)) > 0) {
    if (line[n - 1] == '\n') line[--n] = 0;
    tokens = realloc(tokens, (ntokens + 1) * sizeof *tokens); users = realloc(users, (ntokens + 1) * sizeof *users);
    char *gap = strchr(line, ' '); if (gap) *gap = 0;
    tokens[ntokens] = strdup(line); users[ntokens++] = strdup(gap ? gap + 1 : "");
    if ((size_t)n > longest_token) longest_token = (size_t)n;
  }
  free(line); fclose(f); if (!ntokens) die("%s: no tokens", path);
}
static char *expand_fixed(const char *t, u32 id) { // %ID%, %ROOM%, %TOKEN%, %USER%
  size_t cap = strlen(t) * 3 + 64; for (const char *q = t; (q = strpbrk(q, "%")); q++) cap += longest_token;
  char *r = malloc(cap), *p = r;
  while (*t) {
    if (!strncmp(t, "%TOKEN%", 7)) { if (!ntokens) die("%%TOKEN%% needs --tokens"); p = stpcpy(p, tokens[id % ntokens]); t += 7; continue; }
    if (ntokens && !strncmp(t, "%USER%", 6)) { p = stpcpy(p, users[id % ntokens]); t += 6; continue; }
    if (!strncmp(t, "%ID%", 4)) { p += sprintf(p, "%u", id); t += 4; }
    else if (!strncmp(t, "%ROOM%", 6)) { p += sprintf(p, "%u", id % (u32)o.rooms); t += 6; }
    else *p++ = *t++;
  }
  *p = 0; return r;
}
static void put(char *p, u64 v, int w) { for (int i = w - 1; i >= 0; i--) { p[i] = (char)('0' + v % 10); v /= 10; } }
static inline bool get(const char *p, int w, u64 *v) {
  u64 x = 0; for (int i = 0; i < w; i++) { unsigned d = (unsigned char)p[i] - '0'; if (d > 9) return false; x = x * 10 + d; } *v = x; return true;
}
static void puthex(char *p, u64 v, int w) { for (int i = w - 1; i >= 0; i--) { p[i] = "0123456789abcdef"[v & 15]; v >>= 4; } }

static u64 salt; // another one each time, so that a run's keys are not those of an earlier one
typedef struct { char *frame; int flen, ts, seq, pub, uuid, num; } msg; // offsets into frame, -1 when absent
static int framehdr(unsigned char *h, int op, size_t len) { // client frame with a zero masking key
  int k = 2; h[0] = (unsigned char)(0x80 | op);
  if (len < 126) h[1] = (unsigned char)(0x80 | len);
  else if (len < 65536) { h[1] = 0x80 | 126; h[2] = (unsigned char)(len >> 8); h[3] = (unsigned char)len; k = 4; }
  else { h[1] = 0x80 | 127; for (int i = 0; i < 8; i++) h[2 + i] = (unsigned char)(len >> (56 - 8 * i)); k = 10; }
  memset(h + k, 0, 4); return k + 4;
}
static msg build(u32 id, u32 pub) {
  char *t = expand_fixed(o.tmpl, id); size_t cap = strlen(t) + 256 + (size_t)o.size; char *b = malloc(cap); int n = 0;
  msg m = {.ts = -1, .seq = -1, .pub = -1, .uuid = -1, .num = -1}; int pad = -1; int fixed = 0;
  for (char *p = t; *p;) { // length without padding first
    if (!strncmp(p, "%TS%", 4)) fixed += 19, p += 4; else if (!strncmp(p, "%SEQ%", 5)) fixed += 10, p += 5;
    else if (!strncmp(p, "%PUB%", 5)) fixed += 4, p += 5; else if (!strncmp(p, "%UUID%", 6)) fixed += 36, p += 6;
    else if (!strncmp(p, "%NUM%", 5)) fixed += 3, p += 5;
    else if (!strncmp(p, "%PAD%", 5)) pad = 0, p += 5; else fixed++, p++;
  }
  if (pad == 0) pad = o.size > fixed ? o.size - fixed : 0; else pad = 0;
  for (char *p = t; *p;) {
    if (!strncmp(p, "%TS%", 4)) { m.ts = n; put(b + n, TSBASE, 19); n += 19; p += 4; }
    else if (!strncmp(p, "%SEQ%", 5)) { m.seq = n; put(b + n, SEQBASE, 10); n += 10; p += 5; }
    else if (!strncmp(p, "%PUB%", 5)) { m.pub = n; put(b + n, PUBBASE + pub, 4); n += 4; p += 5; }
    else if (!strncmp(p, "%UUID%", 6)) { m.uuid = n; memcpy(b + n, "00000000-0000-4000-8000-000000000000", 36); puthex(b + n, id, 8); puthex(b + n + 9, salt, 4); n += 36; p += 6; }
    else if (!strncmp(p, "%NUM%", 5)) { m.num = n; put(b + n, 100, 3); n += 3; p += 5; }
    else if (!strncmp(p, "%PAD%", 5)) { for (int i = 0; i < pad; i++) b[n++] = (char)('a' + i % 26); p += 5; }
    else b[n++] = *p++;
  }
  free(t);
  unsigned char h[14]; int k = framehdr(h, o.binary ? 2 : 1, (size_t)n);
  m.frame = malloc((size_t)(n + k)); memcpy(m.frame, h, (size_t)k); memcpy(m.frame + k, b, (size_t)n); m.flen = n + k; free(b);
  if (m.ts >= 0) m.ts += k; if (m.seq >= 0) m.seq += k; if (m.pub >= 0) m.pub += k; if (m.uuid >= 0) m.uuid += k; if (m.num >= 0) m.num += k;
  return m;
}
static void stamp(msg *m, u64 ts, u64 seq) {
  if (m->ts >= 0) put(m->frame + m->ts, TSBASE + ts, 19);
  if (m->seq >= 0) put(m->frame + m->seq, SEQBASE + seq, 10);
  if (m->uuid >= 0) puthex(m->frame + m->uuid + 24, seq, 12);
  if (m->num >= 0) put(m->frame + m->num, 100 + seq % 900, 3);
}
// marker = literal text before the placeholder (back to the previous placeholder, at most 24 characters)
static void marker(const char *ph, char *out, int *len) {
  const char *p = strstr(o.tmpl, ph); *len = 0; if (!p) return;
  const char *s = p; while (s > o.tmpl && s[-1] != '%' && p - s < 24) s--;
  *len = (int)(p - s); memcpy(out, s, (size_t)*len);
}
static char mk_ts[32], mk_seq[32], mk_pub[32]; static int ml_ts, ml_seq, ml_pub;

// ---- worker ----
static int wi, ep; static wstat *me; static conn *cs; static int nc, per_room; static msg *msgs; static int npub, inconn, nextc;
static u64 *pub_next, *pub_seq; static struct sockaddr_in dst[MAXPORTS]; static char *rbuf; enum { RB = 1 << 20 };
static u64 lastdel; static bool dirty_pub;
static u64 *arrived; static u32 aring; // when a publication came first by the first port and by the second
static bool is_apart(const conn *c) { return o.apart && c->id < (u32)o.pubs; }
static u64 members(int room) { return room_members[room] - (o.noself ? 1 : 0); }

static SSL_CTX *tls;
// As send(2) and recv(2) do it: -1 with EAGAIN where it would block, 0 for the end.
static ssize_t tls_result(SSL *ssl, int k) {
  if (k > 0) return k;
  int e = SSL_get_error(ssl, k); if (e == SSL_ERROR_ZERO_RETURN) return 0;
  errno = e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET; return -1;
}
static ssize_t put_bytes(conn *c, const char *p, size_t n) { return c->ssl ? tls_result(c->ssl, SSL_write(c->ssl, p, (int)n)) : send(c->fd, p, n, MSG_NOSIGNAL); }
static ssize_t get_bytes(conn *c, char *p, size_t n) { return c->ssl ? tls_result(c->ssl, SSL_read(c->ssl, p, (int)n)) : recv(c->fd, p, n, 0); }
static void let_go(conn *c) { if (c->ssl) SSL_free(c->ssl); c->ssl = NULL; close(c->fd); c->fd = -1; }
static void dead(conn *c, bool fail) {
  if (c->st == C_DEAD) return;
  if (c->st < C_OPEN) { inconn--; }
  if (fail) INC(me->failed, 1); else INC(me->closed, 1);
  c->st = C_DEAD; let_go(c);
}
static void wantw(conn *c, bool w) {
  if (c->wantw == w) return; c->wantw = w;
  struct epoll_event e = {.events = EPOLLIN | EPOLLRDHUP | (w ? EPOLLOUT : 0), .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}
static bool tx(conn *c, const char *p, int n) {
  if (c->st == C_DEAD) return false;
  if (!c->olen) {
    ssize_t k = put_bytes(c, p, (size_t)n);
    if (k == n) return true;
    if (k < 0) { if (errno != EAGAIN) { dead(c, false); return false; } k = 0; }
    p += k; n -= (int)k;
  }
  c->out = realloc(c->out, c->olen + (size_t)n); memcpy(c->out + c->olen, p, (size_t)n); c->olen += (u32)n; wantw(c, true); return true;
}
static void flushout(conn *c) {
  ssize_t k = put_bytes(c, c->out, c->olen); if (k <= 0) return;
  c->olen -= (u32)k; memmove(c->out, c->out + k, c->olen); if (!c->olen) wantw(c, false);
}
static void start(conn *c) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (c->fd < 0) die("socket: %s (fd limit? use more --workers)", strerror(errno));
  int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, 4);
  struct linger lg = {1, 0}; setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &lg, sizeof lg); // RST at exit: no TIME_WAIT
  if (o.n > 25000) {
    setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, 4);
    struct sockaddr_in s = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000001 + c->id / 20000)};
    if (bind(c->fd, (void *)&s, sizeof s)) die("bind: %s", strerror(errno));
  }
  c->t0 = now(); c->st = C_CONNECTING; inconn++;
  if (connect(c->fd, (void *)&dst[c->port], sizeof dst[0]) && errno != EINPROGRESS) { dead(c, true); return; }
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP, .data.ptr = c}; c->wantw = true; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}
static void handshake(conn *c);
static void shake(conn *c) { // TLS, before the WebSocket's own handshake
  if (!c->ssl) {
    int err = 0; socklen_t l = sizeof err; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l); if (err) { dead(c, true); return; }
    c->ssl = SSL_new(tls); SSL_set_fd(c->ssl, c->fd); SSL_set_tlsext_host_name(c->ssl, "localhost"); c->st = C_TLS; wantw(c, false);
  }
  int k = SSL_connect(c->ssl); if (k == 1) { handshake(c); return; }
  if (tls_result(c->ssl, k) == 0 || errno != EAGAIN) dead(c, true);
}
static void handshake(conn *c) {
  int err = 0; socklen_t l = sizeof err; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l); if (err) { dead(c, true); return; }
  char *path = expand_fixed(o.path, c->id), b[8192]; int n = snprintf(b, sizeof b,
    "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Version: 13\r\n", path, o.host, o.port[c->port]); free(path);
  if (o.deflate) n += snprintf(b + n, sizeof b - (size_t)n, "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n");
  for (int i = 0; i < o.nhdr; i++) { char *h = expand_fixed(o.hdr[i], c->id); n += snprintf(b + n, sizeof b - (size_t)n, "%s\r\n", h); free(h); }
  n += snprintf(b + n, sizeof b - (size_t)n, "\r\n"); c->st = C_UPGRADE; wantw(c, false); tx(c, b, n);
}
static void opened(conn *c) { u64 t = now(); hadd(&me->conn, t - c->t0); c->st = C_OPEN; inconn--; INC(me->connected, 1); }
static const char *next_offset(const char *p, const char *e, u64 *v) { // behind the next "offset":N, or NULL
  const char *q = memmem(p, (size_t)(e - p), "\"offset\":", 9); if (!q) return NULL;
  for (q += 9, *v = 0; q < e && *q >= '0' && *q <= '9'; q++) *v = *v * 10 + (u64)(*q - '0');
  return q;
}
// Publications count up from --recover's first offset to its last; besides them the reply tells one offset of its own.
static void recovering(conn *c, const char *p, int n) {
  const char *e = p + n; u64 v; if (memmem(p, (size_t)n, o.await_, strlen(o.await_))) c->replied = true;
  for (const char *q = p; (q = next_offset(q, e, &v));) if (v == c->top + 1) c->top = v; else c->odd++;
  if (c->odd > 1) { INC(me->ooo, 1); dead(c, true); return; }
  if (!c->replied || c->top < o.top) return;
  if (c->top > o.top) INC(me->dup, 1);
  INC(me->uniq, c->top - o.since); opened(c); c->st = C_DEAD; let_go(c);
}

static bool seen(seqwin *w, u32 s, bool *ooo) { // true when already seen
  *ooo = false;
  if (w->top == 0 && w->mask == 0) { w->top = s; w->mask = 1; if (s) *ooo = false; return false; }
  if (s > w->top) { u32 d = s - w->top; w->mask = d > 63 ? 0 : w->mask << d; w->mask |= 1; w->top = s; return false; }
  u32 d = w->top - s; if (d > 63) { *ooo = true; return false; }
  if (w->mask >> d & 1) return true;
  w->mask |= 1ULL << d; *ooo = true; return false;
}
static int off_ts, off_seq, off_pub;
static inline int find(const char *p, int n, const char *m, int ml, int *cache, int digits) {
  if (*cache + ml + digits <= n && !memcmp(p + *cache, m, (size_t)ml)) return *cache + ml;
  const char *q = memmem(p, (size_t)n, m, (size_t)ml); if (!q || q - p + ml + digits > n) return -1;
  *cache = (int)(q - p); return *cache + ml;
}
static void reply(conn *c, u64 sent, u64 t) { hadd(&me->lat, t - sent); INC(me->replies, 1); INC(me->delivered, 1); if (c->inflight) c->inflight--; lastdel = t; }
static void send_echo(conn *c, u64 ts) {
  msg *m = &msgs[0]; stamp(m, ts, c->seq); if (m->uuid >= 0) puthex(m->frame + m->uuid, c->id, 8);
  c->seq++; c->sent_ns = ts; c->inflight++; if (!LD(me->first_ns)) me->first_ns = ts; tx(c, m->frame, m->flen); INC(me->sent, 1);
}
static void ondata(conn *c, const char *p, int n, u64 t) {
  if (n == 2 && !memcmp(p, "{}", 2)) { char f[8]; int h = framehdr((unsigned char *)f, 1, 2); memcpy(f + h, p, 2); tx(c, f, h + 2); return; } // ping and pong
  if (c->st == C_AWAIT && o.recover) { recovering(c, p, n); return; }
  if (c->st == C_AWAIT) { const char *a = is_apart(c) ? "\"connect\"" : o.await_; if (memmem(p, (size_t)n, a, strlen(a))) opened(c); return; }
  if (is_apart(c)) {
    INC(me->other, 1);
    if (memmem(p, (size_t)n, "\"refused\"", 9) || memmem(p, (size_t)n, "\"error\"", 7)) { INC(me->refused, 1); static int said; if (!said++) fprintf(stderr, "refused: %.*s\n", n < 300 ? n : 300, p); }
    return;
  }
  if (o.mode == M_ECHO && o.reply_any) { reply(c, c->sent_ns, t); if (!o.rate && LD(S->phase) == PH_RUN) send_echo(c, now()); return; }
  bool any = false;
  for (;;) {
    u64 ts, seq = 0, pub = PUBBASE; int k = ml_ts ? find(p, n, mk_ts, ml_ts, &off_ts, 19) : -1;
    if (k < 0 || !get(p + k, 19, &ts) || ts < TSBASE) { if (!any) INC(me->other, 1); return; }
    ts -= TSBASE; any = true;
    if (o.mode == M_ECHO) { reply(c, ts, t); if (!o.rate && LD(S->phase) == PH_RUN) send_echo(c, now()); return; }
    int adv = k + 19;
    if (ml_seq) { int j = find(p, n, mk_seq, ml_seq, &off_seq, 10); if (j >= 0) get(p + j, 10, &seq), seq -= SEQBASE, adv = j + 10 > adv ? j + 10 : adv; }
    if (ml_pub) { int j = find(p, n, mk_pub, ml_pub, &off_pub, 4); if (j >= 0) get(p + j, 4, &pub), adv = j + 4 > adv ? j + 4 : adv; }
    pub -= PUBBASE; INC(me->delivered, 1); lastdel = t;
    if (o.offsets) { u64 v; const char *q = next_offset(p + adv, p + n, &v); if (q) { if (c->top && v != c->top + 1) INC(me->gaps, 1); c->top = v; adv = (int)(q - p); } }
    if (pub >= (u64)o.pubs || (int)(pub % (u64)o.rooms) != (int)(c->id % (u32)o.rooms)) { INC(me->other, 1); return; }
    bool ooo; if (seen(&c->sw[pub / (u64)o.rooms], (u32)seq + 1, &ooo)) INC(me->dup, 1);
    else {
      INC(me->uniq, 1); if (ooo) INC(me->ooo, 1);
      u64 d = t > ts ? t - ts : 0; hadd(&me->lat, d);
      _Atomic u32 *cn = &S->cnt[pub * RING + (seq & (RING - 1))];
      u32 v = (o.workers == 1 ? (atomic_store_explicit(cn, LD(*cn) + 1, memory_order_relaxed), LD(*cn)) : atomic_fetch_add(cn, 1) + 1);
      bool done = v == members((int)(pub % (u64)o.rooms));
      if (done) hadd(&me->comp, d);
      if (arrived) {
        u64 *a = arrived + (pub * aring + seq % aring) * 2; if (c->port < 2 && !a[c->port]) a[c->port] = t;
        if (done && a[0] && a[1]) { hadd(&me->extra, a[1] > a[0] ? a[1] - a[0] : 0); if (a[1] < a[0]) INC(me->early, 1); }
      }
      if (o.ack_own ? c->id == pub : done) {
        atomic_fetch_add(&S->completed[pub], 1);
        if (wi) { u64 one = 1; if (write(evfd, &one, 8) < 0) {} } else dirty_pub = true;
      }
    }
    if (!o.multi || adv >= n) return;
    p += adv; n -= adv;
  }
}
static void onread(conn *c) {
  int have = (int)c->rlen; if (have) { memcpy(rbuf, c->rest, (size_t)have); }
  ssize_t k = get_bytes(c, rbuf + have, (size_t)(RB - have));
  if (k <= 0) { if (k < 0 && errno == EAGAIN) return; dead(c, c->st < C_OPEN); return; }
  u64 t = now(); int n = have + (int)k; char *p = rbuf, *e = rbuf + n;
  if (c->st == C_UPGRADE) {
    char *q = memmem(p, (size_t)n, "\r\n\r\n", 4);
    if (q) {
      if (n < 12 || memcmp(p + 9, "101", 3) || (!o.noverify && !memmem(p, (size_t)(q - p), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 28))) {
        static int said; if (!said++) fprintf(stderr, "upgrade refused: %.*s\n", (int)(q - p), p);
        dead(c, true); return;
      }
      *q = 0;
      if (o.deflate && !strcasestr(p, "permessage-deflate")) { static int told; if (!told++) fprintf(stderr, "permessage-deflate was not agreed to\n"); dead(c, true); return; }
      p = q + 4; c->st = o.await_ ? C_AWAIT : C_UPGRADE;
      if (o.subscribe) {
        char *s = expand_fixed(is_apart(c) ? o.apart : o.subscribe, c->id); size_t sl = strlen(s); char *f = malloc(sl + 14); int h = framehdr((unsigned char *)f, 1, sl);
        memcpy(f + h, s, sl); tx(c, f, h + (int)sl); free(f); free(s); if (c->st == C_DEAD) return;
      }
      if (!o.await_) opened(c);
    }
  }
  if (c->st >= C_AWAIT) while (e - p >= 2) {
    unsigned char b1 = (unsigned char)p[1]; u64 len = b1 & 127; int h = 2;
    if (len == 126) { if (e - p < 4) break; len = ((u64)(unsigned char)p[2] << 8) | (unsigned char)p[3]; h = 4; }
    else if (len == 127) { if (e - p < 10) break; len = 0; for (int i = 0; i < 8; i++) len = len << 8 | (unsigned char)p[2 + i]; h = 10; }
    if (len > RB / 2) die("frame too long");
    if ((u64)(e - p - h) < len) break;
    int op = p[0] & 15;
    if (op <= 2) {
      char *d = p + h; int dn = (int)len; INC(me->wire, (u64)h + len);
      if (p[0] & 0x40) { INC(me->packed, 1); if (!o.deflate || (dn = inflate_message(p + h, len, &d)) < 0) { fprintf(stderr, "a message does not inflate\n"); dead(c, false); return; } }
      ondata(c, d, dn, t);
    }
    else if (op == 9) { unsigned char f[140]; int k2 = framehdr(f, 10, len > 125 ? 125 : len); memcpy(f + k2, p + h, len > 125 ? 125 : len); tx(c, (char *)f, k2 + (int)len); }
    else if (op == 8) { dead(c, false); return; }
    if (c->st == C_DEAD) return;
    p += h + len;
  }
  int left = (int)(e - p);
  if (left) { if ((u32)left > c->rlen || !c->rest) c->rest = realloc(c->rest, (size_t)left); memmove(c->rest, p, (size_t)left); }
  else if (c->rest) { free(c->rest); c->rest = NULL; }
  c->rlen = (u32)left;
}
static void publish(int i, u64 ts) { // worker 0 only; connection i is publisher i
  conn *c = &cs[i]; u64 s = pub_seq[i]++; if (arrived) memset(arrived + ((u64)i * aring + s % aring) * 2, 0, 16);
  atomic_store(&S->cnt[(u64)i * RING + (s & (RING - 1))], 0); atomic_store(&S->nsent[i], pub_seq[i]);
  stamp(&msgs[i], ts, s); if (!LD(me->first_ns)) me->first_ns = ts; INC(me->sent, 1); tx(c, msgs[i].frame, msgs[i].flen);
}
static void worker(int idx, int first, int count) {
  wi = idx; me = &W[idx]; nc = count; prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (o.ncpu) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(o.cpus[idx % o.ncpu], &s); sched_setaffinity(0, sizeof s, &s); }
  if (o.tls) {
    tls = SSL_CTX_new(TLS_client_method()); SSL_CTX_set_min_proto_version(tls, TLS1_3_VERSION);
    SSL_CTX_set_mode(tls, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
  }
  ep = epoll_create1(0); rbuf = malloc(RB + 64); cs = calloc((size_t)nc, sizeof *cs); per_room = (o.pubs + o.rooms - 1) / o.rooms;
  for (int i = 0; i < nc; i++) { cs[i].id = (u32)(first + i); cs[i].fd = -1; cs[i].top = o.since; while (first + i >= o.until[cs[i].port]) cs[i].port++; if (o.mode == M_FANOUT) cs[i].sw = calloc((size_t)per_room, sizeof(seqwin)); }
  npub = 0;
  if (o.mode == M_FANOUT && idx == 0) { npub = o.pubs; if (npub > nc) die("publishers must fit in the first worker"); }
  msgs = calloc((size_t)(npub ? npub : 1), sizeof(msg)); pub_next = calloc((size_t)npub + 1, 8); pub_seq = calloc((size_t)npub + 1, 8);
  if (o.mode == M_FANOUT) { for (int i = 0; i < npub; i++) msgs[i] = build((u32)i, (u32)i); } else msgs[0] = build((u32)first, 0);
  if (npub && o.nport == 2 && o.workers == 1 && o.rooms == 1) { aring = RING / (u32)npub > 64 ? RING / (u32)npub : 64; arrived = calloc((size_t)npub * aring * 2, 8); }
  if (idx == 0 && evfd >= 0) { struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL}; epoll_ctl(ep, EPOLL_CTL_ADD, evfd, &e); }
  struct epoll_event ev[1024]; int prev = -1; u64 began = now(), blocked = 0, echo_next = 0; int echo_rr = 0; int act = o.active && o.active < nc ? o.active : nc;
  for (;;) {
    int ph = atomic_load(&S->phase); u64 t = now(); u64 to = 20000000;
    if (ph == PH_QUIT) { me->last_ns = lastdel; _exit(0); }
    if (ph == PH_CONNECT) {
      u64 may = o.join_rate > 0 ? (u64)((double)(t - began) / 1e9 * o.join_rate / o.workers) + 1 : (u64)nc;
      while (inconn < o.conc && nextc < nc && (u64)nextc < may) start(&cs[nextc++]);
      if (nextc < nc && inconn < o.conc) to = 1000000;
    }
    if (ph != prev) {
      if (ph == PH_RUN) {
        u64 gap = o.rate > 0 ? (u64)(1e9 / o.rate) : 0;
        for (int i = 0; i < npub; i++) pub_next[i] = t + gap * (u64)i / (u64)npub;
        echo_next = t; blocked = 0;
        if (o.mode == M_ECHO && !o.rate) for (int i = 0; i < act; i++) for (int d = 0; d < o.depth; d++) if (cs[i].st == C_OPEN) send_echo(&cs[i], now());
      }
      if (ph == PH_RESET) { // forget the warm-up
        memset(&me->lat, 0, sizeof(hist)); memset(&me->comp, 0, sizeof(hist)); memset(&me->extra, 0, sizeof(hist));
        me->delivered = me->uniq = me->dup = me->ooo = me->gaps = me->early = me->sent = me->replies = me->wire = me->packed = me->first_ns = 0; me->gen = LD(S->gen);
      }
      prev = ph;
    }
    if (ph == PH_RUN && npub) {
      if (o.rate > 0) {
        u64 gap = (u64)(1e9 / o.rate), best = UINT64_MAX;
        for (int i = 0; i < npub; i++) { while (pub_next[i] <= t) { publish(i, pub_next[i]); pub_next[i] += gap; } if (pub_next[i] < best) best = pub_next[i]; }
        t = now(); to = best > t ? best - t : 0; if (to > 20000000) to = 20000000;
      } else {
        bool stuck = true;
        for (int i = 0; i < npub; i++) {
          while (pub_seq[i] - atomic_load(&S->completed[i]) < (u64)o.window) { publish(i, now()); stuck = false; }
        }
        if (!stuck || lastdel > blocked) blocked = now();
        else if (blocked && t > blocked + 2000000000ULL) { // something was lost: go on, and say so
          atomic_fetch_add(&S->stalls, 1); for (int i = 0; i < npub; i++) atomic_store(&S->completed[i], pub_seq[i]); blocked = t;
        }
      }
    }
    if (ph == PH_RUN && o.mode == M_ECHO && o.rate > 0) {
      u64 gap = (u64)(1e9 * o.workers / o.rate);
      while (echo_next <= t) { conn *c = &cs[echo_rr++ % act]; if (c->st == C_OPEN) send_echo(c, echo_next); echo_next += gap; }
      t = now(); to = echo_next > t ? echo_next - t : 0;
    }
    dirty_pub = false;
    struct timespec ts = {(time_t)(to / 1000000000ULL), (long)(to % 1000000000ULL)};
    int n = epoll_pwait2(ep, ev, 1024, &ts, NULL);
    for (int i = 0; i < n; i++) {
      conn *c = ev[i].data.ptr;
      if (!c) { u64 x; if (read(evfd, &x, 8) < 0) {} continue; }
      if (c->st == C_DEAD) continue;
      if (c->st == C_CONNECTING) { if (ev[i].events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) { if (o.tls) shake(c); else handshake(c); } continue; }
      if (c->st == C_TLS) { shake(c); continue; }
      if (ev[i].events & EPOLLOUT && c->olen) flushout(c);
      if (ev[i].events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) onread(c);
      if (dirty_pub && npub && o.rate <= 0 && ph == PH_RUN) { // keep the window full within a long event batch
        dirty_pub = false; for (int q = 0; q < npub; q++) while (pub_seq[q] - atomic_load(&S->completed[q]) < (u64)o.window) publish(q, now());
      }
    }
    me->last_ns = lastdel;
  }
}

static u64 total(size_t off) { u64 s = 0; for (int i = 0; i < o.workers; i++) s += atomic_load((_Atomic u64 *)((char *)&W[i] + off)); return s; }
#define TOT(f) total(offsetof(wstat, f))
static void nap(double s) { struct timespec t = {(time_t)s, (long)((s - (double)(time_t)s) * 1e9)}; nanosleep(&t, NULL); }
static bool drain_all(double maxs) { // wait for the outstanding deliveries
  u64 t0 = now();
  for (;;) {
    u64 exp = 0; if (o.mode == M_ECHO) exp = TOT(sent);
    if (o.mode == M_ECHO ? TOT(replies) >= exp : false) return true;
    if (o.mode == M_FANOUT) { u64 e = 0; u64 sent = TOT(sent); if (o.rooms == 1) e = sent * members(0); else { e = 0; /* upper bound is settled by quiet below */ }
      if (o.rooms == 1 && TOT(uniq) >= e) return true; }
    static u64 last, since; u64 d = TOT(delivered); u64 t = now(); if (d != last) { last = d; since = t; }
    if (o.rooms > 1 && since && t - since > 300000000ULL) return true;
    if ((double)(t - t0) > maxs * 1e9) return false;
    nap(0.002);
  }
}
static pid_t kids[MAXW];
static void cleanup(void) { for (int i = 0; i < MAXW; i++) if (kids[i] > 0) kill(kids[i], SIGKILL); }
static void onsig(int s) { (void)s; cleanup(); _exit(3); }
static volatile sig_atomic_t enough; // SIGUSR1: idle has been held for long enough
static void onenough(int s) { (void)s; enough = 1; }

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *a = argv[i]; 
    #define ARG (++i < argc ? argv[i] : (die("%s needs a value", a), ""))
    if (!strcmp(a, "fanout")) o.mode = M_FANOUT; else if (!strcmp(a, "echo")) o.mode = M_ECHO; else if (!strcmp(a, "idle")) o.mode = M_IDLE;
    else if (!strcmp(a, "--host")) o.host = ARG; else if (!strcmp(a, "--port")) {
      if (o.nport == MAXPORTS) die("too many ports");
      const char *v = ARG, *c = strchr(v, ':'); o.port[o.nport] = atoi(v); o.until[o.nport++] = c ? atoi(c + 1) : 0;
    }
    else if (!strcmp(a, "--apart")) o.apart = ARG; else if (!strcmp(a, "--offsets")) o.offsets = true;
    else if (!strcmp(a, "--recover")) { if (sscanf(ARG, "%lu:%lu", &o.since, &o.top) != 2) die("--recover wants SINCE:TOP"); o.recover = true; }
    else if (!strcmp(a, "--connect-rate")) o.join_rate = atof(ARG); else if (!strcmp(a, "--connect-limit")) o.join_limit = atof(ARG);
    else if (!strcmp(a, "--path")) o.path = ARG;
    else if (!strcmp(a, "--header")) { if (o.nhdr == 8) die("8 headers at most"); o.hdr[o.nhdr++] = ARG; }
    else if (!strcmp(a, "-n")) o.n = atoi(ARG); else if (!strcmp(a, "-p")) o.pubs = atoi(ARG); else if (!strcmp(a, "-s")) o.size = atoi(ARG);
    else if (!strcmp(a, "--rate")) o.rate = atof(ARG); else if (!strcmp(a, "--window")) o.window = atoi(ARG); else if (!strcmp(a, "--ack")) o.ack_own = !strcmp(ARG, "own");
    else if (!strcmp(a, "--no-self")) o.noself = true; else if (!strcmp(a, "--binary")) o.binary = true; else if (!strcmp(a, "--reply-any")) o.reply_any = true;
    else if (!strcmp(a, "--multi")) o.multi = true; else if (!strcmp(a, "--no-verify")) o.noverify = true; else if (!strcmp(a, "--tls")) o.tls = true; else if (!strcmp(a, "--deflate")) o.deflate = true;
    else if (!strcmp(a, "--rooms")) o.rooms = atoi(ARG); else if (!strcmp(a, "--workers")) o.workers = atoi(ARG); else if (!strcmp(a, "--connect-concurrency")) o.conc = atoi(ARG);
    else if (!strcmp(a, "--active")) o.active = atoi(ARG); else if (!strcmp(a, "--depth")) o.depth = atoi(ARG);
    else if (!strcmp(a, "--cpus")) { char *d = strdup(ARG), *sv = NULL; for (char *x = strtok_r(d, ",", &sv); x && o.ncpu < 64; x = strtok_r(NULL, ",", &sv)) o.cpus[o.ncpu++] = atoi(x); }
    else if (!strcmp(a, "--duration")) o.dur = atof(ARG); else if (!strcmp(a, "--warmup")) o.warm = atof(ARG); else if (!strcmp(a, "--settle")) o.settle = atof(ARG); else if (!strcmp(a, "--drain")) o.drain = atof(ARG);
    else if (!strcmp(a, "--subscribe")) o.subscribe = ARG; else if (!strcmp(a, "--await")) o.await_ = ARG; else if (!strcmp(a, "--publish-template")) o.tmpl = ARG;
    else if (!strcmp(a, "--tokens")) read_tokens(ARG);
    else if (!strcmp(a, "--label")) o.label = ARG; else if (!strcmp(a, "--pid")) { if (o.npid == MAXPIDS) die("too many pids"); o.pids[o.npid++] = atoi(ARG); }
    else die("usage: wsload fanout|echo|idle [--host H] [--port P[:COUNT]]... [--path T] [--header T]... [-n clients] [-p publishers] [-s bytes]\n"
             "  [--rate msg/s per publisher (echo: in all)] [--window W] [--ack all|own] [--no-self] [--rooms K] [--binary] [--multi]\n"
             "  [--subscribe T] [--await TEXT] [--publish-template T] [--reply-any] [--tokens FILE] [--active N] [--depth D] [--no-verify]\n"
             "  [--apart T] [--offsets] [--tls] [--deflate] [--recover SINCE:TOP] [--connect-rate R in all] [--connect-limit s]\n"
             "  [--workers K] [--cpus 1,..] [--connect-concurrency C] [--duration s] [--warmup s] [--settle s] [--drain s] [--pid P]... [--label L]");
  }
  hz = (double)sysconf(_SC_CLK_TCK); setvbuf(stdout, NULL, _IOLBF, 0);
  if (o.mode != M_FANOUT) o.pubs = 1;
  if (o.workers < 1 || o.workers > MAXW || o.pubs < 1 || o.pubs > MAXPUB || o.rooms < 1 || o.rooms > 65535 || o.n < 1 || o.window >= RING / 2) die("argument out of range");
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
  while ((rlim_t)(o.n / o.workers + 64) > rl.rlim_cur) if (++o.workers > MAXW) die("fd limit %lu too low", (unsigned long)rl.rlim_cur);
  marker("%TS%", mk_ts, &ml_ts); marker("%SEQ%", mk_seq, &ml_seq); marker("%PUB%", mk_pub, &ml_pub);
  if (!ml_ts && !(o.mode == M_ECHO && o.reply_any) && o.mode != M_IDLE) die("the publish template needs some text and %%TS%%");
  if (!o.nport) { o.port[0] = 9001; o.nport = 1; }
  for (int i = 0, at = 0; i < o.nport; i++) {
    dst[i].sin_family = AF_INET; dst[i].sin_port = htons((uint16_t)o.port[i]); if (inet_pton(AF_INET, o.host, &dst[i].sin_addr) != 1) die("--host wants an IPv4 address");
    if ((ntohl(dst[i].sin_addr.s_addr) >> 24) != 127) die("loopback only");
    o.until[i] = at += o.until[i] ? o.until[i] : (o.n - at) / (o.nport - i);
    if (i == o.nport - 1 && at != o.n) die("the ports have %d connections together, and -n says %d", at, o.n);
  }
  if (o.apart && (o.rooms > 1 || !o.await_)) die("--apart is for one room, and wants --await");
  if (o.recover && (o.mode != M_IDLE || !o.await_)) die("--recover is for idle, and wants --await");
  salt = (u64)getpid() & 0xffff;
  for (int i = o.apart ? o.pubs : 0; i < o.n; i++) room_members[i % o.rooms]++;
  size_t ssz = sizeof(shared) + sizeof(u32) * (size_t)o.pubs * RING, wsz = sizeof(wstat) * MAXW;
  S = mmap(NULL, ssz, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); W = mmap(NULL, wsz, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (S == MAP_FAILED || W == MAP_FAILED) die("mmap");
  evfd = o.workers > 1 ? eventfd(0, EFD_NONBLOCK) : -1; signal(SIGPIPE, SIG_IGN);
  pst s0 = stats(o.pids, o.npid); long tin0, tpg0, tin1, tpg1; tcp_mem(&tin0, &tpg0);
  signal(SIGINT, onsig); signal(SIGTERM, onsig); signal(SIGUSR1, onenough);
  u64 tc0 = now(); int first = 0;
  for (int i = 0; i < o.workers; i++) { int cnt = o.n / o.workers + (i < o.n % o.workers); pid_t p = fork(); if (p == 0) { worker(i, first, cnt); _exit(0); } kids[i] = p; first += cnt; }
  while (TOT(connected) + TOT(failed) < (u64)o.n && (double)(now() - tc0) < o.join_limit * 1e9) nap(0.001);
  double tconn = (double)(now() - tc0) / 1e9; u64 connected = TOT(connected), failed = TOT(failed);
  pst sc = stats(o.pids, o.npid); atomic_store(&S->phase, PH_HOLD);
  if (failed || connected < (u64)o.n) fprintf(stderr, "WARNING: %lu of %d connected, %lu failed\n", connected, o.n, failed);
  nap(o.settle); pst s1 = stats(o.pids, o.npid); tcp_mem(&tin1, &tpg1); u64 available = mem_available();
  hist *lat = calloc(1, sizeof(hist)), *comp = calloc(1, sizeof(hist)), *hc = calloc(1, sizeof(hist)), *extra = calloc(1, sizeof(hist));
  for (int i = 0; i < o.workers; i++) hmerge(hc, &W[i].conn);
  double dt = 0, ccpu = 0, scpu = 0, idlecpu = 0; double each[MAXPIDS] = {0}; u64 sent = 0, uniq = 0, dup = 0, ooo = 0, expct = 0, delivered = 0; pst s3 = s1; bool drained = true;
  if (o.mode == M_IDLE) {
    uniq = TOT(uniq); dup = TOT(dup); ooo = TOT(ooo); expct = o.recover ? (u64)o.n * (o.top - o.since) : 0;
    double c0 = stats(o.pids, o.npid).cpu; u64 h0 = now(); while (!enough && (double)(now() - h0) < o.dur * 1e9) nap(o.dur - (double)(now() - h0) / 1e9); dt = (double)(now() - h0) / 1e9; s3 = stats(o.pids, o.npid); idlecpu = (s3.cpu - c0) / dt;
  } else if (connected == (u64)o.n) {
    if (o.warm > 0) {
      atomic_store(&S->phase, PH_RUN); nap(o.warm); atomic_store(&S->phase, PH_DRAIN); nap(0.03); drain_all(o.drain); nap(0.05);
      atomic_store(&S->gen, 1); atomic_store(&S->phase, PH_RESET); for (int w = 0; w < 2000 && TOT(gen) < (u64)o.workers; w++) nap(0.001);
    }
    u64 seq0[MAXPUB]; for (int i = 0; i < o.pubs; i++) seq0[i] = atomic_load(&S->nsent[i]);
    atomic_store(&S->stalls, 0);
    pst s2 = stats(o.pids, o.npid); for (int i = 0; i < o.npid; i++) each[i] = cpu_of(o.pids[i]); double cc0 = 0; for (int i = 0; i < o.workers; i++) cc0 += cpu_of(kids[i]);
    atomic_store(&S->phase, PH_RUN); nap(o.dur); atomic_store(&S->phase, PH_DRAIN); nap(0.03); drained = drain_all(o.drain);
    s3 = stats(o.pids, o.npid); for (int i = 0; i < o.npid; i++) each[i] = cpu_of(o.pids[i]) - each[i]; for (int i = 0; i < o.workers; i++) ccpu += cpu_of(kids[i]); ccpu -= cc0; scpu = s3.cpu - s2.cpu; nap(0.03);
    u64 f = UINT64_MAX, l = 0; for (int i = 0; i < o.workers; i++) { u64 a = W[i].first_ns; if (a && a < f) f = a; if (W[i].last_ns > l) l = W[i].last_ns; hmerge(lat, &W[i].lat); hmerge(comp, &W[i].comp); hmerge(extra, &W[i].extra); }
    dt = l > f ? (double)(l - f) / 1e9 : 0; sent = TOT(sent); delivered = TOT(delivered);
    if (o.mode == M_FANOUT) { uniq = TOT(uniq); dup = TOT(dup); ooo = TOT(ooo);
      for (int i = 0; i < o.pubs; i++) expct += (atomic_load(&S->nsent[i]) - seq0[i]) * members(i % o.rooms); }
    else { uniq = TOT(replies); expct = sent; }
  }
  atomic_store(&S->phase, PH_QUIT);
  for (int i = 0; i < o.workers; i++) { for (int k = 0; k < 3000 && waitpid(kids[i], NULL, WNOHANG) == 0; k++) { nap(0.001); if (k == 2990) kill(kids[i], SIGKILL); } kids[i] = 0; }
  double rss_pc = connected ? ((double)s1.rss - (double)s0.rss) / (double)connected : 0, us = uniq ? scpu * 1e6 / (double)uniq : 0;
  double kmem_pc = connected ? (double)(tpg1 - tpg0) * 4096.0 / (double)connected : 0;
  const char *mode = o.mode == M_FANOUT ? "fanout" : o.mode == M_ECHO ? "echo" : "idle";
  fprintf(stderr, "%s %s: n=%d size=%d %s\n", o.label, mode, o.n, o.size, o.mode == M_IDLE ? "" : o.rate > 0 ? "open loop" : "closed loop");
  fprintf(stderr, "  connect: %lu ok, %lu failed, %.0f/s (server CPU %.1f us each), p50 %.2f ms p99 %.2f ms\n", connected, failed, (double)connected / tconn, connected ? (sc.cpu - s0.cpu) * 1e6 / (double)connected : 0, (double)hpct(hc, .5) / 1e6, (double)hpct(hc, .99) / 1e6);
  fprintf(stderr, "  server RSS: %.1f MB before, %.1f MB with connections (%.0f bytes per connection), %.1f MB at the end; kernel TCP buffer pages %+.0f bytes per connection\n", (double)s0.rss / 1e6, (double)s1.rss / 1e6, rss_pc, (double)s3.rss / 1e6, kmem_pc);
  if (o.mode == M_IDLE) fprintf(stderr, "  idle server CPU: %.2f %%\n", idlecpu * 100);
  else {
    fprintf(stderr, "  %lu sent, %lu expected, %lu delivered, %ld missing, %lu duplicate, %lu out of order, %lu other frames, %lu closed, %lu stalls%s\n", sent, expct, uniq, (long)(expct - uniq), dup, ooo, TOT(other), TOT(closed), LD(S->stalls), drained ? "" : " (NOT DRAINED)");
    fprintf(stderr, "  %.0f %s/s over %.2f s; server CPU %.2f s = %.2f us each; client CPU %.2f s = %.2f us each\n", dt > 0 ? (double)uniq / dt : 0, o.mode == M_ECHO ? "replies" : "deliveries", dt, scpu, us, ccpu, uniq ? ccpu * 1e6 / (double)uniq : 0);
    fprintf(stderr, "  latency ms: p50 %.3f p95 %.3f p99 %.3f p99.9 %.3f max %.3f", (double)hpct(lat, .5) / 1e6, (double)hpct(lat, .95) / 1e6, (double)hpct(lat, .99) / 1e6, (double)hpct(lat, .999) / 1e6, (double)lat->max / 1e6);
    if (o.mode == M_FANOUT) fprintf(stderr, "; whole cohort reached: p50 %.3f p99 %.3f max %.3f", (double)hpct(comp, .5) / 1e6, (double)hpct(comp, .99) / 1e6, (double)comp->max / 1e6);
    fputc('\n', stderr);
  }
  printf("{\"label\":\"%s\",\"mode\":\"%s\",\"n\":%d,\"size\":%d,\"pubs\":%d,\"rate\":%g,\"window\":%d,\"rooms\":%d,\"workers\":%d,\"connected\":%lu,\"failed\":%lu,\"conn_per_s\":%.0f,\"conn_cpu_us\":%.2f,"
         "\"rss0\":%lu,\"rss_idle\":%lu,\"rss_end\":%lu,\"rss_per_conn\":%.0f,\"anon_per_conn\":%.0f,\"idle_cpu_pct\":%.2f,\"sent\":%lu,\"expected\":%lu,\"delivered\":%lu,\"missing\":%ld,\"dup\":%lu,\"ooo\":%lu,\"other\":%lu,\"closed\":%lu,\"stalls\":%lu,\"drained\":%s,"
         "\"secs\":%.3f,\"per_s\":%.0f,\"server_cpu_s\":%.2f,\"server_us\":%.3f,\"client_cpu_s\":%.2f,\"client_us\":%.3f,\"p50_us\":%.1f,\"p95_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f,\"comp_p50_us\":%.1f,\"comp_p99_us\":%.1f,\"comp_max_us\":%.1f,"
         "\"join_p50_us\":%.1f,\"join_p99_us\":%.1f,\"join_s\":%.3f,\"gaps\":%lu,\"early\":%lu,\"refused\":%lu,\"available\":%lu,\"settle_cpu_s\":%.2f,\"extra_p50_us\":%.1f,\"extra_p99_us\":%.1f,\"extra_max_us\":%.1f,\"wire\":%lu,\"packed\":%lu,\"cpu\":[",
         o.label, mode, o.n, o.size, o.pubs, o.rate, o.window, o.rooms, o.workers, connected, failed, (double)connected / tconn, connected ? (sc.cpu - s0.cpu) * 1e6 / (double)connected : 0,
         s0.rss, s1.rss, s3.rss, rss_pc, connected ? ((double)s1.anon - (double)s0.anon) / (double)connected : 0, idlecpu * 100, sent, expct, uniq, (long)(expct - uniq), dup, ooo, TOT(other), TOT(closed), LD(S->stalls), drained ? "true" : "false",
         dt, dt > 0 ? (double)uniq / dt : 0, scpu, us, ccpu, uniq ? ccpu * 1e6 / (double)uniq : 0, (double)hpct(lat, .5) / 1e3, (double)hpct(lat, .95) / 1e3, (double)hpct(lat, .99) / 1e3, (double)hpct(lat, .999) / 1e3, (double)lat->max / 1e3, (double)hpct(comp, .5) / 1e3, (double)hpct(comp, .99) / 1e3, (double)comp->max / 1e3,
         (double)hpct(hc, .5) / 1e3, (double)hpct(hc, .99) / 1e3, tconn, TOT(gaps), TOT(early), TOT(refused), available, s1.cpu - sc.cpu, (double)hpct(extra, .5) / 1e3, (double)hpct(extra, .99) / 1e3, (double)extra->max / 1e3, TOT(wire), TOT(packed));
  for (int i = 0; i < o.npid; i++) printf("%s%.2f", i ? "," : "", each[i]);
  printf("]}\n");
  (void)delivered; return failed || (o.mode != M_IDLE && uniq != expct) ? 1 : 0;
}
