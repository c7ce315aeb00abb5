// hostile - clients that mean harm, on the loopback, bounded in number and time (Linux, C11, zlib).
//
//   burst    each sends --each commands in one go, once a second
//   names    each asks for --each channels of different names at --rate commands a second in all, then comes anew
//   mute     each subscribes, asks for history --rate times a second, and never reads
//   trickle  half send the handshake, half a frame, a byte a second
//   lies     --rate connections a second that announce other lengths than they send, in HTTP and in frames
//   aborts   --rate connections a second, cut by RST before, within and behind the handshake
//   bombs    --rate connections a second, each sends a message that is a thousand times larger than its frame
//   slow     each subscribes, has more waiting than sockets hold, and reads --rate bytes a second; no harm but slowness.
//            In the end it reads all there is: offsets of publications must follow each other
//
// Prints "ready" when the harm is under way; ends after --seconds or on SIGTERM, with one JSON line: what was `opened` and
// `sent`, by how many the server was still `open`, what it answered (HTTP statuses, error codes, close codes), and how many
// were `cut` without a word.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>

typedef uint64_t u64;
typedef uint32_t u32;
#define SECOND 1000000000ULL
enum { BURST, NAMES, MUTE, TRICKLE, LIES, ABORTS, BOMBS, SLOW, MODES };
static const char *const mode_names[MODES] = {"burst", "names", "mute", "trickle", "lies", "aborts", "bombs", "slow"};
// A connection goes through these in order; LIVE: the session is connected, or the harm may begin.
enum { FREE, CONNECTING, UPGRADING, GREETING, LIVE };
typedef struct {
  int fd; u32 id, kind, turn; unsigned char st, need, have, push, code_at, offset_at; bool in_frame, writes;
  u64 next, until, left, number, line, top; unsigned char head[14]; char answer[1024]; u32 alen;
  char *out; u32 olen, ocap;
} conn;

static struct { int mode, port, n, each, cpu; double rate, seconds; const char *channel; bool tokens; } o =
  {.mode = -1, .n = 100, .each = 10000, .cpu = -1, .rate = 1000, .seconds = 60, .channel = "bench:1"};
static conn *cs; static int ep; static struct sockaddr_in place; static char **tokens; static u32 ntokens;
static u64 opened, sent, cut, gaps, behind, inflated_to, began; static volatile sig_atomic_t stop;
static char *load; static size_t load_size; // what a burst or a bomb sends
static struct { char name[32]; u64 count; } answers[64];

static u64 now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (u64)t.tv_sec * SECOND + (u64)t.tv_nsec; }
static void die(const char *f, ...) { va_list a; va_start(a, f); vfprintf(stderr, f, a); va_end(a); fputc('\n', stderr); exit(2); }
static void on_signal(int s) { (void)s; stop = 1; }
static void count_answer(const char *kind, u64 code) {
  char name[32]; snprintf(name, sizeof name, "%s%lu", kind, (unsigned long)code);
  for (int i = 0; i < 64; i++) {
    if (!answers[i].count) strcpy(answers[i].name, name);
    if (!strcmp(answers[i].name, name)) { answers[i].count++; return; }
  }
}
static bool lasts(void) { return o.mode <= TRICKLE || o.mode == SLOW; } // else: so many new connections a second

