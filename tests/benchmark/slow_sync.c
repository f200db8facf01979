/* A disk that takes its time: each sync takes SLOW_SYNC_US microseconds longer. Preloaded. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static void take_time(void)
{
    const char *us = getenv("SLOW_SYNC_US");
    if (us)
        usleep((useconds_t)atoi(us));
}

int fsync(int file)
{
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    take_time();
    return real(file);
}

int fdatasync(int file)
{
    static int (*real)(int);
    if (!real)
        real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    take_time();
    return real(file);
}
