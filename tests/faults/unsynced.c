/* Loaded before a program (LD_PRELOAD), it keeps what a power cut would leave of the folder in UNSYNCED_FOLDER, in the
 * folder UNSYNCED_DISK: of every file its content at its last fsync, under the name that it had when its folder was last
 * synced. What was only written is not there. Memory maps are not followed: SQLite maps nothing but its index of the
 * write-ahead log, which it builds again. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST 64

static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static char renamed_from[MOST][4096], renamed_to[MOST][4096];
static int renames;

/* The path on the disk that survives; 0 for a file elsewhere. */
static int surviving(const char *path, char *out) {
    const char *folder = getenv("UNSYNCED_FOLDER"), *disk = getenv("UNSYNCED_DISK");
    if (!folder || !disk || strncmp(path, folder, strlen(folder))) return 0;
    return snprintf(out, 4096, "%s%s", disk, path + strlen(folder)) < 4096;
}

static int path_of(int fd, char *out) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, out, 4095);
    if (length < 0) return 0;
    out[length] = 0;
    return 1;
}

static int really_renames(const char *from, const char *to) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    return real(from, to);
}

static void keep(int fd) {
    char path[4096], kept[4096], part[4104], buffer[65536];
    struct stat about;
    if (!path_of(fd, path) || !surviving(path, kept) || fstat(fd, &about)) return;
    pthread_mutex_lock(&turn);
    if (S_ISDIR(about.st_mode)) {
        for (int i = 0; i < renames; i++) really_renames(renamed_from[i], renamed_to[i]);
        renames = 0;
    } else {
        snprintf(part, sizeof part, "%s.part", kept);
        int out = open(part, O_WRONLY | O_CREAT | O_TRUNC, 0600), in = open(path, O_RDONLY);
        ssize_t length = 0;
        while (in >= 0 && out >= 0 && (length = read(in, buffer, sizeof buffer)) > 0)
            if (write(out, buffer, length) != length) break;
        if (in >= 0) close(in);
        if (out >= 0) close(out);
        if (in >= 0 && out >= 0 && length == 0) really_renames(part, kept);
    }
    pthread_mutex_unlock(&turn);
}

int fsync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    int result = real(fd);
    if (result == 0) keep(fd);
    return result;
}

int fdatasync(int fd) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    int result = real(fd);
    if (result == 0) keep(fd);
    return result;
}

int rename(const char *from, const char *to) {
    char kept_from[4096], kept_to[4096];
    int result = really_renames(from, to);
    if (result == 0 && surviving(from, kept_from) && surviving(to, kept_to)) {
        pthread_mutex_lock(&turn);
        if (renames < MOST) {
            strcpy(renamed_from[renames], kept_from);
            strcpy(renamed_to[renames++], kept_to);
        }
        pthread_mutex_unlock(&turn);
    }
    return result;
}
