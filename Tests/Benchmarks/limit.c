// limit - what the kernel allows: one thread writes a prebuilt frame to N loopback TCP sockets, a reader process on
// another CPU drains them. Prints ns per send, wall and writer's CPU.
//   limit [-n sockets] [-s bytes] [-r rounds] [-w writer cpu] [-c reader cpu] mode...
// modes: send  writev (header + body)  msg (sendmsg of header + body)
// Loopback only; ends by itself.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int N = 1000, SZ = 204, R = 0, wcpu = 0, rcpu = 1; // 204 = 200 byte payload + 4 byte frame header
static int *fds; static char *frame; static volatile uint64_t *drained;
static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec; }
static uint64_t cpu(void) { struct timespec t; clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t); return (uint64_t)t.tv_sec * 1000000000ULL + (uint64_t)t.tv_nsec; }
static void pin(int c) { cpu_set_t s; CPU_ZERO(&s); CPU_SET(c, &s); sched_setaffinity(0, sizeof s, &s); }
static void die(const char *s) { perror(s); exit(1); }
static uint64_t total; // bytes written so far
static void wait_drained(void) { uint64_t t = now(); while (*drained < total && now() - t < 5000000000ULL) { struct timespec z = {0, 20000}; nanosleep(&z, NULL); } }

static void reader(int port) {
  prctl(PR_SET_PDEATHSIG, SIGKILL); pin(rcpu);
  int ep = epoll_create1(0); struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  for (int i = 0; i < N; i++) {
    int f = socket(AF_INET, SOCK_STREAM, 0); if (f < 0 || connect(f, (void *)&a, sizeof a)) die("connect");
    struct linger lg = {1, 0}; setsockopt(f, SOL_SOCKET, SO_LINGER, &lg, sizeof lg);
    struct epoll_event e = {.events = EPOLLIN, .data.fd = f}; epoll_ctl(ep, EPOLL_CTL_ADD, f, &e);
  }
  static char buf[1 << 18]; struct epoll_event ev[1024];
  for (;;) { int n = epoll_wait(ep, ev, 1024, -1); for (int i = 0; i < n; i++) { ssize_t k = recv(ev[i].data.fd, buf, sizeof buf, MSG_DONTWAIT); if (k > 0) *drained += (uint64_t)k; else if (k == 0) _exit(0); } }
}
static double run(const char *m) { // returns ns per send
  uint64_t spent = 0, n = 0, used = 0;
  for (int round = -2; round < R; round++) { // two warm-up rounds; the wait for the reader is not counted
    if (round == 0) spent = n = used = 0;
    uint64_t c0 = cpu(), t = now();
    for (int i = 0; i < N; i++) {
      ssize_t k;
      if (m[0] == 's') k = send(fds[i], frame, (size_t)SZ, MSG_NOSIGNAL | MSG_DONTWAIT);
      else {
        struct iovec v[2] = {{frame, 4}, {frame + 4, (size_t)SZ - 4}};
        if (m[0] == 'w') k = writev(fds[i], v, 2);
        else { struct msghdr h = {.msg_iov = v, .msg_iovlen = 2}; k = sendmsg(fds[i], &h, MSG_NOSIGNAL | MSG_DONTWAIT); }
      }
      if (k != SZ) die("send");
    }
    spent += now() - t; used += cpu() - c0; n += (uint64_t)N; total += (uint64_t)N * (uint64_t)SZ; wait_drained();
  }
  double ns = (double)spent / (double)n;
  printf("{\"mode\":\"%s\",\"n\":%d,\"size\":%d,\"ns_per_send\":%.0f,\"writer_cpu_ns\":%.0f}\n", m, N, SZ, ns, (double)used / (double)n); fflush(stdout);
  return ns;
}
int main(int c, char **v) {
  int i = 1; for (; i < c && v[i][0] == '-'; i += 2) { if (i + 1 >= c) return 2; int x = atoi(v[i + 1]); switch (v[i][1]) { case 'n': N = x; break; case 's': SZ = x; break; case 'r': R = x; break; case 'w': wcpu = x; break; case 'c': rcpu = x; break; } }
  if (!R) R = 300000 / N;
  if (R > 5000) R = 5000;
  struct rlimit rl; getrlimit(RLIMIT_NOFILE, &rl); rl.rlim_cur = rl.rlim_max; setrlimit(RLIMIT_NOFILE, &rl);
  drained = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0); fds = malloc(sizeof(int) * (size_t)N);
  frame = aligned_alloc(4096, (size_t)(SZ + 4095) & ~4095UL); memset(frame, 'x', (size_t)SZ);
  int l = socket(AF_INET, SOCK_STREAM, 0); struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}; socklen_t al = sizeof a;
  if (bind(l, (void *)&a, sizeof a) || listen(l, 4096) || getsockname(l, (void *)&a, &al)) die("listen");
  signal(SIGPIPE, SIG_IGN); pid_t p = fork(); if (!p) { close(l); reader(ntohs(a.sin_port)); }
  pin(wcpu); for (int k = 0; k < N; k++) { fds[k] = accept(l, NULL, NULL); if (fds[k] < 0) die("accept"); int one = 1; setsockopt(fds[k], IPPROTO_TCP, TCP_NODELAY, &one, 4); }
  for (; i < c; i++) run(v[i]);
  kill(p, SIGKILL); waitpid(p, NULL, 0); return 0;
}
