// What the kernel says of processes, of TCP and of the memory, by proc(5). `hz` is the clock ticks of a second.
#pragma once
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef uint64_t u64;
static double hz;
typedef struct { double cpu; u64 rss, pss, anon; } pst;
static double cpu_of(int pid) {
  char f[64], b[1024]; snprintf(f, sizeof f, "/proc/%d/stat", pid); int fd = open(f, O_RDONLY); if (fd < 0) return 0;
  ssize_t n = read(fd, b, sizeof b - 1); close(fd); if (n <= 0) return 0; b[n] = 0;
  char *p = strrchr(b, ')'); unsigned long ut = 0, st = 0; if (!p || sscanf(p + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &ut, &st) != 2) return 0;
  return (double)(ut + st) / hz;
}
static pst stats(const int *pids, int n) {
  pst s = {0};
  for (int i = 0; i < n; i++) {
    s.cpu += cpu_of(pids[i]); char f[64], l[256]; snprintf(f, sizeof f, "/proc/%d/smaps_rollup", pids[i]); FILE *fp = fopen(f, "r"); if (!fp) continue;
    unsigned long v; while (fgets(l, sizeof l, fp)) { if (sscanf(l, "Rss: %lu", &v) == 1) s.rss += v * 1024; if (sscanf(l, "Pss: %lu", &v) == 1) s.pss += v * 1024; if (sscanf(l, "Anonymous: %lu", &v) == 1) s.anon += v * 1024; }
    fclose(fp);
  }
  return s;
}
static void tcp_mem(long *inuse, long *pages) {
  *inuse = *pages = 0; FILE *f = fopen("/proc/net/sockstat", "r"); char l[256]; if (!f) return;
  while (fgets(l, sizeof l, f)) sscanf(l, "TCP: inuse %ld orphan %*d tw %*d alloc %*d mem %ld", inuse, pages); fclose(f);
}
static u64 mem_available(void) { // bytes that programs may still take
  unsigned long v = 0; FILE *f = fopen("/proc/meminfo", "r"); char l[256]; if (!f) return 0;
  while (fgets(l, sizeof l, f)) sscanf(l, "MemAvailable: %lu", &v);
  fclose(f); return v * 1024;
}