// ---- frames and what is sent ----
static size_t header(unsigned char *h, int first, u64 len) { // of a client's frame, masked with zeros
  size_t k = 2; h[0] = (unsigned char)first;
  if (len < 126) h[1] = (unsigned char)(0x80 | len);
  else if (len < 65536) { h[1] = 0x80 | 126; h[2] = (unsigned char)(len >> 8); h[3] = (unsigned char)len; k = 4; }
  else { h[1] = 0x80 | 127; for (int i = 0; i < 8; i++) h[2 + i] = (unsigned char)(len >> (56 - 8 * i)); k = 10; }
  memset(h + k, 0, 4); return k + 4;
}
static void interest(conn *c) {
  bool hears = !(o.mode == MUTE && c->st >= GREETING) && !(o.mode == SLOW && c->st >= LIVE);
  struct epoll_event e = {.events = EPOLLRDHUP | (hears ? EPOLLIN : 0) | (c->olen || c->st == CONNECTING ? EPOLLOUT : 0), .data.ptr = c};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
}
static void end(conn *c) {
  if (c->st == FREE) return;
  close(c->fd); c->st = FREE; c->olen = 0; c->next = now() + SECOND;
}
static bool put(conn *c, const void *p, size_t n) { // what the socket does not take waits, without a bound: a load is small
  ssize_t k = 0;
  if (!c->olen && (k = send(c->fd, p, n, MSG_NOSIGNAL)) < 0) { if (errno != EAGAIN) { cut++; end(c); return false; } k = 0; }
  if ((size_t)k == n) return true;
  size_t rest = n - (size_t)k;
  if (c->olen + rest > c->ocap) { c->ocap = (u32)(c->olen + rest); c->out = realloc(c->out, c->ocap); }
  memcpy(c->out + c->olen, (const char *)p + k, rest); c->olen += (u32)rest; interest(c); return true;
}
static bool put_text(conn *c, const char *text, size_t n) {
  unsigned char *b = malloc(n + 14); size_t k = header(b, 0x81, n); memcpy(b + k, text, n);
  bool good = put(c, b, n + k); free(b); return good;
}
static void flush_out(conn *c) {
  ssize_t k = send(c->fd, c->out, c->olen, MSG_NOSIGNAL);
  if (k < 0 && errno != EAGAIN) { cut++; end(c); return; }
  if (k <= 0) return;
  c->olen -= (u32)k; memmove(c->out, c->out + k, c->olen); if (!c->olen) interest(c);
}
static void make_burst(void) { // --each commands of different kinds, in messages of 32 KiB and less
  char *text = malloc(1 << 16); load = malloc((size_t)o.each * 96 + 65536); size_t n = 0;
  for (int i = 0; i < o.each; i++) {
    const char *kind = i % 3 == 0 ? "\"ping\":{}" : i % 3 == 1 ? "\"rpc\":{\"method\":\"no.such\",\"data\":{}}" : "\"history\":{\"channel\":\"bench:1\",\"limit\":1}";
    n += (size_t)sprintf(text + n, "%s{\"id\":%d,%s}", n ? "\n" : "", i + 10, kind);
    if (n < 32000 && i < o.each - 1) continue;
    load_size += header((unsigned char *)load + load_size, 0x81, n); memcpy(load + load_size, text, n); load_size += n; n = 0;
  }
  free(text);
}
static void make_bomb(void) { // spaces, which deflate makes a thousandth of: below the largest message, far above when inflated
  enum { LARGE = 60 << 20 }; z_stream z = {0}; static unsigned char in[1 << 16], packed[65536]; memset(in, ' ', sizeof in);
  if (deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY) != Z_OK) die("zlib");
  z.next_out = packed; z.avail_out = sizeof packed;
  for (int i = 0; i < LARGE / (int)sizeof in; i++) { z.next_in = in; z.avail_in = sizeof in; deflate(&z, i == LARGE / (int)sizeof in - 1 ? Z_SYNC_FLUSH : Z_NO_FLUSH); }
  size_t n = sizeof packed - z.avail_out - 4; if (!z.avail_out) die("the bomb is too large"); // without 00 00 FF FF (RFC 7692 §7.2.1)
  deflateEnd(&z); inflated_to = LARGE;
  load = malloc(n + 14); load_size = header((unsigned char *)load, 0xC1, n); memcpy(load + load_size, packed, n); load_size += n;
}
static const char *request(const char *more) {
  static char b[600];
  snprintf(b, sizeof b, "GET /connection/websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n", o.port, more);
  return b;
}
static bool say_hello(conn *c) {
  char b[4096]; int n = snprintf(b, sizeof b, "{\"id\":1,\"connect\":{\"token\":\"%s\"}}\n{\"id\":2,\"subscribe\":{\"channel\":\"%s\"}}", tokens[c->id % ntokens], o.channel);
  return put_text(c, b, (size_t)n);
}

// ---- lies ----
static const struct { bool upgrades; const char *text; size_t size; } lies[] = {
#define LIE(up, text) {up, text, sizeof text - 1}
  LIE(true, "\x81\xff\x3f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0{}"),  // a frame of 2^62 bytes
  LIE(true, "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0{}"),  // of 2^64, which no frame may have
  LIE(true, "\x81\xfe\xfd\xe8\0\0\0\0{\"id\":1,"),                  // of 65,000, of which eight come
  LIE(true, "\x81\xfe\0\x05\0\0\0\0{\"id\""),                       // of five in the longer form
  LIE(true, "\x89\xfe\x02\0\0\0\0\0ping"),                          // a ping of 512
  LIE(false, "POST /api/v1/live_token HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999999\r\n\r\n{}"),
  LIE(false, "POST /api/v1/live_token HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n{}"),
  LIE(false, "POST /api/v1/live_token HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}"),
  LIE(false, "POST /api/v1/live_token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 40\r\n\r\n{}GET / HTTP/1.1\r\n"),
  LIE(false, "POST /api/v1/live_token HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
};
enum { KINDS_OF_LIES = sizeof lies / sizeof *lies };

// ---- a connection's way ----
static void start(conn *c) {
  if ((c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) < 0) die("socket: %s", strerror(errno));
  int one = 1; setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, 4);
  struct linger hard = {1, 0}; setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  if (o.mode == MUTE || o.mode == SLOW) { int small = 2304; setsockopt(c->fd, SOL_SOCKET, SO_RCVBUF, &small, 4); }
  c->st = CONNECTING; c->until = now() + 2 * SECOND; c->alen = 0; c->in_frame = false; c->have = 0; c->need = 2; c->left = 0;
  c->line = c->code_at = c->offset_at = c->push = 0; c->turn = 0; c->top = 0;
  if (connect(c->fd, (void *)&place, sizeof place) && errno != EINPROGRESS) { cut++; close(c->fd); c->st = FREE; c->next = now() + SECOND; return; }
  struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP, .data.ptr = c}; epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &e);
}
static void connected(conn *c) {
  int err = 0; socklen_t l = sizeof err; getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &l); if (err) { cut++; end(c); return; }
  opened++; c->st = UPGRADING; interest(c);
  const char *text = request(o.mode == BOMBS ? "Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover; server_no_context_takeover\r\n" : "");
  switch (o.mode) {
  case ABORTS: // before a byte, within the handshake, behind it; the last kind waits for its answer
    if (c->kind % 4 && !put(c, text, c->kind % 4 == 1 ? strlen(text) / 2 : strlen(text))) return;
    sent++; if (c->kind % 4 < 3) end(c);
    return;
  case LIES:
    if (lies[c->kind % KINDS_OF_LIES].upgrades) { put(c, text, strlen(text)); return; }
    if (put(c, lies[c->kind % KINDS_OF_LIES].text, lies[c->kind % KINDS_OF_LIES].size)) sent++;
    return;
  case TRICKLE: if (c->id % 2 == 0) { c->next = now() + SECOND * c->id / (u64)o.n; return; } break;
  }
  put(c, text, strlen(text));
}
static void upgraded(conn *c) {
  c->st = GREETING;
  if (o.mode == ABORTS) { end(c); return; }
  if (o.mode == LIES) { c->st = LIVE; if (put(c, lies[c->kind % KINDS_OF_LIES].text, lies[c->kind % KINDS_OF_LIES].size)) sent++; return; }
  if (o.mode == BOMBS) {
    if (!strcasestr(c->answer, "permessage-deflate")) { count_answer("no deflate ", 0); end(c); return; }
    c->st = LIVE; if (put(c, load, load_size)) sent++;
    return;
  }
  if (!say_hello(c)) return;
  if (o.mode == MUTE) { c->st = LIVE; c->next = now() + (u64)(1e9 / o.rate * c->id / o.n); interest(c); } // not all at the same moment
}
static void greeted(conn *c) {
  c->st = LIVE; c->next = now() + SECOND * c->id / (u64)o.n;
  if (o.mode == TRICKLE) { unsigned char h[14]; size_t k = header(h, 0x81, 1000); put(c, h, k); }
  if (o.mode == SLOW) { // a backlog from the beginning: what is kept of the channel, several times
    char b[200]; for (int i = 0; i < 12 && c->st == LIVE; i++) { int n = snprintf(b, sizeof b, "{\"id\":%d,\"history\":{\"channel\":\"%s\",\"limit\":100}}", i + 3, o.channel); put_text(c, b, (size_t)n); }
    if (c->st == LIVE) interest(c);
  }
}
// Looks for "code":N and, in lines that are pushes, for "offset":N.
static void scan(conn *c, const unsigned char *p, size_t n) {
  static const char code[] = "\"code\":", offset[] = "\"offset\":", push[] = "{\"push\"";
  for (size_t i = 0; i < n; i++) {
    char b = (char)p[i]; bool digit = b >= '0' && b <= '9';
    if (c->code_at == sizeof code - 1) { if (digit) { c->number = c->number * 10 + (u64)(b - '0'); continue; } count_answer("error ", c->number); c->code_at = 0; }
    if (c->offset_at == sizeof offset - 1) {
      if (digit) { c->number = c->number * 10 + (u64)(b - '0'); continue; }
      if (c->push) { if (c->top && c->number != c->top + 1) gaps++; c->top = c->number; }
      c->offset_at = 0;
    }
    if (b == '\n') { c->line = 0; continue; }
    if (c->line < sizeof push - 1) { c->push = b == push[c->line] && (c->line == 0 || c->push); }
    c->line++;
    c->code_at = b == code[c->code_at] ? c->code_at + 1 : b == '"'; c->offset_at = b == offset[c->offset_at] ? c->offset_at + 1 : b == '"';
    if (c->code_at == sizeof code - 1 || c->offset_at == sizeof offset - 1) c->number = 0;
  }
}
static void frames(conn *c, const unsigned char *p, size_t n) {
  while (n && c->st != FREE) {
    if (!c->in_frame) {
      while (n && c->have < c->need) { c->head[c->have++] = *p++; n--; if (c->have == 2) c->need = c->head[1] == 126 ? 4 : c->head[1] == 127 ? 10 : 2; }
      if (c->have < c->need) return;
      c->left = c->head[1]; if (c->need > 2) { c->left = 0; for (int i = 2; i < c->need; i++) c->left = c->left << 8 | c->head[i]; }
      c->in_frame = true; c->line = 0; c->number = 0; c->alen = 0;
    }
    size_t k = c->left < n ? (size_t)c->left : n; int op = c->head[0] & 15;
    if (op == 8) { for (size_t i = 0; i < k && c->alen < 2; i++) c->answer[c->alen++] = (char)p[i]; }
    else if (op <= 2) scan(c, p, k);
    p += k; n -= k; c->left -= k;
    if (c->left) return;
    c->in_frame = false; c->have = 0; c->need = 2;
    if (op == 8) { count_answer("close ", c->alen == 2 ? (u64)((unsigned char)c->answer[0] << 8 | (unsigned char)c->answer[1]) : 1005); end(c); return; }
    if (c->st == GREETING) greeted(c);
  }
}
static void readable(conn *c, size_t most) {
  static unsigned char b[1 << 16]; ssize_t k = recv(c->fd, b, most < sizeof b ? most : sizeof b, 0);
  if (k <= 0) { if (k < 0 && errno == EAGAIN) return; cut++; end(c); return; }
  unsigned char *p = b; size_t n = (size_t)k;
  if (c->st == UPGRADING) {
    char *e = NULL;
    while (n && !e) { if (c->alen == sizeof c->answer - 1) die("a long answer"); c->answer[c->alen++] = (char)*p++; n--; c->answer[c->alen] = 0; if (c->alen >= 4 && !memcmp(c->answer + c->alen - 4, "\r\n\r\n", 4)) e = c->answer; }
    if (!e) return;
    int status = atoi(c->answer + 9);
    if (status != 101) { count_answer("HTTP ", (u64)status); end(c); return; }
    upgraded(c);
  }
  if (c->st >= GREETING) frames(c, p, n);
}

// ---- what is done as time goes on ----
static void go_on(conn *c, u64 t) {
  char b[256]; int n;
  if (c->st == FREE) { if (t >= c->next && lasts()) start(c); return; }
  if (t < c->next) return;
  switch (o.mode) {
  case BURST: if (c->st == LIVE) { c->next = t + SECOND; if (!c->olen && put(c, load, load_size)) sent += (u64)o.each; } break;
  case NAMES: {
    if (c->st != LIVE) break;
    u64 gap = SECOND / 20; c->next = t + gap; int k = (int)(o.rate / 20 / o.n); char *text = malloc((size_t)k * 80 + 1); size_t m = 0;
    if (c->olen) { free(text); break; }
    for (int i = 0; i < k && c->turn < (u32)o.each; i++, c->turn++, sent++) m += (size_t)sprintf(text + m, "%s{\"id\":%u,\"subscribe\":{\"channel\":\"bench:%08x-%lx\"}}", m ? "\n" : "", c->turn + 3, c->id, (unsigned long)sent);
    if (m) put_text(c, text, m); else end(c);
    free(text); break;
  }
  case MUTE:
    if (c->st != LIVE) break;
    c->next = t + (u64)(1e9 / o.rate); n = snprintf(b, sizeof b, "{\"id\":3,\"history\":{\"channel\":\"%s\",\"limit\":100}}", o.channel);
    if (!c->olen && put_text(c, b, (size_t)n)) sent++;
    break;
  case TRICKLE:
    if (c->st == UPGRADING && c->id % 2 == 0) { const char *text = request(""); if (c->turn < strlen(text) && put(c, text + c->turn++, 1)) sent++; c->next = t + SECOND; }
    if (c->st == LIVE) { if (c->turn++ < 1000 && put(c, "{", 1)) sent++; c->next = t + SECOND; }
    break;
  case SLOW: if (c->st == LIVE) { c->next = t + SECOND / 10; readable(c, (size_t)(o.rate / 10)); } break;
  default: if (t > c->until) { count_answer("silence ", 0); end(c); } // whoever does not answer is given up
  }
}
static void finish_slow(void) { // read all that waits, until nothing comes for half a second
  for (int i = 0; i < o.n; i++) behind += cs[i].st == LIVE && recv(cs[i].fd, &(char){0}, 1, MSG_PEEK) > 0;
  u64 last = now(), limit = last + 10 * SECOND;
  while (now() < limit && now() - last < SECOND / 2) {
    for (int i = 0; i < o.n; i++) for (int k = 0; cs[i].st == LIVE && k < 64; k++) { char b; if (recv(cs[i].fd, &b, 1, MSG_PEEK) <= 0) break; readable(&cs[i], 1 << 16); last = now(); }
    usleep(1000);
  }
}
static void read_tokens(const char *path) {
  FILE *f = fopen(path, "r"); if (!f) die("%s: %s", path, strerror(errno));
  char *line = NULL; size_t cap = 0; while (getline(&line, &cap, f) > 0) { tokens = realloc(tokens, (ntokens + 1) * sizeof *tokens); tokens[ntokens++] = strdup(strtok(line, " \n")); }
  free(line); fclose(f); if (!ntokens) die("%s: no tokens", path);
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) {
    const char *a = argv[i];
    for (int m = 0; m < MODES; m++) if (!strcmp(a, mode_names[m])) o.mode = m;
    if (a[0] != '-') continue;
    if (++i == argc) die("%s needs a value", a);
    if (!strcmp(a, "--port")) o.port = atoi(argv[i]); else if (!strcmp(a, "--clients")) o.n = atoi(argv[i]);
    else if (!strcmp(a, "--each")) o.each = atoi(argv[i]); else if (!strcmp(a, "--rate")) o.rate = atof(argv[i]);
    else if (!strcmp(a, "--seconds")) o.seconds = atof(argv[i]); else if (!strcmp(a, "--channel")) o.channel = argv[i];
    else if (!strcmp(a, "--tokens")) read_tokens(argv[i]); else if (!strcmp(a, "--cpu")) o.cpu = atoi(argv[i]); else die("unknown: %s", a);
  }
  if (o.mode < 0 || !o.port || o.n < 1 || o.each < 1 || o.rate <= 0 || o.seconds > 3600) die("usage: hostile burst|names|mute|trickle|lies|aborts|bombs|slow --port P --tokens FILE [--clients N] [--each N] [--rate R] [--channel C] [--seconds S] [--cpu N]");
  if (!ntokens && lasts()) die("--tokens is wanted");
  if (!lasts()) o.n = 8192; // places for connections that come and go
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
  if (o.cpu >= 0) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(o.cpu, &s); sched_setaffinity(0, sizeof s, &s); }
  struct sched_param none = {0}; sched_setscheduler(0, SCHED_BATCH, &none); // never takes the CPU from who measures
  signal(SIGPIPE, SIG_IGN); signal(SIGTERM, on_signal); signal(SIGINT, on_signal);
  place.sin_family = AF_INET; place.sin_port = htons((uint16_t)o.port); place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (o.mode == BURST) make_burst(); else if (o.mode == BOMBS) make_bomb();
  cs = calloc((size_t)o.n, sizeof *cs); ep = epoll_create1(0); began = now();
  for (int i = 0; i < o.n; i++) cs[i].id = (u32)i;
  bool ready = false; u64 next = began, due = 0; u32 kind = 0; int free_at = 0; struct epoll_event ev[512];
  while (!stop && now() - began < (u64)(o.seconds * 1e9)) {
    u64 t = now(); int live = 0, busy = 0;
    if (lasts()) for (int i = 0; i < o.n; i++) { if (cs[i].st == FREE ? busy < 64 : true) go_on(&cs[i], t); busy += cs[i].st == CONNECTING; live += cs[i].st == LIVE || (o.mode == TRICKLE && cs[i].st == UPGRADING && cs[i].id % 2 == 0); }
    else {
      for (int i = 0; i < o.n; i++) if (cs[i].st != FREE && t > cs[i].until) go_on(&cs[i], t);
      for (due = (u64)((double)(t - began) / 1e9 * o.rate); kind < due; kind++) {
        int tried = 0; while (cs[free_at].st != FREE && tried++ < o.n) free_at = (free_at + 1) % o.n;
        if (cs[free_at].st != FREE) { kind = (u32)due; break; } // all places are taken: what was due now is left out
        conn *c = &cs[free_at]; c->kind = kind; c->next = 0; start(c);
      }
    }
    if (!ready && (lasts() ? live == o.n : t - began > SECOND / 3)) { ready = true; puts("ready"); fflush(stdout); }
    next = now() + 1000000; struct timespec wait = {0, next > t ? 1000000 : 0};
    int n = epoll_pwait2(ep, ev, 512, &wait, NULL);
    for (int i = 0; i < n; i++) {
      conn *c = ev[i].data.ptr; if (c->st == FREE) continue;
      if (c->st == CONNECTING) { connected(c); continue; }
      if (ev[i].events & EPOLLOUT && c->olen) flush_out(c);
      if (c->st == FREE) continue;
      bool deaf = c->st >= LIVE && (o.mode == MUTE || o.mode == SLOW);
      if (ev[i].events & (EPOLLERR | EPOLLHUP) || (deaf && ev[i].events & EPOLLRDHUP)) { if (!deaf && ev[i].events & EPOLLIN) readable(c, 1 << 16); else { cut++; end(c); } continue; }
      if (!deaf && ev[i].events & (EPOLLIN | EPOLLRDHUP)) readable(c, 1 << 16);
    }
  }
  if (o.mode == SLOW) finish_slow();
  int open = 0; for (int i = 0; i < o.n; i++) open += cs[i].st != FREE;
  printf("{\"mode\":\"%s\",\"opened\":%lu,\"sent\":%lu,\"open\":%d,\"cut\":%lu,\"gaps\":%lu,\"behind\":%lu,\"inflated\":%lu,\"seconds\":%.2f,\"answers\":{", mode_names[o.mode], (unsigned long)opened,
         (unsigned long)sent, open, (unsigned long)cut, (unsigned long)gaps, (unsigned long)behind, (unsigned long)inflated_to, (double)(now() - began) / 1e9);
  for (int i = 0; i < 64 && answers[i].count; i++) printf("%s\"%s\":%lu", i ? "," : "", answers[i].name, (unsigned long)answers[i].count);
  printf("}}\n"); return 0;
}
